/** The end of a turn, as it is written down by whoever sees it first: every later look says the same. */
import type { TurnEnd } from '../../run/run.ts'
import { recordsOf, turnName } from '../../worktrees/records.ts'
import type { Sight, TurnId } from '../executor.ts'
import type { Desk } from './desk.ts'
import { type EndRecord, readEnd, writeEnd } from './turn-records.ts'

export const INTERRUPTED: TurnEnd = { how: 'failed', detail: 'it was interrupted' }

export function over(id: TurnId, end: TurnEnd, desk: Desk): Sight {
  return keepEnd(id, { type: 'over', at: desk.clock.now(), end }, desk)
}

export function keepEnd(id: TurnId, end: EndRecord, desk: Desk): Sight {
  const records = recordsOf(desk.ground.folder, id)
  const before = readEnd(records)
  if (before !== null) return endedSight(id, before)
  writeEnd(records, end)
  desk.pulses.forget(turnName(id))
  desk.ended(id)
  return endedSight(id, end)
}

export function endedSight(id: TurnId, ended: EndRecord): Sight {
  if (ended.type === 'withdrawn') return { id, costUsd: null, ...ended }
  const { type, at, end } = ended
  return { id, costUsd: null, type, at, end }
}
