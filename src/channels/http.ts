/**
 * What it means when HTTP did not bring the success shape. Pure, and shared by every channel that
 * speaks HTTP; each knows its own success shape and asks here about the rest.
 *
 * Status codes are RFC 9110's. A detail names the status and never the answer's text, which may echo
 * what we sent. An error's text is dropped too: it can hold the URL, and a topic is a secret.
 */
import type { Failed } from '../doorbell/outcome.ts'

export type Answered = {
  readonly status: number
  /** `Retry-After`, as sent. */
  readonly retryAfter: string | null
  /** Who answered, for the detail: `ntfy`, `the webhook's receiver`. */
  readonly who: string
  readonly now: number
}

export function unaccepted({ status, retryAfter, who, now }: Answered): Failed {
  const detail = `${who} answered ${status}`
  const wish = retryAfterMs(retryAfter, now)
  const wished = wish === undefined ? {} : { retryAfterMs: wish }
  // Someone said yes, but not in the receiver's words: a captive portal, or an answer cut short.
  if (status < 300)
    return {
      type: 'unknown',
      code: 'not-understood',
      detail: `${detail}, but not in its own words`,
    }
  if (status < 400) {
    const mend = 'a redirect; configure the address it leads to'
    return { type: 'refused', code: 'redirected', detail: `${detail}, ${mend}` }
  }
  if (status === 401 || status === 403)
    return { type: 'refused', code: 'credential', detail: `${detail}: the credential was refused` }
  if (status === 404 || status === 410) return { type: 'refused', code: 'not-found', detail }
  if (status === 408) return { type: 'unknown', code: 'timeout', detail, ...wished }
  if (status === 413 || status === 431) return { type: 'refused', code: 'too-large', detail }
  if (status === 425 || status === 429)
    return { type: 'deferred', code: 'rate-limited', detail, ...wished }
  if (status >= 500) return { type: 'unknown', code: 'server', detail, ...wished }
  return { type: 'refused', code: 'invalid', detail }
}

/** What a thrown error means, by the codes of Node.js and undici. */
export function unanswered(error: unknown, { timedOut }: { readonly timedOut: boolean }): Failed {
  const code = codeOf(error)
  if (code !== undefined && unsent.has(code))
    return { type: 'deferred', code: 'network', detail: `could not connect (${code})` }
  if (code !== undefined && tls.test(code))
    return { type: 'deferred', code: 'network', detail: `could not connect securely (${code})` }
  if (timedOut) return { type: 'unknown', code: 'timeout', detail: 'no answer in time' }
  return { type: 'unknown', code: 'network', detail: 'the connection broke before an answer' }
}

/** `Retry-After` (RFC 9110, 10.2.3): seconds or a date, as milliseconds from now, one hour at the most. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? ''
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), 3_600_000)
}

/** Errors that can only happen before the first byte of a request is written. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** A handshake that failed: OpenSSL's verification codes and Node's own. */
const tls = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/

/** With several addresses Node throws an AggregateError whose own code is that of the last. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}
