/**
 * Wakes whoever waits when a turn may have ended.
 *
 * A wrapper rings a bell in the folder of the records; a slow look at what is open finds what rang no
 * bell: a killed wrapper, a full disk, a machine without file events. What was over before is not told,
 * and turns that were moved away are forgotten.
 */
import { existsSync, type FSWatcher, mkdirSync, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'

import type { Clock } from '../../clock.ts'
import { turnName, turnNamed, turnsIn } from '../../worktrees/records.ts'
import type { TurnId } from '../executor.ts'

export type Watch = {
  readonly folder: string
  readonly clock: Clock
  /** Those that were started, and are over or lost. */
  readonly areOver: (turns: readonly TurnId[]) => Promise<readonly TurnId[]>
}

export const BELL = '.over'
const LOOK_MS = 1000

export function watchTurns({ folder, clock, areOver }: Watch, wake: (turn: TurnId) => void) {
  const turns = turnsIn(folder)
  mkdirSync(turns, { recursive: true, mode: 0o700 })
  const over = new Set(
    readdirSync(turns).filter((name) => existsSync(join(turns, name, 'end.json'))),
  )
  let isStopped = false
  let callOff = () => {}

  const told = (name: string) => {
    const turn = turnNamed(name)
    if (isStopped || turn === null || over.has(name)) return
    over.add(name)
    wake(turn)
  }
  const bell = bells(turns, told)
  const look = async () => {
    const there = new Set(names(turns))
    for (const name of over) if (!there.has(name)) over.delete(name)
    const open = [...there]
      .filter((name) => !over.has(name))
      .flatMap((name) => turnNamed(name) ?? [])
    for (const turn of await areOver(open)) told(turnName(turn))
  }
  const next = () => {
    if (isStopped) return
    callOff = clock.wakeAt(clock.now() + LOOK_MS, () => void look().finally(next))
  }
  next()
  return () => {
    isStopped = true
    callOff()
    bell?.close()
  }
}

function names(turns: string): readonly string[] {
  try {
    return readdirSync(turns)
  } catch {
    // Somebody removed it; it is made with the next turn.
    return []
  }
}

/** Null: this machine has no more file events to give. */
function bells(turns: string, told: (name: string) => void): FSWatcher | null {
  try {
    const watcher = watch(turns, { persistent: false }, (_, name) => {
      if (name?.endsWith(BELL) === true) told(name.slice(0, -BELL.length))
    })
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return null
  }
}
