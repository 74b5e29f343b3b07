/**
 * What became of a turn, by its records and the processes that live.
 *
 * It runs while its wrapper or its agent does; it is over when its end is written down, or lost when
 * nobody is left who could write it. Records that cannot be read say nothing about the turn.
 */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { readPlace } from '../../worktrees/places.ts'
import { recordsOf, turnName } from '../../worktrees/records.ts'
import type { Sight, TurnId } from '../executor.ts'
import { claudeCode } from './claude-code.ts'
import { codex } from './codex.ts'
import { type Ending, jsonLines, type Leftover } from './ending.ts'
import { isOfThisBoot, membersOf, namedAfter } from './members.ts'
import { costOf, opencode } from './opencode.ts'
import { keptOutput } from './output.ts'
import { plainOutput } from './plain-output.ts'
import { isSurelyAlive, type Process, runOf } from './processes.ts'
import { type EndRecord, readEnd, readStarted } from './records.ts'
import { outputTrace, worktreeTrace } from './signs-of-life.ts'
import type { Walks } from './walks.ts'

export type Preset = 'none' | 'claude-code' | 'codex' | 'opencode'

export type Look = {
  readonly folder: string
  readonly preset: Preset
  readonly now: number
  /** As of after `hasBegun`: a process that came later would be taken for gone. */
  readonly all: readonly Process[]
  readonly walk: Walks
}

/** Whether it was started; a record that cannot be read is looked at more closely. */
export function hasBegun(id: TurnId, folder: string): boolean {
  try {
    return readStarted(recordsOf(folder, id)) !== null
  } catch {
    return true
  }
}

/** Null: it was never started. */
export function lookAt(id: TurnId, look: Look): Sight | null {
  try {
    return sightOf(id, look)
  } catch (error) {
    return { id, costUsd: null, type: 'unreachable', detail: (error as Error).message }
  }
}

/** Its wrapper lives, and has written down no end. False may also mean: that cannot be seen in one file. */
export function isPlainlyRunning(id: TurnId, folder: string): boolean {
  const records = recordsOf(folder, id)
  if (existsSync(join(records, 'end.json'))) return false
  try {
    const started = readStarted(records)
    return started !== null && isOfThisBoot(started) && isSurelyAlive(started)
  } catch {
    // A record that was changed is looked at more closely.
    return false
  }
}

/** Its records are gone: it runs while somebody with its name does. Null: nobody does. */
export function lookAtNamed(id: TurnId, { now, all }: Look): Sight | null {
  const isAlive = namedAfter(id, all).some(({ pid }) => runOf(pid)?.turn === id.turn)
  return isAlive ? { id, costUsd: null, type: 'running', seenAt: now } : null
}

/** As `lookAt` says; a turn whose records cannot be read is not over. */
export function isTurnOver(id: TurnId, folder: string, all: readonly Process[]): boolean {
  const records = recordsOf(folder, id)
  try {
    const started = readStarted(records)
    if (started === null) return false
    const { wrapper, agent } = membersOf({ id, records }, all)
    return readEnd(records) !== null || (wrapper ?? agent) === null
  } catch {
    return false
  }
}

export const parsers: Readonly<Record<Preset, (left: Leftover) => Ending>> = {
  none: plainOutput,
  'claude-code': claudeCode,
  codex,
  opencode,
}

function sightOf(id: TurnId, { folder, preset, now, all, walk }: Look): Sight | null {
  const records = recordsOf(folder, id)
  const started = readStarted(records)
  if (started === null) return null
  const ended = readEnd(records)
  if (ended !== null) return over(id, records, { ended, preset })
  if (started.type === 'never') return lost(id, started.at)

  const { wrapper, agent, own } = membersOf({ id, records }, all)
  const worktree = () => readPlace(folder, id.run)?.path ?? records
  const cheap = Math.max(Math.min(started.at, now), outputTrace(records, now))
  if (wrapper === null && agent === null) {
    // It may have ended between the two looks.
    const late = readEnd(records)
    if (late !== null) return over(id, records, { ended: late, preset })
    return lost(id, Math.max(cheap, worktreeTrace(worktree(), now)))
  }
  const isBusy = own.some((one) => one.isBusy)
  // What only computes, and writes nothing for hours, goes round in a circle.
  const isBelieved = isBusy && now - cheap < BUSY_MS
  const seenAt = isBelieved ? now : walk({ turn: turnName(id), worktree, cheap, now })
  return { id, costUsd: costSoFar(records, preset), type: 'running', seenAt }
}

const BUSY_MS = 4 * 3_600_000

type Over = { readonly ended: EndRecord; readonly preset: Preset }

function over(id: TurnId, records: string, { ended, preset }: Over): Sight {
  const { at, code, signal, fault, stdoutBytes, stderrBytes } = ended
  const stdout = keptOutput(records, 'stdout', stdoutBytes)
  const stderr = keptOutput(records, 'stderr', stderrBytes)
  const ending = parsers[preset]({ at, code, signal, fault, stdout, stderr })
  return { id, type: 'over', at, ...ending }
}

function lost(id: TurnId, at: number): Sight {
  return { id, costUsd: null, type: 'over', at, end: { how: 'lost' } }
}

/** Only OpenCode tells it on the way. */
function costSoFar(records: string, preset: Preset): number | null {
  if (preset !== 'opencode') return null
  const size = statSync(join(records, 'stdout.head'), { throwIfNoEntry: false })?.size ?? 0
  return size === 0 ? null : costOf(jsonLines(keptOutput(records, 'stdout', null)))
}
