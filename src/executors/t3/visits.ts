/**
 * What people began in the threads of ended runs: of each, the newest turn, where it is none of ours.
 *
 * Ours are known by what is written down, of every run that had the thread. T3's times are compared with the time
 * at which T3 took our last message, and put into our time by how far the clocks were apart then.
 */
import { join } from 'node:path'

import { namesIn, turnNamed, turnsIn } from '../../worktrees/records.ts'
import type { Visit, Visited } from '../executor.ts'
import type { Desk } from './desk.ts'
import { isQuiet } from './end-thread.ts'
import { type AskedRecord, readEnd, readTurn } from './turn-records.ts'

type Written = { readonly record: AskedRecord; readonly isOver: boolean }

export async function visitsOf(runs: readonly Visited[], desk: Desk): Promise<readonly Visit[]> {
  if (runs.length === 0) return []
  const { client, ground, clock } = desk
  const fleet = await client.fleet()
  const shown = runs.filter(({ thread }) => (fleet.row(thread)?.latestTurn ?? null) !== null)
  if (shown.length === 0) return []
  const written = Map.groupBy(recordsIn(ground.folder), ({ record }) => record.thread)
  return shown.flatMap(({ run, thread, since }) => {
    const row = fleet.row(thread)
    const turn = row?.latestTurn
    const ours = written.get(thread) ?? []
    if (!row || !turn || ours.length === 0 || ours.some(({ isOver }) => !isOver)) return []
    if (ours.some(({ record }) => record.turnId === turn.turnId)) return []
    const last = ours.map(({ record }) => record).toSorted((a, b) => b.sentAt - a.sentAt)[0]
    const { storedAt, offsetMs } = last ?? { storedAt: null, offsetMs: null }
    if (storedAt !== null && turn.requestedAt <= storedAt) return []
    const theirs = Date.parse(turn.requestedAt)
    const known = offsetMs === null || Number.isNaN(theirs) ? null : theirs - offsetMs
    if (known !== null && known < since) return []
    const at = Math.min(clock.now(), known ?? clock.now())
    return { run, turn: turn.turnId, at, place: row.worktreePath, isBusy: !isQuiet(row) }
  })
}

/** Also of runs whose place is gone. */
function recordsIn(folder: string): readonly Written[] {
  return [turnsIn(folder), join(folder, 'ended')].flatMap((below) =>
    namesIn(below).flatMap((name) => {
      if (turnNamed(name) === null) return []
      const records = join(below, name)
      const record = readTurn(records)
      return record?.type === 'asked' ? { record, isOver: readEnd(records) !== null } : []
    }),
  )
}
