/**
 * Tells a ring's other channels that one of them gave it up.
 *
 * A delivery that waits there, and certainly has not arrived, takes the news along; else the ring is
 * owed there once more. Not told: a ring that somebody acknowledged, and a channel that gave it up, too.
 */
import type { DatabaseSync } from 'node:sqlite'

import type { Report } from '../rings.ts'
import { nextWave } from './next-wave.ts'

export function reportStatement(db: DatabaseSync) {
  const selectRing = db.prepare(
    `select r.seq, r.key, d.channel, d.loud from delivery d join ring r on r.seq = d.ring_seq
     where d.id = ? and r.acknowledged_at is null`,
  )
  const selectOthers = db.prepare(
    `select distinct d.channel from delivery d where d.ring_seq = ?1 and d.channel <> ?2
       and d.channel in (select value from json_each(?3)) and not exists (
         select 1 from delivery g where g.ring_seq = d.ring_seq and g.channel = d.channel
           and g.state = 'dead' and not exists (select 1 from delivery l where l.ring_seq = g.ring_seq
             and l.channel = g.channel and l.wave > g.wave and l.purpose <> 'report'))
     order by d.channel`,
  )
  const takeAlong = db.prepare(
    `update delivery set note = coalesce(note || char(10), '') || ?
     where id = (select min(id) from delivery where ring_seq = ? and channel = ? and state = 'due'
       and leased_until is null and uncertain_since is null)`,
  )
  const insert = db.prepare(
    `insert into delivery (ring_seq, channel, wave, purpose, loud, due_at, note)
     select ?1, ?2, ${nextWave('?6', '?2')}, 'report', ?3, ?4, ?5`,
  )

  return function report(deliveryId: number, { channels, note }: Report, now: number): void {
    const row = selectRing.get(deliveryId)
    if (row === undefined) return
    const [seq, gaveUp] = [Number(row['seq']), String(row['channel'])]
    const [loud, key] = [Number(row['loud']), String(row['key'])]
    const others = selectOthers.all(seq, gaveUp, JSON.stringify(channels)) as Array<Other>
    for (const { channel } of others)
      if (takeAlong.run(note, seq, channel).changes === 0)
        insert.run(seq, channel, loud, now, note, key)
  }
}

type Other = { channel: string }
