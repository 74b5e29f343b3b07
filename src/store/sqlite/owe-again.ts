/** Owes a ring once more: on request, or because its channel is gone. Each time is a wave of its own. */
import type { DatabaseSync } from 'node:sqlite'

import type { Orphan, Owed, Purpose } from '../rings.ts'
import { nextWave } from './next-wave.ts'
import { deliveryColumns, type DeliveryRow, ringColumns, type RingRow, toRing } from './rows.ts'

type Ask = { readonly id: string; readonly channels: readonly string[]; readonly now: number }

export function oweStatement(db: DatabaseSync) {
  const select = db.prepare(`select seq, kind <> 'done' as loud from ring where id = ?`)
  const insert = db.prepare(
    `insert into delivery (ring_seq, channel, wave, purpose, loud, due_at)
     select seq, ?2, ${nextWave('key', '?2')}, ?3, ?4, ?5 from ring where seq = ?1`,
  )
  const supersede = db.prepare(
    `update delivery set state = 'dropped', code = 'superseded'
     where ring_seq = ? and channel = ? and state = 'due' and leased_until is null
       and purpose <> 'report'`,
  )

  return function owe({ id, channels, now }: Ask, purpose: Purpose): readonly Owed[] {
    const row = select.get(id)
    if (row === undefined) return []
    const [seq, loud] = [Number(row['seq']), Number(row['loud'])]
    return channels.map((channel) => {
      supersede.run(seq, channel)
      const { lastInsertRowid } = insert.run(seq, channel, purpose, loud, now)
      return { id: Number(lastInsertRowid), channel }
    })
  }
}

export function orphansStatement(db: DatabaseSync) {
  const select = db.prepare(
    `select ${deliveryColumns}, ${ringColumns},
       exists (select 1 from delivery o where o.ring_seq = r.seq and o.id <> d.id
         and (o.state = 'accepted' or (o.state = 'due' and o.channel in (select value from json_each(?1))))
       ) as has_other
     from delivery d join ring r on r.seq = d.ring_seq where d.id in (
       select id from delivery where state = 'due' and leased_until is null
         and channel not in (select value from json_each(?1))
       union all select id from delivery where state = 'due' and leased_until is not null
         and channel not in (select value from json_each(?1))) limit 1000`,
  )
  return (channels: readonly string[]): readonly Orphan[] => {
    const rows = select.all(JSON.stringify(channels)) as Array<
      DeliveryRow & RingRow & { has_other: number }
    >
    return rows.map((row) => ({
      delivery: { id: row.delivery_id, channel: row.channel },
      ring: toRing(row),
      hasOther: row.has_other === 1,
    }))
  }
}

export function rehomeStatement(db: DatabaseSync) {
  const owe = oweStatement(db)
  const drop = db.prepare(
    `update delivery set state = 'dropped', code = 'channel-removed', leased_until = null
     where id = ? and state = 'due'`,
  )
  return (ask: { orphan: Orphan; channels: readonly string[]; now: number }): readonly Owed[] => {
    drop.run(ask.orphan.delivery.id)
    return owe({ id: ask.orphan.ring.id, channels: ask.channels, now: ask.now }, 'ring')
  }
}
