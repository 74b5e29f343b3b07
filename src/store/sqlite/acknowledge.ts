/** Writes that a person heard a ring, and drops what is still due of it. The first acknowledgement stays. */
import type { DatabaseSync } from 'node:sqlite'

import type { Acknowledgement } from '../rings.ts'

export function acknowledgeStatement(db: DatabaseSync) {
  const selectRing = db.prepare(`select seq from ring where id = ?`)
  const update = db.prepare(
    `update ring set acknowledged_at = ?, acknowledged_by = ?, acknowledged_note = ?
     where seq = ? and acknowledged_at is null`,
  )
  const drop = db.prepare(
    `update delivery set state = 'dropped', code = 'acknowledged'
     where ring_seq = ? and state = 'due' and leased_until is null and purpose <> 'resend'`,
  )

  return function acknowledge(id: string, { at, by, note }: Acknowledgement): boolean {
    const seq = selectRing.get(id)?.['seq']
    if (typeof seq !== 'number') return false
    update.run(at, by, note, seq)
    drop.run(seq)
    return true
  }
}
