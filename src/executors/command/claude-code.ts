/**
 * How a turn of `claude -p --output-format json` (or `stream-json`) ended. Pure.
 *
 * Only a result line that is no error and says `success` is a success: API errors say `success` with
 * `is_error`, SIGINT exits with 0, and a SIGTERM leaves no result line at all.
 */
import { plain } from '../../doorbell/text.ts'
import { amount, object, text } from '../../fields.ts'
import type { TurnEnd } from '../../run/run.ts'
import { finished, isUsageLimit, limited } from '../turn-end.ts'
import { type Ending, failed, jsonLines, type Leftover, type Line } from './ending.ts'

export function claudeCode(left: Leftover): Ending {
  const lines = jsonLines(left.stdout)
  const result = lines.findLast(({ type }) => type === 'result')
  if (result === undefined) return { end: failed(left), costUsd: null }
  return { end: endOf(result, lines, left), costUsd: amount(result['total_cost_usd']) }
}

function endOf(result: Line, lines: readonly Line[], left: Leftover): TurnEnd {
  if (result['is_error'] === false && result['subtype'] === 'success') {
    const end = finished(text(result['result']))
    const denied = denials(result)
    return end.how === 'finished' && denied !== '' ? permission(denied) : end
  }
  const limit = rateLimit(lines)
  if (isLimit(result, limit)) return limited(left.at, resetOf(limit))
  return failed(left, reason(result))
}

function permission(question: string): TurnEnd {
  return { how: 'asking', for: 'permission', question: plain(question) }
}

/** The tools that it was not allowed to use, each with the start of what it wanted from them. */
function denials({ permission_denials: denied }: Line): string {
  if (!Array.isArray(denied)) return ''
  return denied
    .map(object)
    .map(({ tool_name: tool, tool_input: input }) => {
      const asked = object(input)
      const what = text(asked['command']) || text(asked['file_path']) || JSON.stringify(asked)
      return `${text(tool) || 'a tool'}: ${what.slice(0, 300)}`
    })
    .join('\n')
    .slice(0, 1000)
}

function rateLimit(lines: readonly Line[]): Line {
  const event = lines.findLast(({ type }) => type === 'rate_limit_event')
  return object(event?.['rate_limit_info'])
}

function isLimit(result: Line, limit: Line): boolean {
  const status = result['api_error_status']
  if (status === 429) return true
  if (typeof status === 'number') return false
  return limit['status'] === 'rejected' || isUsageLimit(text(result['result']))
}

/** Seconds; milliseconds where the number is too great for that. */
function resetOf({ resetsAt }: Line): number | null {
  const instant = amount(resetsAt)
  return instant === null || instant > 1e11 ? instant : instant * 1000
}

function reason(result: Line): string {
  const errors: unknown = result['errors']
  const told = Array.isArray(errors) ? errors.map(text).join('; ') : ''
  const subtype = text(result['subtype'])
  const name = subtype === 'success' ? text(result['terminal_reason']) : subtype
  return [name, told || text(result['result'])].filter(Boolean).join(': ') || 'no success'
}
