/** Writes a ring and what it owes, or finds the ring that its key already means. */
import type { DatabaseSync } from 'node:sqlite'

import { isEscalation } from '../../doorbell/kinds.ts'
import type { Acceptance, NewRing, Owed } from '../rings.ts'

type Known = { seq: number; id: string; fingerprint: string; accepted_at: number }

export function acceptStatement(db: DatabaseSync) {
  const selectKnown = db.prepare(
    `select seq, id, fingerprint, accepted_at from ring where key = ? order by seq desc limit 1`,
  )
  const selectOwed = db.prepare(`select id, channel from delivery where ring_seq = ? order by id`)
  const selectLastWave = db.prepare(
    `select max(wave) as wave from (
       select d.wave from ring r join delivery d on d.ring_seq = r.seq where r.key = ?1
       union all select wave from forgotten_key where key = ?1)`,
  )
  const insertRing = db.prepare(
    `insert into ring (id, key, fingerprint, kind, issue, thread_id, notification, source, accepted_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertDelivery = db.prepare(
    `insert into delivery (ring_seq, channel, wave, purpose, loud, due_at) values (?, ?, ?, 'ring', ?, ?)`,
  )

  return function accept({ ring, fingerprint, channels, dedupeForMs }: NewRing): Acceptance {
    const known = selectKnown.get(ring.key) as Known | undefined
    if (known && ring.acceptedAt - known.accepted_at < dedupeForMs) {
      if (known.fingerprint !== fingerprint) return { type: 'conflict', id: known.id }
      const owed = selectOwed.all(known.seq) as Owed[]
      return { type: 'duplicate', id: known.id, owed }
    }
    // A key that is used again is news again: another wave, so that receivers do not fold it into the old.
    const wave = ring.key === ring.id ? 0 : Number(selectLastWave.get(ring.key)?.['wave'] ?? -1) + 1
    const { id, key, notification, issue, threadId, source, acceptedAt } = ring
    const { kind } = notification
    const texts = [JSON.stringify(issue), threadId, JSON.stringify(notification)] as const
    const written = insertRing.run(id, key, fingerprint, kind, ...texts, source, acceptedAt)
    const loud = isEscalation(kind) ? 1 : 0
    const owed = channels.map((channel) => {
      const row = insertDelivery.run(written.lastInsertRowid, channel, wave, loud, acceptedAt)
      return { id: Number(row.lastInsertRowid), channel }
    })
    return { type: 'accepted', id, owed }
  }
}
