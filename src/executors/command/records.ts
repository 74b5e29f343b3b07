/**
 * What is written down of a turn of a command, beside what its wrapper keeps of the output.
 *
 * A turn was started once `started.json` is there, and is over once `end.json` is. An agent runs as the
 * same user and can change them; a record that is not as we write it throws, it is never guessed at.
 */
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { amount, text } from '../../fields.ts'
import { ChangedRecord, read, sync } from '../../worktrees/records.ts'

export type Started =
  | ({ readonly type: 'started'; readonly at: number; readonly boot: string } & ProcessName)
  /** Interrupted before it began: it never will. */
  | { readonly type: 'never'; readonly at: number }

export type ProcessName = { readonly pid: number; readonly start: string }

export type EndRecord = {
  readonly at: number
  readonly code: number | null
  readonly signal: string | null
  readonly fault: string | null
  readonly stdoutBytes: number
  readonly stderrBytes: number
}

/** Null: it was never started. */
export function readStarted(records: string): Started | null {
  const found = read(join(records, 'started.json'))
  if (found === null) return null
  const at = amount(found['at'])
  if (at !== null && found['type'] === 'never') return { type: 'never', at }
  const name = processName(found)
  if (at === null || name === null) throw changed(records, 'started.json')
  return { type: 'started', at, boot: text(found['boot']), ...name }
}

/** Null: not known. */
export function readAgent(records: string): ProcessName | null {
  return processName(read(join(records, 'agent.json')) ?? {})
}

/** Null: it is not over, or nobody wrote that down. */
export function readEnd(records: string): EndRecord | null {
  const found = read(join(records, 'end.json'))
  if (found === null) return null
  const at = amount(found['at'])
  if (at === null) throw changed(records, 'end.json')
  return {
    at,
    code: amount(found['code']),
    signal: text(found['signal']) || null,
    fault: text(found['fault']) || null,
    stdoutBytes: amount(found['stdoutBytes']) ?? 0,
    stderrBytes: amount(found['stderrBytes']) ?? 0,
  }
}

/** Takes a turn that nobody has started, so that nobody ever will. */
export function forbid(records: string, at: number): void {
  mkdirSync(records, { recursive: true, mode: 0o700 })
  const draft = join(records, `never.${process.pid}.new`)
  writeFileSync(draft, JSON.stringify({ type: 'never', at }), { mode: 0o600, flush: true })
  try {
    linkSync(draft, join(records, 'started.json'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  sync(records)
}

function processName({ pid, start }: Readonly<Record<string, unknown>>): ProcessName | null {
  return Number.isInteger(pid) && Number(pid) > 1 && text(start) !== ''
    ? { pid: Number(pid), start: text(start) }
    : null
}

function changed(folder: string, name: string): Error {
  return new ChangedRecord(join(folder, name))
}
