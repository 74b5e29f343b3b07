/**
 * How a turn of `opencode run --format json` ended. Pure.
 *
 * A step that finished with `stop` after any error, with exit code 0, is a success; being idle is not.
 * The cost is the sum of the steps that were kept of the output.
 */
import { amount, object, text } from '../../fields.ts'
import type { TurnEnd } from '../../run/run.ts'
import { finished, isUsageLimit, limited } from '../turn-end.ts'
import { type Ending, failed, jsonLines, type Leftover, type Line } from './ending.ts'

export function opencode(left: Leftover): Ending {
  const lines = jsonLines(left.stdout)
  return { end: endOf(lines, left), costUsd: costOf(lines) }
}

/** Of the turn so far; null: no step has told one. */
export function costOf(lines: readonly Line[]): number | null {
  const costs = lines
    .filter(({ type }) => type === 'step_finish')
    .flatMap(({ part }) => amount(object(part)['cost']) ?? [])
  return costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0)
}

function endOf(lines: readonly Line[], left: Leftover): TurnEnd {
  const last = lines.findLast(({ type }) => type === 'error' || type === 'step_finish')
  if (last?.['type'] === 'error') return errorOf(object(last['error']), left)
  const reason = text(object(last?.['part'])['reason'])
  if (left.code !== 0 || last === undefined) return failed(left)
  return reason === 'stop'
    ? finished(lastText(lines))
    : failed(left, `its last step ended with "${reason}"`)
}

function errorOf(error: Line, left: Leftover): TurnEnd {
  const data = object(error['data'])
  const message = text(data['message'])
  const isLimit = data['statusCode'] === 429 || isUsageLimit(message)
  if (isLimit) return limited(left.at, retryAfter(object(data['responseHeaders']), left.at))
  return failed(left, [text(error['name']), message].filter(Boolean).join(': ') || 'an error')
}

function retryAfter(headers: Line, now: number): number | null {
  const seconds = Number(headers['retry-after'])
  return Number.isFinite(seconds) && seconds > 0 ? now + seconds * 1000 : null
}

function lastText(lines: readonly Line[]): string {
  return text(object(lines.findLast(({ type }) => type === 'text')?.['part'])['text'])
}
