/**
 * Tells of rings: one, a page of them, and how many wait for each channel. Reads only.
 *
 * What waits is asked in two halves, each with an index of its own: settled deliveries are never read.
 */
import type { DatabaseSync } from 'node:sqlite'

import type { RingFilter, RingPage, RingStory, Tally, TryStory } from '../rings.ts'
import {
  deliveryColumns,
  type DeliveryRow,
  ringColumns,
  type RingRow,
  toAcknowledged,
  toDeliveryStory,
  toRing,
} from './rows.ts'

export function storyStatement(db: DatabaseSync) {
  const selectRing = db.prepare(`select ${ringColumns} from ring r where r.id = ?`)
  const tell = telling(db)
  return (id: string): RingStory | undefined => {
    const row = selectRing.get(id) as RingRow | undefined
    return row && tell(row)
  }
}

export function listStatement(db: DatabaseSync) {
  const tell = telling(db)
  return ({ kind, state, limit, before }: RingFilter): RingPage => {
    const conditions = ['(?1 is null or r.seq < ?1)', '(?2 is null or r.kind = ?2)']
    if (state !== null) conditions.push(stateConditions[state])
    const rows = db
      .prepare(
        `select ${ringColumns} from ring r where ${conditions.join(' and ')}
         order by r.seq desc limit ?3`,
      )
      .all(before, kind, limit + 1) as RingRow[]
    const page = rows.slice(0, limit)
    const next = rows.length > limit ? (page.at(-1)?.seq ?? null) : null
    return { rings: page.map(tell), next }
  }
}

const stateConditions = {
  open: `r.acknowledged_at is null and r.kind <> 'done'`,
  quiet: `(r.acknowledged_at is not null or r.kind = 'done')`,
  acknowledged: `r.acknowledged_at is not null`,
  // What somebody acknowledged was heard, whichever way. The last wave counts: what was sent again is no longer dead. A report of another channel's death is not that.
  dead: `r.acknowledged_at is null and r.seq in (select d.ring_seq from delivery d where d.state = 'dead' and not exists
    (select 1 from delivery l where l.ring_seq = d.ring_seq and l.channel = d.channel and l.wave > d.wave and l.purpose <> 'report'))`,
} as const

function telling(db: DatabaseSync) {
  const selectDeliveries = db.prepare(
    `select ${deliveryColumns} from delivery d where d.ring_seq = ? order by d.id`,
  )
  const selectTries = db.prepare(
    `select number, at, ms, outcome, code, detail from try where delivery_id = ? order by id`,
  )
  return (row: RingRow): RingStory => ({
    ring: toRing(row),
    acknowledged: toAcknowledged(row),
    deliveries: (selectDeliveries.all(row.seq) as DeliveryRow[]).map((delivery) => {
      const tries = selectTries.all(delivery.delivery_id) as TryStory[]
      return toDeliveryStory(
        delivery,
        tries.map((each) => ({ ...each })),
      )
    }),
  })
}

export function talliesStatement(db: DatabaseSync) {
  const select = db.prepare(
    `select channel, due, dead,
       (select accepted_at from ring where seq = oldest) as oldestDueAcceptedAt,
       (select id from ring where seq = oldest) as oldestDueRing
     from (select channel, sum(due) as due, sum(dead) as dead, min(oldest_seq) as oldest from (
       select channel, count(*) as due, 0 as dead, min(ring_seq) as oldest_seq
       from delivery where state = 'due' and leased_until is null group by channel
       union all
       select channel, count(*), 0, min(ring_seq)
       from delivery where state = 'due' and leased_until is not null group by channel
       union all
       select channel, 0, count(*), null from delivery d join ring r on r.seq = d.ring_seq
       where state = 'dead' and r.acknowledged_at is null and not exists
         (select 1 from delivery l where l.ring_seq = d.ring_seq and l.channel = d.channel and l.wave > d.wave and l.purpose <> 'report')
       group by channel
     ) group by channel)`,
  )
  return () => (select.all() as Tally[]).map((tally) => ({ ...tally }))
}
