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
import {
  type EndRecord,
  type ProcessName,
  readAgent,
  readEnd,
  readStarted,
  type Started,
} from './records.ts'
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
  if (started === null || !isOfThisBoot(started)) return NOBODY
  const { byPid, led } = aliveIn(all)
  const find = (name: ProcessName) => {
    const one = byPid.get(name.pid)
    return one?.start === name.start ? one : null
  }
  const wrapper = find(started)
  const name = readAgent(records)
  const agent = name && find(name)
  const group = (led.get(started.pid) ?? []).filter((one) => one !== wrapper)
  const isOurs =
    wrapper !== null || agent !== null || isProven(group, { id, started, end: readEnd(records) })
  return { wrapper, agent, own: isOurs ? group : [] }
}

type Begun = Started & { readonly type: 'started' }

/** A process of a boot before this one is gone, whoever has its number. */
export function isOfThisBoot(started: Started): started is Begun {
  boot ??= bootId()
  return started.type === 'started' && started.boot === boot
}

let boot: string | null = null

type Proof = { readonly id: TurnId; readonly started: Begun; readonly end: EndRecord | null }

/** While the wrapper lived nobody else could have its number. */
function isProven(group: readonly Process[], { id, started, end }: Proof): boolean {
  const isInTime = ({ startedAt }: Process) =>
    end !== null && startedAt <= end.at && startedAt >= started.at - CLOCK_MS
  return group.some((one) => isInTime(one) || runOf(one.pid)?.run === id.run)
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

type Alive = {
  readonly byPid: ReadonlyMap<number, Process>
  /** By the number of their group or session. */
  readonly led: ReadonlyMap<number, readonly Process[]>
}

/** Made once of each look at the machine, for however many turns. */
function aliveIn(all: readonly Process[]): Alive {
  const known = indexes.get(all)
  if (known !== undefined) return known
  const alive = all.filter((one) => !one.isDead && one.pid !== process.pid)
  const led = new Map<number, Process[]>()
  for (const one of alive)
    for (const leader of new Set([one.group, one.session])) {
      const others = led.get(leader)
      if (others === undefined) led.set(leader, [one])
      else others.push(one)
    }
  const index = { byPid: new Map(alive.map((one) => [one.pid, one])), led }
  indexes.set(all, index)
  return index
}

const indexes = new WeakMap<readonly Process[], Alive>()
