/**
 * What a command left behind when it ended, and the words that every preset needs to judge it. Pure.
 *
 * The agent's own output is claims: it decides how a turn ended, and never whether the work is good.
 */
import { oneLine, plain } from '../../doorbell/text.ts'
import type { Fields } from '../../fields.ts'
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

export type Line = Fields

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

function lastLine(stderr: string): string {
  return plain(stderr).trimEnd().split('\n').at(-1)?.trim() ?? ''
}

const cut = (part: string | undefined): string =>
  oneLine(part ?? '')
    .slice(0, 500)
    .toWellFormed()
