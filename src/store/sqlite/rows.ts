/** Database rows as the port's values. The casts of this folder stand here, at the edge. */
import type { Issue, Notification } from '../../doorbell/notification.ts'
import type { Ring } from '../../doorbell/ring.ts'
import type {
  Delivery,
  DeliveryState,
  DeliveryStory,
  Purpose,
  RingStory,
  TryStory,
} from '../rings.ts'

export const ringColumns =
  'r.seq, r.id, r.key, r.issue, r.thread_id, r.notification, r.source, r.accepted_at, ' +
  'r.acknowledged_at, r.acknowledged_by, r.acknowledged_note'

export type RingRow = {
  seq: number
  id: string
  key: string
  issue: string
  thread_id: string | null
  notification: string
  source: string
  accepted_at: number
  acknowledged_at: number | null
  acknowledged_by: string | null
  acknowledged_note: string | null
}

type RingFacts = Pick<
  RingRow,
  'id' | 'key' | 'issue' | 'thread_id' | 'notification' | 'source' | 'accepted_at'
>

export function toRing(row: RingFacts): Ring {
  return {
    id: row.id,
    key: row.key,
    issue: JSON.parse(row.issue) as Issue,
    threadId: row.thread_id,
    notification: JSON.parse(row.notification) as Notification,
    source: row.source,
    acceptedAt: row.accepted_at,
  }
}

export function toAcknowledged(row: RingRow): RingStory['acknowledged'] {
  const { acknowledged_at: at, acknowledged_by: by, acknowledged_note: note } = row
  return at === null || by === null ? null : { at, by, note }
}

export const deliveryColumns =
  'd.id as delivery_id, d.channel, d.wave, d.purpose, d.state, d.due_at, d.tries, d.waived, ' +
  'd.first_tried_at, d.claimed_at, d.leased_until, d.uncertain_since, d.reference, d.code, ' +
  'd.detail, d.note'

export type DeliveryRow = {
  delivery_id: number
  channel: string
  wave: number
  purpose: Purpose
  state: DeliveryState
  due_at: number
  tries: number
  waived: number
  first_tried_at: number | null
  claimed_at: number | null
  leased_until: number | null
  uncertain_since: number | null
  reference: string | null
  code: string | null
  detail: string | null
  note: string | null
}

/** Only what a try needs: every column of a row costs as much as a small statement. */
export const claimedColumns =
  'd.id as delivery_id, d.channel, d.wave, d.purpose, d.due_at, d.tries, d.waived, ' +
  'd.first_tried_at, d.claimed_at, d.uncertain_since, d.note, ' +
  'r.id, r.key, r.issue, r.thread_id, r.notification, r.source, r.accepted_at'

export type ClaimedRow = Pick<
  DeliveryRow,
  | 'delivery_id'
  | 'channel'
  | 'wave'
  | 'purpose'
  | 'due_at'
  | 'tries'
  | 'waived'
  | 'first_tried_at'
  | 'claimed_at'
  | 'uncertain_since'
  | 'note'
> &
  RingFacts

/** A delivery that is claimed: its times of the first and of this try are set. */
export function toDelivery(row: ClaimedRow): Delivery {
  const claimedAt = row.claimed_at ?? row.due_at
  return {
    id: row.delivery_id,
    channel: row.channel,
    purpose: row.purpose,
    wave: row.wave,
    ring: toRing(row),
    tries: row.tries,
    waived: row.waived,
    firstTriedAt: row.first_tried_at ?? claimedAt,
    claimedAt,
    mayHaveArrivedSince: row.uncertain_since,
    note: row.note,
  }
}

export function toDeliveryStory(row: DeliveryRow, tries: readonly TryStory[]): DeliveryStory {
  const { delivery_id: id, channel, purpose, wave, state, code, detail, reference, note } = row
  const isTrying = state === 'due' && row.leased_until !== null
  const dueAt = row.leased_until ?? row.due_at
  return {
    id,
    channel,
    purpose,
    wave,
    state,
    dueAt,
    isTrying,
    code,
    detail,
    reference,
    note,
    tries,
  }
}
