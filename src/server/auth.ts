/**
 * Who may ask. With tokens: a bearer of one; `ring` may only post rings. Without: this machine alone,
 * and no web page on it (DNS rebinding, RFC 6454 origins): the `Host` must be loopback and an `Origin`,
 * where there is one, too.
 *
 * Sets `source` to the token's name, or to `local`. Tokens are compared by digest, in constant time.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'

import { isLoopback } from '../config/loopback.ts'
import { ApiError } from '../errors.ts'

export type Tokens = { readonly operator?: string | undefined; readonly ring?: string | undefined }

export type Asked = { Variables: { source: string } }

export function auth(tokens: Tokens): MiddlewareHandler<Asked> {
  const known = (['operator', 'ring'] as const).flatMap((name) => {
    const token = tokens[name]
    return token === undefined ? [] : [{ name, digest: digestOf(token) }]
  })
  if (known.length === 0) return localOnly

  return async (c, next) => {
    if (open.has(c.req.path) || /^\/(?:hooks|r)\//.test(c.req.path)) return next()
    const given = /^Bearer +(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const digest = digestOf(given ?? '')
    const holder = known.find((each) => timingSafeEqual(each.digest, digest))
    if (given === undefined || holder === undefined) throw new ApiError('unauthorized')
    const postsRing = c.req.method === 'POST' && c.req.path === '/v1/rings'
    if (holder.name === 'ring' && !postsRing) throw new ApiError('forbidden')
    c.set('source', holder.name)
    return next()
  }
}

/** For whoever watches over the node. A forge's deliveries are signed instead of a token, and a tap changes nothing. */
const open = new Set(['/healthz', '/readyz', '/openapi.json'])

const localOnly: MiddlewareHandler<Asked> = async (c, next) => {
  const origin = c.req.header('origin')
  const isLocal = isLoopback(hostOf(c.req.header('host') ?? ''))
  const isForeign = origin !== undefined && !isLoopback(hostOf(origin.replace(/^https?:\/\//, '')))
  if (!isLocal || isForeign) throw new ApiError('foreign_request')
  c.set('source', 'local')
  return next()
}

function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '')
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
