/** Says in the log what a settled try changed. Pure. */
import type { Gate } from '../doorbell/gate.ts'
import type { LogEvent } from '../log.ts'
import type { Delivery, Settlement } from '../store/rings.ts'

export function deliveryEvent(delivery: Delivery, { settled, tried }: Settlement): LogEvent | null {
  const { outcome } = tried
  const facts = { ring: delivery.ring.id, channel: delivery.channel, tries: delivery.tries }
  if (outcome.type === 'accepted') return { event: 'delivery-accepted', ...facts }
  const { code, detail } = outcome
  const failing = { ...facts, outcome: outcome.type, code, detail }
  switch (settled.state) {
    case 'dead':
      return { event: 'delivery-dead', ...failing }
    case 'due':
      return { event: 'delivery-retrying', ...failing, nextAt: iso(settled.at) }
    case 'accepted':
    case 'held':
      return null
  }
}

export function gateEvent(channel: string, gate: Gate): LogEvent {
  if (gate.state === 'open') return { event: 'channel-opened', channel }
  return { event: 'channel-closed', channel, detail: gate.detail, probeAt: iso(gate.probeAt) }
}

const iso = (at: number) => new Date(at).toISOString()
