/**
 * Group commit: all units of work that arrive in one turn of the event loop share one transaction, and
 * so one sync of the disk; under load those of the next turns too, as long as each brings more.
 *
 * A unit is all or nothing, and its promise settles only after the commit. Where one throws, the group
 * is undone and each unit done again in a transaction of its own, so that it fails alone; a unit may
 * therefore run twice and must do nothing but write. A fault of the store as a whole (a full disk, say)
 * rejects every unit in the group with a `StoreError`; the next group starts afresh.
 */
import type { DatabaseSync } from 'node:sqlite'

import { StoreError } from '../store-error.ts'
import { storeFault } from './sqlite-error.ts'

export type CommitGroup = {
  run<T>(work: () => T): Promise<T>
  /** Runs what waits, then refuses more. */
  close(): void
}

/** Keeps one turn short: what does not fit goes with the next. */
const maxUnits = 512
const maxTurns = 16

export type GroupOptions = {
  /** False gives each unit a transaction of its own: only for measuring what grouping brings. */
  readonly grouped: boolean
}

export function commitGroup(db: DatabaseSync, { grouped }: GroupOptions): CommitGroup {
  const begin = db.prepare('begin immediate')
  const commit = db.prepare('commit')
  let queue: Unit[] = []
  let isClosed = false

  /** Waits as long as each turn brings more: under load one sync then serves several turns. */
  function gather(known: number, turns: number) {
    if (!grouped || queue.length === known || turns === maxTurns) flush()
    else setImmediate(gather, queue.length, turns + 1)
  }

  function flush() {
    const units = queue.splice(0, grouped ? maxUnits : 1)
    if (queue.length > 0) setImmediate(flush)
    if (units.length === 0) return
    for (const settle of commitAll(units)) settle()
  }

  function commitAll(units: readonly Unit[]): ReadonlyArray<() => void> {
    try {
      begin.run()
      const settlers = units.map(({ work }) => work())
      commit.run()
      return settlers
    } catch (error) {
      // SQLite has already rolled back by itself after some errors (a full disk, for one).
      if (db.isTransaction) db.exec('rollback')
      const fault = storeFault(error)
      if (fault === undefined && units.length > 1) return units.flatMap((unit) => commitAll([unit]))
      return units.map((unit) => () => unit.reject(fault ?? error))
    }
  }

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new StoreError('refusing', 'the store is closed'))
        queue.push({
          work: () => {
            const result = work()
            return () => resolve(result)
          },
          reject,
        })
        if (queue.length === 1) setImmediate(gather, 0, 1)
      }),

    close() {
      isClosed = true
      while (queue.length > 0) flush()
    },
  }
}

type Unit = { readonly work: () => () => void; readonly reject: (error: unknown) => void }
