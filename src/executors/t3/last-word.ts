/**
 * What an agent said last in T3 Code: its answer, its question, or that a limit stopped it. Pure.
 *
 * A usage limit that stops Claude is a turn that completed: only the text says so. An agent that works on such
 * limits says such words, too: only a short text that begins with them, as the agents' own programs put it, is one.
 */
import { oneLine, plain } from '../../doorbell/text.ts'
import { object, text } from '../../fields.ts'
import type { TurnEnd } from '../../run/run.ts'
import type { Activity, Message, Transcript } from '../../t3/transcript.ts'
import { finished, isUsageLimit, limited, SAID_MAX, tryAgainAt } from '../turn-end.ts'

/** `turnId`: null where it is not known. */
export function endOfFinished(
  { messages }: Transcript,
  { turnId, now }: { readonly turnId: string | null; readonly now: number },
): TurnEnd {
  const said = lastOf(messages, turnId)
  return isLimit(said) ? limited(now, resetIn(said, now)) : finished(said)
}

export function endOfFailed(why: string, now: number): TurnEnd {
  if (isUsageLimit(why)) return limited(now, resetIn(why, now))
  // It may be a stack.
  const [first = ''] = plain(why).trim().split('\n')
  return { how: 'failed', detail: oneLine(first).slice(0, 500).toWellFormed() || 'it failed' }
}

/** Where the turn said nothing, nothing was said: an earlier turn's word is not its own. */
function lastOf(messages: readonly Message[], turnId: string | null): string {
  const said = messages.filter(({ role, text: what }) => role === 'assistant' && what.trim() !== '')
  const own = said.findLast((message) => turnId !== null && message.turnId === turnId)
  if (own !== undefined) return own.text
  const isTold = turnId !== null && said.some((message) => message.turnId !== '')
  return isTold ? '' : (said.at(-1)?.text ?? '')
}

const LIMIT_MAX = 400

function isLimit(said: string): boolean {
  const words = oneLine(plain(said)).trim()
  if (words.length > LIMIT_MAX) return false
  return REACHED.test(words) || YOURS.test(words)
}

/** As a sentence of its own: with a reset, a full stop, or nothing after it. */
const REACHED =
  /^(?:claude(?: ai| code)? )?(?:[\w-]+ )?(?:usage|session|weekly|\d+-hour|rate) limit (?:was )?(?:reached|exceeded|hit)(?= ?[|.,;:!∙·–-]| resets|$)/i
const YOURS = /^you(?:['’]ve| have) (?:hit|reached|exceeded) your [^.]{0,30}limit\b/i

/** `...reached|1755806400`, `resets 3pm`, `resets at 3:30 PM`, or as Codex says it. Null: it does not say. */
export function resetIn(said: string, now: number): number | null {
  const [, seconds] = /\|\s*(\d{10})\b/.exec(said) ?? []
  if (seconds !== undefined) return Number(seconds) * 1000
  const [, hour, minute = '00', half = ''] =
    /resets?(?: at)? (\d{1,2})(?::(\d{2}))? ?([ap]m)\b/i.exec(said) ?? []
  const words = hour === undefined ? said : `try again at ${hour}:${minute} ${half.toUpperCase()}`
  return tryAgainAt(words, now)
}

export function approvalAsked({ detail, payload }: Activity): TurnEnd {
  const question = plain(detail || text(payload['requestKind']) || 'something').slice(0, 1000)
  return { how: 'asking', for: 'permission', question: question.toWellFormed() }
}

/** Each question, with what can be answered to it. */
export function inputAsked({ payload }: Activity): TurnEnd {
  const { questions } = payload
  const asked = (Array.isArray(questions) ? questions : []).map(object).map((each) => {
    const options = (Array.isArray(each['options']) ? each['options'] : [])
      .map((option) => text(object(option)['label']))
      .filter(Boolean)
    const question = text(each['question']) || text(each['header'])
    return options.length > 0 ? `${question} (${options.join(' / ')})` : question
  })
  const question = plain(asked.filter(Boolean).join('\n')) || 'it asks, and does not say what'
  return { how: 'asking', for: 'answer', question: question.slice(0, SAID_MAX).toWellFormed() }
}
