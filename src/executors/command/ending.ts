/**
 * What a command left behind when it ended, and the words that every preset needs to judge it. Pure.
 *
 * The agent's own output is claims: it decides how a turn ended, and never whether the work is good.
 */
import { oneLine, plain } from '../../doorbell/text.ts'
import type { TurnEnd } from '../../run/run.ts'

/** What the wrapper wrote down, and what it kept of the output. */
export type Leftover = {
  readonly at: number
  /** Null: a signal ended it, or it could not be started. */
  readonly code: number | null
  readonly signal: string | null
  /** Why it could not be started, or what of its output was lost; null: nothing. */
  readonly fault: string | null
  readonly stdout: string
  readonly stderr: string
}

export type Ending = { readonly end: TurnEnd; readonly costUsd: number | null }

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

/** `why`: what the agent's output says; where it says nothing, the exit and the last line of stderr do. */
export function failed(left: Leftover, why?: string): TurnEnd {
  const exit =
    left.signal === null
      ? left.code === null
        ? 'it did not start'
        : `exit code ${left.code}`
      : `ended by ${left.signal}`
  const parts = [why, exit, why === undefined ? lastLine(left.stderr) : '', left.fault ?? '']
  return { how: 'failed', detail: parts.filter(Boolean).map(cut).join(': ') }
}

/** A time that has passed, or none, means the default. */
export function limited(at: number, until: number | null): TurnEnd {
  return { how: 'limited', until: until !== null && until > at ? until : at + LIMIT_DEFAULT_MS }
}

export type Line = Readonly<Record<string, unknown>>

/** The lines that are JSON objects. What is cut, or is no JSON, is skipped. */
export function jsonLines(text: string): readonly Line[] {
  return text.split('\n').flatMap((line) => {
    if (!line.trimStart().startsWith('{')) return []
    try {
      return [JSON.parse(line) as Line]
    } catch {
      // Where the middle was not kept, two halves meet.
      return []
    }
  })
}

export function object(value: unknown): Line {
  return typeof value === 'object' && value !== null ? (value as Line) : {}
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export const amount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null

export function isUsageLimit(message: string): boolean {
  return /\b429\b|usage limit|rate.?limit|too many requests/i.test(message)
}

function lastLine(stderr: string): string {
  return plain(stderr).trimEnd().split('\n').at(-1)?.trim() ?? ''
}

const cut = (part: string | undefined): string =>
  oneLine(part ?? '')
    .slice(0, 500)
    .toWellFormed()
