/**
 * Ends a turn's agent and all that it started: SIGTERM, then SIGKILL after a while.
 *
 * The wrapper goes last, so that the end is written down. True only once nobody of the turn is alive,
 * and nobody without a run's name is in its worktree. Whoever is there by that alone may be a person:
 * they are counted, and never ended. Where the records were changed, whoever carries the run's name is
 * ended, and the answer is no: a group cannot be shown to be empty.
 */
import { setTimeout as pause } from 'node:timers/promises'

import type { TurnId } from '../executor.ts'
import { guestsOf, membersOf, namedAfter } from './members.ts'
import { type Process, processes } from './processes.ts'
import { processStart } from './wrapper.ts'

export type Turn = {
  readonly id: TurnId
  readonly records: string
  /** Null: it has none. */
  readonly worktree: string | null
}

export type Patience = { readonly termMs: number; readonly killMs: number }

export async function endMembers(turn: Turn, { termMs, killMs }: Patience): Promise<boolean> {
  const beganAt = performance.now()
  const told = new Set<string>()
  for (;;) {
    const all = await processes()
    const { wrapper, others, isShown } = aliveOf(turn, all)
    const waited = performance.now() - beganAt
    if (wrapper === null && others.length === 0) {
      if (!isShown) return false
      const isEmpty = turn.worktree === null || guestsOf(turn.worktree, all).length === 0
      if (isEmpty || waited > termMs) return isEmpty
    }
    for (const one of others) {
      if (waited >= termMs) end(one, 'SIGKILL')
      else if (!told.has(nameOf(one))) end(one, 'SIGTERM')
      told.add(nameOf(one))
    }
    if (waited > termMs + killMs) return false
    // It writes down the end, and leaves: where it cannot, it need not any more.
    if (wrapper !== null && waited >= termMs + killMs / 2) end(wrapper, 'SIGKILL')
    await pause(25)
  }
}

/** Whether somebody of the turn, or of one before it, is alive. */
export function isAlive(turn: Turn, all: readonly Process[]): boolean {
  const { wrapper, others, isShown } = aliveOf(turn, all)
  return wrapper !== null || others.length > 0 || !isShown
}

function aliveOf({ id, records }: Turn, all: readonly Process[]) {
  const members = recorded({ id, records }, all)
  const { wrapper, agent, own } = members ?? { wrapper: null, agent: null, own: [] }
  const named = namedAfter(id, all)
  const others = new Set([...own, ...named, ...(agent === null ? [] : [agent])])
  if (wrapper !== null) others.delete(wrapper)
  const rest = [...others].filter(({ pid }) => pid !== wrapper?.pid)
  return { wrapper, others: rest, isShown: members !== null }
}

/** Null: the records were changed, and only the environments tell who is of the turn. */
function recorded(turn: Omit<Turn, 'worktree'>, all: readonly Process[]) {
  try {
    return membersOf(turn, all)
  } catch {
    return null
  }
}

const nameOf = ({ pid, start }: Process) => `${pid} ${start}`

/** It is looked at once more: a pid is reused. */
function end({ pid, start }: Process, signal: NodeJS.Signals): void {
  if (processStart(pid) !== start) return
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It has gone; or it is another user's, and stays alive for whoever counts.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
