/**
 * How a turn of `codex exec --json` ended. Pure.
 *
 * Its last `turn.completed` or `turn.failed` says; an item of type `error` is a warning. A usage limit is
 * told by a text alone, with a time in the machine's own zone, or none.
 */
import type { TurnEnd } from '../../run/run.ts'
import {
  type Ending,
  failed,
  finished,
  isUsageLimit,
  jsonLines,
  type Leftover,
  limited,
  type Line,
  object,
  text,
} from './ending.ts'

export function codex(left: Leftover): Ending {
  return { end: endOf(jsonLines(left.stdout), left), costUsd: null }
}

function endOf(lines: readonly Line[], left: Leftover): TurnEnd {
  const last = lines.findLast(({ type }) => type === 'turn.completed' || type === 'turn.failed')
  if (last?.['type'] === 'turn.completed') return finished(lastMessage(lines))
  // Where the turn was cut off in an error, the error alone is there.
  const error = last?.['error'] ?? lines.findLast(({ type }) => type === 'error')
  if (error === undefined) return failed(left)
  const message = text(object(error)['message']) || 'the turn failed'
  return isUsageLimit(message)
    ? limited(left.at, tryAgainAt(message, left.at))
    : failed(left, message)
}

function lastMessage(lines: readonly Line[]): string {
  const items = lines
    .filter(({ type }) => type === 'item.completed')
    .map(({ item }) => object(item))
  return text(items.findLast(({ type }) => type === 'agent_message')?.['text'])
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
