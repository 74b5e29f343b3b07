/**
 * Who may ask. With tokens: a bearer of one; `ring` may only post rings; or a browser that has signed in, which
 * changes something only from the page of the node itself. Without: this machine alone, and no web page on it
 * (DNS rebinding, RFC 6454 origins): the `Host` must be loopback and an `Origin`, where there is one, too.
 *
 * Sets `source` to the token's name, or to `local`. Tokens are compared by digest, in constant time.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'

import { isLoopback } from '../config/loopback.ts'
import { ApiError } from '../errors.ts'
import type { Page } from './page.ts'
import { digestOf } from './secret-digest.ts'
import type { Sessions } from './sessions.ts'
import { assertOwnPage, SESSION_COOKIE } from './sign-in.ts'

export type Tokens = { readonly operator?: string | undefined; readonly ring?: string | undefined }

export type Asked = { Variables: { source: string } }

export type AuthParts = {
  readonly tokens: Tokens
  readonly sessions: Pick<Sessions, 'holds'>
  readonly page: Pick<Page, 'has'>
}

export function auth({ tokens, sessions, page }: AuthParts): MiddlewareHandler<Asked> {
  const known = (['operator', 'ring'] as const).flatMap((name) => {
    const token = tokens[name]
    return token === undefined ? [] : [{ name, digest: digestOf(token) }]
  })
  if (known.length === 0) return localOnly

  return async (c, next) => {
    const { path } = c.req
    if (open.has(path) || /^\/(?:hooks|r)\//.test(path) || page.has(path)) return next()
    if (hasSession(c)) {
      if (!reads.has(c.req.method)) assertOwnPage(c)
      c.set('source', 'operator')
      return next()
    }
    const given = /^Bearer +(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const digest = digestOf(given ?? '')
    const holder = known.find((each) => timingSafeEqual(each.digest, digest))
    if (given === undefined || holder === undefined) throw new ApiError('unauthorized')
    const postsRing = c.req.method === 'POST' && path === '/v1/rings'
    if (holder.name === 'ring' && !postsRing) throw new ApiError('forbidden')
    c.set('source', holder.name)
    return next()
  }

  /** A token that is sent along counts instead. */
  function hasSession(c: Context): boolean {
    if (c.req.header('authorization') !== undefined) return false
    const id = getCookie(c, SESSION_COOKIE)
    return id !== undefined && sessions.holds(id, tokens.operator)
  }
}

/**
 * What whoever watches over the node may ask without a token, and where one signs in; a forge's deliveries are
 * signed instead, and a tap changes nothing.
 */
const open = new Set(['/healthz', '/readyz', '/openapi.json', '/v1/session'])
const reads = new Set(['GET', 'HEAD'])

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
