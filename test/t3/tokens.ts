/**
 * Bearer tokens, and the one-time codes that are exchanged for them.
 *
 * A token is `<base64url JSON>.<base64url HMAC>`, as T3's own, and it outlives a restart.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto'

import { invalid, unauthorised } from './answer.ts'

export const standard = [
  'orchestration:read',
  'orchestration:operate',
  'terminal:operate',
  'review:write',
  'relay:read',
] as const
export const administrative = ['access:read', 'access:write', 'relay:write'] as const
export type Scope = (typeof standard)[number] | (typeof administrative)[number]
const everything: readonly string[] = [...standard, ...administrative]

export type Claims = {
  readonly v: 1
  readonly kind: 'session'
  readonly sid: string
  readonly sub: string
  readonly scopes: readonly Scope[]
  readonly method: 'bearer-access-token'
  readonly iat: number
  readonly exp: number
}

export type Issuing = {
  readonly scopes?: readonly Scope[]
  readonly ttlMs?: number
  readonly subject?: string
}

export type Pairing = {
  readonly id: string
  readonly credential: string
  readonly scopes: readonly Scope[]
  readonly expiresAt: number
}

export type Tokens = {
  /** Default: all scopes for 30 days, as the command line of T3 issues them. */
  issue(how?: Issuing): string
  revoke(token: string): void
  /** Default: the five standard scopes, for 5 minutes. */
  pair(how?: Pick<Issuing, 'scopes' | 'ttlMs'>): Pairing
  /** Null: it is nobody's, or no longer. */
  claimsOf(token: string): Claims | null
  /** Throws the refusal of a code that is used up, and of scopes that it does not give. */
  exchange(credential: string, scope: string | null): { token: string; claims: Claims }
}

const day = 86_400_000

export function tokens(now: () => number): Tokens {
  const key = randomBytes(32)
  const revoked = new Set<string>()
  const pairings = new Map<string, Pairing>()
  const sealed = (head: string) => createHmac('sha256', key).update(head).digest('base64url')
  const tokenOf = (claims: Claims) => {
    const head = Buffer.from(JSON.stringify(claims)).toString('base64url')
    return `${head}.${sealed(head)}`
  }
  const made = ({ scopes, ttlMs = 30 * day, subject = 'cli-issued-session' }: Issuing): Claims => ({
    v: 1,
    kind: 'session',
    sid: randomUUID(),
    sub: subject,
    scopes: scopes ?? [...standard, ...administrative],
    method: 'bearer-access-token',
    iat: now(),
    exp: now() + ttlMs,
  })
  const read = (token: string): Claims | null => {
    const [head = '', seal] = token.split('.')
    if (seal !== sealed(head)) return null
    return JSON.parse(Buffer.from(head, 'base64url').toString()) as Claims
  }
  return {
    issue: (how = {}) => tokenOf(made(how)),
    revoke: (token) => void revoked.add(read(token)?.sid ?? ''),
    pair({ scopes = standard, ttlMs = 300_000 } = {}) {
      const credential = randomBytes(9).toString('hex').slice(0, 12).toUpperCase()
      const pairing = { id: randomUUID(), credential, scopes, expiresAt: now() + ttlMs }
      pairings.set(credential, pairing)
      return pairing
    },
    claimsOf(token) {
      const claims = read(token)
      return claims === null || claims.exp <= now() || revoked.has(claims.sid) ? null : claims
    },
    exchange(credential, scope) {
      const pairing = pairings.get(credential)
      if (pairing === undefined || pairing.expiresAt <= now())
        throw unauthorised('invalid_credential')
      const asked = scope?.split(' ').filter((each) => each !== '') ?? [...pairing.scopes]
      if (asked.some((each) => !everything.includes(each))) throw invalid('invalid_scope')
      const granted = pairing.scopes.filter((each) => asked.includes(each))
      if (granted.length < new Set(asked).size) throw invalid('scope_not_granted')
      pairings.delete(credential)
      const claims = made({ scopes: granted, subject: 'one-time-token' })
      return { token: tokenOf(claims), claims }
    },
  }
}
