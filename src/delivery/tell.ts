/** Says what a settled try changed. Pure. */
import type { Gate } from '../doorbell/gate.ts'
import type { LogEvent } from '../log.ts'
import type { Delivery, Settlement } from '../store/rings.ts'

export function deliveryEvent(delivery: Delivery, { settled, tried }: Settlement): LogEvent {
  const { outcome, at, ms } = tried
  const { ring, channel, tries, purpose } = delivery
  const isFirst = tries === 1 && purpose === 'ring'
  const facts = {
    ring: ring.id,
    delivery: deliveryId(delivery.id),
    channel,
    tries,
    at,
    ms,
    waitedMs: isFirst ? at - ring.acceptedAt : null,
  }
  if (outcome.type === 'accepted')
    return { event: 'delivery-accepted', ...facts, outcome: 'accepted' }
  const { code, detail } = outcome
  const failing = { ...facts, outcome: outcome.type, code, detail }
  switch (settled.state) {
    case 'dead':
      return { event: 'delivery-dead', ...failing }
    case 'due':
      return { event: 'delivery-retrying', ...failing, nextAt: iso(settled.at) }
    case 'held':
    case 'accepted':
      return { event: 'delivery-held', ...failing }
  }
}

export function gateEvent(channel: string, gate: Gate): LogEvent {
  if (gate.state === 'open') return { event: 'channel-opened', channel }
  return { event: 'channel-closed', channel, detail: gate.detail, probeAt: iso(gate.probeAt) }
}

/** A delivery's name outside of the store. */
export function deliveryId(id: number): string {
  return `delivery_${id}`
}

const iso = (at: number) => new Date(at).toISOString()
