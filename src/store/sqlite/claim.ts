/** Leases the deliveries of a channel whose turn it is. */
import type { DatabaseSync } from 'node:sqlite'

import { takeTurns } from '../../doorbell/turn.ts'
import type { Claim, Claimed, Delivery } from '../rings.ts'
import { claimedColumns, type ClaimedRow, toDelivery } from './rows.ts'

type Id = { id: number }

export function claimStatement(db: DatabaseSync) {
  const due = `from delivery where channel = ? and loud = ? and state = 'due' and leased_until is null`
  const selectDue = db.prepare(`select id ${due} and due_at <= ? order by due_at, id limit ?`)
  const selectOldest = db.prepare(
    `select id from delivery where channel = ? and state = 'due' and leased_until is null
     order by id limit min(1, ?)`,
  )
  const selectNext = db.prepare(`select min(due_at) as at ${due}`)
  const lease = db.prepare(
    `update delivery set tries = tries + 1, claimed_at = ?, leased_until = ?,
       first_tried_at = coalesce(first_tried_at, ?) where id = ?`,
  )
  const select = db.prepare(
    `select ${claimedColumns} from delivery d join ring r on r.seq = d.ring_seq
     where d.id = ?`,
  )

  function nextOf(channel: string): number | null {
    const nexts = [0, 1].map((loud) => selectNext.get(channel, loud)?.['at'] as number | null)
    const waits = nexts.filter((at) => at !== null)
    return waits.length === 0 ? null : Math.min(...waits)
  }

  return function claim({ channel, now, leaseMs, limit, passed, oldest }: Claim): Claimed {
    const waiting = (loud: 0 | 1) => selectDue.all(channel, loud, now, limit) as Id[]
    const turns = oldest
      ? { chosen: selectOldest.all(channel, limit) as Id[], passed }
      : takeTurns({ loud: waiting(1), quiet: waiting(0) }, { limit, passed })

    const deliveries: Delivery[] = turns.chosen.map(({ id }) => {
      lease.run(now, now + leaseMs, now, id)
      return toDelivery(select.get(id) as ClaimedRow)
    })
    const nextDueAt = limit === 0 || deliveries.length < limit ? nextOf(channel) : null
    return { deliveries, passed: turns.passed, nextDueAt }
  }
}

export function lapsedStatement(db: DatabaseSync) {
  const select = db.prepare(
    `select ${claimedColumns} from delivery d join ring r on r.seq = d.ring_seq
     where d.state = 'due' and d.leased_until <= ? order by d.leased_until limit ?`,
  )
  return ({ now, limit }: { now: number; limit: number }): readonly Delivery[] =>
    (select.all(now, limit) as ClaimedRow[]).map(toDelivery)
}
