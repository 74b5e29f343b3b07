/**
 * What Slack's answers mean. Pure. https://docs.slack.dev/apis/web-api
 *
 * The Web API says the truth in `ok`, behind HTTP 200 in nearly every case; an incoming webhook in its
 * text, behind a status. Whatever is neither is a page of somebody else's: it may hide that Slack took it.
 */
import type { Failed, Outcome } from '../../doorbell/outcome.ts'
import { retryAfterMs, unaccepted } from '../http.ts'
import { codeOutcome, meaningOf } from './codes.ts'
import { type Dialect, isTaken } from './dialect.ts'

export type Answered = {
  readonly status: number
  readonly retryAfter: string | null
  readonly text: string
}

/** `chat.postMessage`. The reference is `<channel>/<ts>`: both are needed to find a message again. */
export function posted(answer: Answered, now: number): Outcome {
  const { ok, channel, ts } = json(answer.text)
  if (ok === true && typeof channel === 'string' && typeof ts === 'string')
    return { type: 'accepted', reference: `${channel}/${ts}` }
  return apiFailure(answer, now)
}

/** Any method that did not say `ok`. */
export function apiFailure(answer: Answered, now: number): Failed {
  const { ok, error } = json(answer.text)
  if (ok === false && typeof error === 'string')
    return codeOutcome({ code: error, retryAfterMs: retryAfterMs(answer.retryAfter, now) })
  return byStatus(answer, now)
}

export function hooked(answer: Answered, dialect: Dialect, now: number): Outcome {
  if (isTaken(dialect, answer)) return { type: 'accepted', reference: `taken by ${dialect}` }
  const code = answer.text.trim()
  // The code counts before the status, which Slack has changed for some of them.
  if (dialect === 'slack' && meaningOf(code) !== undefined)
    return codeOutcome({ code, retryAfterMs: retryAfterMs(answer.retryAfter, now) })
  return byStatus(answer, now)
}

/** Refused for what is shown: the same as plain text may be taken. */
export function isAboutBlocks({ text }: Answered): boolean {
  const { error } = json(text)
  return meaningOf(typeof error === 'string' ? error : text.trim()) === 'blocks'
}

function byStatus({ status, retryAfter }: Answered, now: number): Failed {
  const failed = unaccepted({ status, retryAfter, who: 'Slack', now })
  const isHushed = failed.type === 'deferred' && failed.retryAfterMs === undefined
  return isHushed ? { ...failed, retryAfterMs: 30_000 } : failed
}

export type Json = Readonly<Record<string, unknown>>

/** A page of HTML, or half an answer, says nothing. */
export function json(text: string): Json {
  try {
    return Object(JSON.parse(text)) as Json
  } catch {
    return {}
  }
}
