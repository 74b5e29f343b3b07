/**
 * Who of a turn is alive: its wrapper, what it started, and whoever else sits in its worktree.
 *
 * The agent and what it started are found by the wrapper's process group and session, and by the
 * `AFK_RUN` in their environment, where that can be read. A group whose wrapper has gone is the turn's
 * only if something in it proves so: its number may have become another's. A process that is there by
 * its folder alone may be a person's shell; it is counted, and never ended.
 */
import { sep } from 'node:path'

import type { TurnId } from '../executor.ts'
import { folderOf, type Process, runOf } from './processes.ts'
import { type ProcessName, readAgent, readEnd, readStarted } from './records.ts'
import { bootId } from './wrapper.ts'

export type Members = {
  readonly wrapper: Process | null
  readonly agent: Process | null
  /** The agent, and all that it started. */
  readonly own: readonly Process[]
}

type Turn = { readonly id: TurnId; readonly records: string }

/** By its records alone. */
export function membersOf({ id, records }: Turn, all: readonly Process[]): Members {
  const started = readStarted(records)
  if (started?.type !== 'started' || started.boot !== bootId()) return NOBODY
  const alive = all.filter((one) => !one.isDead && one.pid !== process.pid)
  const wrapper = alive.find((one) => isSame(one, started)) ?? null
  const name = readAgent(records)
  const agent = alive.find((one) => name !== null && isSame(one, name)) ?? null
  const group = alive.filter(
    (one) => one !== wrapper && (one.group === started.pid || one.session === started.pid),
  )
  const end = readEnd(records)
  /** While the wrapper lived nobody else could have its number. */
  const isProven = ({ startedAt }: Process) =>
    end !== null && startedAt <= end.at && startedAt >= started.at - CLOCK_MS
  const isOurs =
    wrapper !== null ||
    agent !== null ||
    group.some((one) => isProven(one) || runOf(one.pid)?.run === id.run)
  return { wrapper, agent, own: isOurs ? group : [] }
}

/** When a process started is known to a second. */
const CLOCK_MS = 2000

const NOBODY: Members = { wrapper: null, agent: null, own: [] }

/** Of this turn and those before it, by their environment. */
export function namedAfter({ run, turn }: TurnId, all: readonly Process[]): readonly Process[] {
  return all.filter((one) => {
    if (one.isDead || one.pid === process.pid) return false
    const theirs = runOf(one.pid)
    return theirs !== null && theirs.run === run && theirs.turn <= turn
  })
}

/** Whoever is in the worktree, but carries no run's name. */
export function guestsOf(worktree: string, all: readonly Process[]): readonly Process[] {
  return all.filter((one) => {
    if (one.isDead || one.pid === process.pid) return false
    const folder = folderOf(one.pid)
    const isInside = folder === worktree || folder?.startsWith(`${worktree}${sep}`) === true
    return isInside && runOf(one.pid) === null
  })
}

function isSame(one: Process, { pid, start }: ProcessName): boolean {
  return one.pid === pid && one.start === start
}
