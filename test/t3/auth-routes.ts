/** Who asks, and the endpoints by which a client comes to a token. */
import { randomUUID } from 'node:crypto'
import * as z from 'zod'

import { type Answer, json, malformed, outOfScope, unauthorised } from './answer.ts'
import type { Request } from './request.ts'
import { iso } from './state.ts'
import { administrative, type Claims, type Scope, standard, type Tokens } from './tokens.ts'

/** `Bearer` in exactly this case; anything else is no credential. */
const tokenOf = ({ headers }: Request): string | null =>
  /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1] ?? null

export function authenticated(tokens: Tokens, request: Request): Claims {
  const token = tokenOf(request)
  if (token === null) throw unauthorised('missing_credential')
  const claims = tokens.claimsOf(token)
  if (claims === null) throw unauthorised('invalid_credential')
  return claims
}

export function within(claims: Claims, scope: Scope): void {
  if (!claims.scopes.includes(scope)) throw outOfScope(scope)
}

/** Never a 401. */
export function selfCheck(tokens: Tokens, request: Request): Answer {
  const claims = tokens.claimsOf(tokenOf(request) ?? '')
  const auth = {
    policy: 'loopback-browser',
    bootstrapMethods: ['one-time-token'],
    sessionMethods: ['browser-session-cookie', 'bearer-access-token'],
    sessionCookieName: 't3_session',
  }
  if (claims === null) return json({ authenticated: false, auth })
  const { scopes, method, exp } = claims
  return json({
    authenticated: true,
    auth,
    scopes,
    sessionMethod: method,
    expiresAt: iso(exp),
  })
}

const exchange = z.object({
  grant_type: z.literal('urn:ietf:params:oauth:grant-type:token-exchange'),
  subject_token: z.string().min(1),
  subject_token_type: z.literal('urn:t3:params:oauth:token-type:environment-bootstrap'),
  requested_token_type: z.literal('urn:ietf:params:oauth:token-type:access_token'),
  scope: z.string().exactOptional(),
  client_device_type: z.enum(['desktop', 'mobile', 'tablet', 'bot', 'unknown']).exactOptional(),
})

/** No refresh token: one mints again. */
export function exchanged(tokens: Tokens, request: Request): Answer {
  const form = exchange.safeParse(Object.fromEntries(new URLSearchParams(request.body)))
  if (!form.success) throw malformed()
  const { subject_token, requested_token_type, scope = null } = form.data
  const { token, claims } = tokens.exchange(subject_token, scope)
  return json({
    access_token: token,
    issued_token_type: requested_token_type,
    token_type: 'Bearer',
    expires_in: Math.floor((claims.exp - claims.iat) / 1_000),
    scope: claims.scopes.join(' '),
  })
}

const wanted = z.object({
  label: z.string().exactOptional(),
  scopes: z.array(z.enum([...standard, ...administrative])).exactOptional(),
})

export function paired(tokens: Tokens, body: unknown): Answer {
  const asked = wanted.safeParse(body)
  if (!asked.success) throw malformed()
  const { label, scopes } = asked.data
  const pairing = tokens.pair(scopes === undefined ? {} : { scopes })
  return json({
    id: pairing.id,
    credential: pairing.credential,
    ...(label !== undefined && { label }),
    scopes: pairing.scopes,
    expiresAt: iso(pairing.expiresAt),
  })
}

export const ticketed = (now: number): Answer =>
  json({ ticket: randomUUID(), expiresAt: iso(now + 300_000) })
