/**
 * Deletes old rings that somebody heard, with their deliveries and tries.
 *
 * Rings lie in the order they came, so only the old ones are read: up to the first that is young. The
 * room they leave is used again; the file does not shrink. The last wave of a caller's key stays.
 */
import type { DatabaseSync } from 'node:sqlite'

import type { ForgetAsk } from '../rings.ts'

export function forgetStatement(db: DatabaseSync) {
  const selectFirstYoung = db.prepare(
    `select seq from ring where accepted_at between ? and ? order by seq limit 1`,
  )
  const selectHeard = db.prepare(
    `select seq, id, key from ring r where seq < ?1 and accepted_at < ?2 and run_id is null
       and not exists (select 1 from delivery d where d.ring_seq = r.seq and d.state = 'due')
       and (acknowledged_at is not null
         or exists (select 1 from delivery d where d.ring_seq = r.seq and d.state = 'accepted'))
     order by seq limit ?3`,
  )
  // Nobody uses again a ring's own id, or the key that a command made up.
  const keepWave = db.prepare(
    `insert into forgotten_key (key, wave)
       select ?1, max(d.wave) from ring r join delivery d on d.ring_seq = r.seq where r.key = ?1
       having max(d.wave) is not null
     on conflict (key) do update set wave = max(wave, excluded.wave)`,
  )
  const deleteTries = db.prepare(
    `delete from try where delivery_id in (select id from delivery where ring_seq = ?)`,
  )
  const deleteDeliveries = db.prepare(`delete from delivery where ring_seq = ?`)
  const deleteRing = db.prepare(`delete from ring where seq = ?`)

  return function forget({ before, now, limit }: ForgetAsk): number {
    const firstYoung = selectFirstYoung.get(before, now)?.['seq'] ?? Number.MAX_SAFE_INTEGER
    const heard = selectHeard.all(Number(firstYoung), before, limit) as Array<Heard>
    for (const { seq, id, key } of heard) {
      if (key !== id && !key.startsWith('cli-')) keepWave.run(key)
      for (const statement of [deleteTries, deleteDeliveries, deleteRing]) statement.run(seq)
    }
    return heard.length
  }
}

type Heard = { seq: number; id: string; key: string }
