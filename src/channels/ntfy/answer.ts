/**
 * What ntfy's answer means. Pure; the facts are those of a real 2.27 server.
 *
 * Accepted is 200 and JSON with a string `id` and `event: "message"`, nothing less: a proxy's page
 * also answers 200. ntfy sends no `Retry-After`, so how long to wait is chosen by its error `code`.
 */
import type { Outcome } from '../../doorbell/outcome.ts'
import type { Answer } from '../exchange.ts'
import { unaccepted } from '../http.ts'

export function ntfyOutcome(
  { status, retryAfter, text }: Omit<Answer, 'header'>,
  now: number,
): Outcome {
  const { id, event, code } = parse(text)
  if (status === 200 && typeof id === 'string' && event === 'message')
    return { type: 'accepted', reference: id }

  const failed = unaccepted({ status, retryAfter, who: 'ntfy', now })
  const detail = typeof code === 'number' ? `${failed.detail} (code ${code})` : failed.detail
  if (code === 50003)
    return { type: 'refused', code: 'invalid', detail: `${detail}: its base-url is not configured` }
  if (status === 403)
    return {
      type: 'refused',
      code: 'credential',
      detail: `${detail}: this token, or nobody without one, may not write to the topic`,
    }
  if (status === 401)
    return { type: 'refused', code: 'credential', detail: `${detail}: wrong or expired token` }
  if (code === 40014 || code === 41303)
    return { type: 'refused', code: 'too-large', detail: `${detail}: the text is too long for it` }
  // Some payloads get a 500 for ever; one that was answered is not retried as long as one that was not.
  if (status === 500) return { ...failed, detail, maxTries: 5 }
  if (status === 429) return { ...failed, detail, ...waitFor(code, now) }
  return { ...failed, detail }
}

/** 42909 is the lock-out after thirty failed logins; 42908 the daily quota, which ends at 00:00 UTC. */
function waitFor(code: unknown, now: number): { retryAfterMs?: number; notBeforeMs?: number } {
  switch (code) {
    case 42901:
      return { notBeforeMs: 5_000 }
    case 42908:
      return { retryAfterMs: untilQuota(now) }
    case 42904:
      return { notBeforeMs: 15 * 60_000 }
    default:
      return { notBeforeMs: 60_000 }
  }
}

/** A minute past midnight, since clocks differ; and soon again if midnight has just been. */
function untilQuota(now: number): number {
  const sinceMidnight = now % dayMs
  return sinceMidnight < 60 * 60_000 ? 5 * 60_000 : dayMs - sinceMidnight + 60_000
}

const dayMs = 24 * 60 * 60_000

type Said = { readonly id?: unknown; readonly event?: unknown; readonly code?: unknown }

/** A proxy in between answers in HTML: that is an answer too, one that says nothing. */
function parse(text: string): Said {
  try {
    return Object(JSON.parse(text)) as Said
  } catch {
    return {}
  }
}
