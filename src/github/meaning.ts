/**
 * What an answer of GitHub's means. Pure.
 *
 * A refusal counts only in GitHub's own words, as JSON: a gateway's page says nothing of an issue. Limits are
 * told from permissions by headers and message, never by the status alone. How long to wait is reckoned by
 * the `Date` of the answer, so that a clock that is wrong here changes nothing, and is an hour at the most.
 */
import { oneLine } from '../doorbell/text.ts'
import type { GithubErrorCode } from './github-error.ts'
import type { Budget, Limited } from './limits.ts'

export type Answer = {
  readonly status: number
  readonly header: (name: string) => string | null
  readonly text: string
}

export type Meaning =
  /** Null: there was nothing to say. */
  | { readonly is: 'here'; readonly value: unknown }
  /** What is remembered still holds. */
  | { readonly is: 'unchanged' }
  | { readonly is: 'moved'; readonly to: string }
  | ({ readonly is: 'limited' } & Limited)
  | { readonly is: 'failed'; readonly code: GithubErrorCode; readonly why: string }

export type Question = {
  readonly method: string
  readonly budget: Budget
  /** Plain text is an answer, too. */
  readonly takesText?: boolean
  /** By this node's clock, where GitHub does not tell the time. */
  readonly now: number
}

export function meaningOf(answer: Answer, asked: Question): Meaning {
  const { status } = answer
  if (status === 304) return { is: 'unchanged' }
  if (status >= 500 || status === 408) return failed('unreachable')
  if (status >= 300 && status < 400) return movedOrNot(answer, asked.method)
  const said = jsonOf(answer)
  const limited = limitedBy(answer, said, asked.now)
  if (limited !== null) return { is: 'limited', ...limited }
  if (status === 200 && asked.takesText === true && isPlainText(answer))
    return { is: 'here', value: answer.text }
  if (said === undefined) return failed('unreachable', 'something that is not JSON')
  if (status < 300 && asked.budget === 'graphql' && isSpent(said))
    return { is: 'limited', by: 'primary', waitMs: spentIn(answer, asked.now) }
  if (status < 300) return { is: 'here', value: said }
  const why = messageOf(said)
  if (why === null) return failed('unreachable', 'a refusal that is not its own')
  if (status === 401) return failed('unauthorized', why)
  if (status === 403 || status === 451) return failed('forbidden', why + missing(answer))
  if (status === 404 || status === 410) return failed('gone', why)
  return failed('refused', why)
}

function failed(code: GithubErrorCode, why = ''): Meaning {
  return { is: 'failed', code, why }
}

/** GitHub repeats a write at the new place only where the method may stay. */
function movedOrNot(answer: Answer, method: string): Meaning {
  const to = answer.header('location')
  const isKept = [307, 308].includes(answer.status)
  const isRedirect = isKept || [301, 302].includes(answer.status)
  if (to === null || !isRedirect) return failed('unreachable', 'a redirect to nowhere')
  if (method !== 'GET' && !isKept)
    return failed('refused', 'a redirect that drops what was written')
  return { is: 'moved', to }
}

/** Undefined: it is none. */
function jsonOf({ status, header, text }: Answer): unknown {
  if (text === '' && (status === 204 || header('content-length') === '0')) return null
  if (!/\bjson\b/i.test(header('content-type') ?? '')) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isPlainText({ header }: Answer): boolean {
  return /^text\/plain\b/i.test(header('content-type') ?? '')
}

/** With what it says of each field: `Validation Failed` alone tells nobody what to mend. */
function messageOf(said: unknown): string | null {
  const isOwn = typeof said === 'object' && said !== null && 'message' in said
  if (!isOwn || typeof said.message !== 'string') return null
  const errors = 'errors' in said && Array.isArray(said.errors) ? said.errors : []
  const more = errors.flatMap((each: unknown) => {
    const isTold = typeof each === 'object' && each !== null && 'message' in each
    return isTold && typeof each.message === 'string' ? [each.message] : []
  })
  return oneLine([said.message, ...more].join(': ')).slice(0, 300)
}

function missing({ header }: Answer): string {
  const permissions = header('x-accepted-github-permissions')
  return permissions === null ? '' : ` (it takes ${oneLine(permissions).slice(0, 100)})`
}

const anHourMs = 3_600_000

function limitedBy(answer: Answer, said: unknown, now: number): Limited | null {
  const { status, header } = answer
  if (status !== 403 && status !== 429) return null
  const message = messageOf(said) ?? ''
  const after = seconds(header('retry-after'))
  const afterMs = after === null ? null : Math.min(after, anHourMs)
  const resetMs = header('x-ratelimit-remaining') === '0' ? resetIn(answer, now) : null
  if (/secondary rate limit|abuse detection/i.test(message))
    return { by: 'secondary', waitMs: afterMs ?? resetMs }
  if (header('x-ratelimit-remaining') === '0') return { by: 'primary', waitMs: resetMs ?? afterMs }
  if (status === 429 || afterMs !== null) return { by: 'secondary', waitMs: afterMs }
  return /^API rate limit exceeded/i.test(message) ? { by: 'primary', waitMs: null } : null
}

/** GraphQL says it in the body of a 200. */
function isSpent(said: unknown): boolean {
  const isOwn = typeof said === 'object' && said !== null && 'errors' in said
  if (!isOwn || !Array.isArray(said.errors)) return false
  return said.errors.some((each: unknown) => {
    return (
      typeof each === 'object' && each !== null && 'type' in each && each.type === 'RATE_LIMITED'
    )
  })
}

/** Where this answer was the last that the budget had; null: it has more, or does not say. */
export function spentIn(answer: Answer, now: number): number | null {
  return answer.header('x-ratelimit-remaining') === '0' ? resetIn(answer, now) : null
}

function resetIn({ header }: Answer, now: number): number | null {
  const reset = seconds(header('x-ratelimit-reset'))
  if (reset === null) return null
  const date = Date.parse(header('date') ?? '')
  // Told to the second: one more, and it has certainly passed.
  const left = reset - (Number.isNaN(date) ? now : date) + 1_000
  return Math.min(Math.max(left, 1_000), anHourMs)
}

/** As milliseconds; null: it is no number. */
function seconds(text: string | null): number | null {
  return /^\d{1,12}$/.test(text?.trim() ?? '') ? Number(text) * 1_000 : null
}
