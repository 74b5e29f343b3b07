/**
 * How a turn ended, by what its agent said last: finished, asking, or stopped by a usage limit. Pure.
 *
 * Every executor reads it the same way. It is claims: it decides how a turn ended, and never whether the
 * work is good.
 */
import { plain } from '../doorbell/text.ts'
import type { TurnEnd } from '../run/run.ts'

export const SAID_MAX = 2000
export const LIMIT_DEFAULT_MS = 3_600_000

/** Finished, unless the last message asks. Only its end is kept. */
export function finished(message: string): TurnEnd {
  const said = plain(message).trim()
  const question = questionIn(said)
  return question === null
    ? { how: 'finished', said: said.slice(-SAID_MAX).toWellFormed() }
    : { how: 'asking', for: 'answer', question }
}

/** Our prompts promise it: a last line `AFK-Question: ...` asks, in any spelling of its markup. */
function questionIn(said: string): string | null {
  const last = said.slice(said.lastIndexOf('\n') + 1)
  const [, question] = /^[\s>*_`]*AFK-Question:[*_`]*\s*(.*?)[\s*_`]*$/.exec(last) ?? []
  return question === undefined || question === '' ? null : question.slice(0, SAID_MAX)
}

/** A time that has passed, or none, means the default. */
export function limited(at: number, until: number | null): TurnEnd {
  return { how: 'limited', until: until !== null && until > at ? until : at + LIMIT_DEFAULT_MS }
}

export function isUsageLimit(message: string): boolean {
  return /\b429\b|usage limit|rate.?limit|too many requests/i.test(message)
}

/** "try again at Jan 23rd, 2030 6:08 PM", "try again at 6:08 PM", "try again in 2 days 3 hours 5 minutes". */
export function tryAgainAt(message: string, now: number): number | null {
  const [, span = ''] = /try again in ((?:about )?[\da-z ,]+)/i.exec(message) ?? []
  const parts = [...span.matchAll(/(\d+)\s*(day|hour|minute|second)/gi)]
  if (parts.length > 0)
    return parts.reduce((at, [, count, unit]) => at + Number(count) * unitMs(unit ?? ''), now)

  const [, day, hour, minute, half] =
    /try again at (?:(.{5,20}\d{4}),? )?(\d{1,2}):(\d{2})\s*([AP]M)/i.exec(message) ?? []
  if (hour === undefined) return null
  const time = `${hour}:${minute} ${half}`
  if (day !== undefined) return instant(`${day.replace(/(\d)(st|nd|rd|th)\b/, '$1')} ${time}`)
  const today = instant(`${new Date(now).toDateString()} ${time}`)
  return today === null || today > now ? today : today + unitMs('day')
}

function instant(words: string): number | null {
  const at = new Date(words).getTime()
  return Number.isNaN(at) ? null : at
}

function unitMs(unit: string): number {
  switch (unit.toLowerCase()) {
    case 'day':
      return 86_400_000
    case 'hour':
      return 3_600_000
    case 'minute':
      return 60_000
    default:
      return 1000
  }
}
