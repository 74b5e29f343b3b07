/**
 * Whether a channel may be used. Pure.
 *
 * A refused credential closes the channel: every further login could lock the whole address out of
 * the receiver. While closed, one delivery goes out as a probe, 15 minutes after the closing and then
 * hourly. Any answer that shows the credential was taken opens it: an acceptance, but also a refusal
 * of the payload. An answer that says nothing about the credential leaves it closed.
 */
import type { Outcome } from './outcome.ts'

export type Gate = Open | Closed

export type Open = { readonly state: 'open' }

export type Closed = {
  readonly state: 'closed'
  readonly closedAt: number
  readonly detail: string
  /** When the next probe may go out. */
  readonly probeAt: number
}

export const OPEN: Open = { state: 'open' }

const firstProbeMs = 15 * 60_000
const probeEveryMs = 60 * 60_000

/** The gate after a try that ended at `now`. The same object if nothing changed. */
export function passGate(gate: Gate, outcome: Outcome, now: number): Gate {
  const isRefusal = outcome.type === 'refused' && outcome.code === 'credential'
  if (gate.state === 'open') {
    if (!isRefusal) return gate
    const probeAt = now + firstProbeMs
    return { state: 'closed', closedAt: now, detail: outcome.detail, probeAt }
  }
  if (!isRefusal && (outcome.type === 'accepted' || outcome.type === 'refused')) return OPEN
  // A try that was under way when the channel was closed is no probe.
  if (now < gate.probeAt) return gate
  const detail = isRefusal ? outcome.detail : gate.detail
  return { ...gate, detail, probeAt: now + probeEveryMs }
}
