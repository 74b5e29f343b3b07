/**
 * How a turn of `codex exec --json` ended. Pure.
 *
 * Its last `turn.completed` or `turn.failed` says; an item of type `error` is a warning. A usage limit is
 * told by a text alone, with a time in the machine's own zone, or none.
 */
import { object, text } from '../../fields.ts'
import type { TurnEnd } from '../../run/run.ts'
import { finished, isUsageLimit, limited, tryAgainAt } from '../turn-end.ts'
import { type Ending, failed, jsonLines, type Leftover, type Line } from './ending.ts'

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
