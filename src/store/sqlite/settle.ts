/**
 * Writes a try and what became of its delivery.
 *
 * The try is always written. `accepted` is believed whenever it comes, as long as the delivery has not
 * ended; anything else counts only under the fencing token of the last claim. A delivery whose ring
 * was acknowledged or sent again while it was tried is dropped instead of falling due again. A death
 * that counts is reported (report.ts).
 */
import type { DatabaseSync } from 'node:sqlite'

import type { Settlement } from '../rings.ts'
import { reportStatement } from './report.ts'

export function settleStatement(db: DatabaseSync) {
  const insertTry = db.prepare(
    `insert into try (delivery_id, number, at, ms, outcome, code, detail) values (?, ?, ?, ?, ?, ?, ?)`,
  )
  const believe = db.prepare(
    `update delivery set state = 'accepted', reference = ?, leased_until = null
     where id = ? and state = 'due'`,
  )
  const bury = db.prepare(
    `update delivery set state = 'dead', code = ?, detail = ?, leased_until = null
     where id = ? and tries = ? and state = 'due'`,
  )
  const again = db.prepare(
    `update delivery set due_at = ?, leased_until = null,
       uncertain_since = coalesce(uncertain_since, ?) where id = ? and tries = ? and state = 'due'`,
  )
  const hold = db.prepare(
    `update delivery set due_at = ?, leased_until = null, waived = waived + 1, first_tried_at = null
     where id = ? and tries = ? and state = 'due'`,
  )
  const drop = dropStatement(db)
  const tell = reportStatement(db)

  /** False: it came too late to count. */
  function settle({ delivery, tried, settled, report }: Settlement): boolean {
    const { id, tries } = delivery
    const { outcome, at, ms } = tried
    const why = outcome.type === 'accepted' ? [null, null] : [outcome.code, outcome.detail]
    insertTry.run(id, tries, at, ms, outcome.type, ...why)
    switch (settled.state) {
      case 'accepted':
        return believe.run(settled.reference, id).changes === 1
      case 'dead': {
        const counted = bury.run(settled.code, settled.detail, id, tries).changes === 1
        if (counted && report !== null) tell(id, report, at + ms)
        return counted
      }
      case 'held':
        return hold.run(at + ms, id, tries).changes === 1
      case 'due': {
        const uncertainSince = outcome.type === 'unknown' ? at : null
        return again.run(settled.at, uncertainSince, id, tries).changes === 1
      }
    }
  }

  return (settlements: readonly Settlement[]): readonly Settlement['delivery'][] =>
    settlements
      .filter((settlement) => {
        const counted = settle(settlement)
        if (settlement.settled.state !== 'accepted') drop(settlement.delivery.id)
        return !counted
      })
      .map(({ delivery }) => delivery)
}

/** Where nobody wants it any more, a delivery does not fall due again. */
function dropStatement(db: DatabaseSync) {
  const dropAcknowledged = db.prepare(
    `update delivery set state = 'dropped', code = 'acknowledged'
     where id = ? and state = 'due' and leased_until is null and purpose <> 'resend'
       and exists (select 1 from ring where seq = ring_seq and acknowledged_at is not null)`,
  )

  const dropSuperseded = db.prepare(
    `update delivery as d set state = 'dropped', code = 'superseded'
     where id = ? and state = 'due' and leased_until is null and purpose <> 'report'
       and exists (select 1 from delivery l
       where l.ring_seq = d.ring_seq and l.channel = d.channel and l.wave > d.wave
         and l.purpose <> 'report')`,
  )
  return (id: number): void => {
    dropAcknowledged.run(id)
    dropSuperseded.run(id)
  }
}
