/**
 * Wakes whoever waits when a turn may have ended.
 *
 * T3 Code tells nobody anything: while turns are open one read of all threads is looked at every few seconds. What
 * a look sees in between wakes at once. What was over before is not told.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import type { Clock } from '../../clock.ts'
import { namesIn, turnName, turnNamed, turnsIn } from '../../worktrees/records.ts'
import type { TurnId } from '../executor.ts'

export type Watch = {
  readonly folder: string
  readonly clock: Clock
  /** Looks at them; those that are over are told by `ended`. */
  readonly look: (turns: readonly TurnId[]) => Promise<unknown>
}

export type Watching = {
  /** A turn was seen to be over. */
  ended(turn: TurnId): void
  start(watch: Watch, wake: (turn: TurnId) => void): () => void
}

const LOOK_MS = 3_000

export function watching(): Watching {
  const awake = new Set<(turn: TurnId) => void>()
  return {
    ended(turn) {
      for (const wake of awake) wake(turn)
    },
    start({ folder, clock, look }, wake) {
      let isStopped = false
      let callOff = () => {}
      const turns = turnsIn(folder)
      const isOver = (name: string) => existsSync(join(turns, name, 'end.json'))
      const over = new Set(names(turns).filter(isOver))
      const told = (turn: TurnId) => {
        const name = turnName(turn)
        if (isStopped || over.has(name)) return
        over.add(name)
        wake(turn)
      }
      const lookOnce = async () => {
        const there = names(turns)
        for (const name of over) if (!there.includes(name)) over.delete(name)
        const open = there
          .filter((name) => !over.has(name))
          .flatMap((name) => turnNamed(name) ?? [])
        await look(open)
        // Seen by another node.
        for (const turn of open) if (isOver(turnName(turn))) told(turn)
      }
      const next = () => {
        if (isStopped) return
        callOff = clock.wakeAt(clock.now() + LOOK_MS, () => void lookOnce().finally(next))
      }
      awake.add(told)
      next()
      return () => {
        isStopped = true
        awake.delete(told)
        callOff()
      }
    },
  }
}

function names(turns: string): readonly string[] {
  try {
    return namesIn(turns)
  } catch {
    // Somebody removed it, or it cannot be read now; the next look may.
    return []
  }
}
