/** Rings, and what becomes of them, for tests of whatever keeps them. */
import type { TerminalKind } from '../src/doorbell/kinds.ts'
import { type Issue, renderNotification } from '../src/doorbell/notification.ts'
import type { Failed, Outcome } from '../src/doorbell/outcome.ts'
import type { Ring } from '../src/doorbell/ring.ts'
import type { Settled } from '../src/doorbell/settle.ts'
import type { Claim, Delivery, NewRing, RingStory, Settlement } from '../src/store/rings.ts'
import type { Store } from '../src/store/store.ts'

export type RingWish = {
  readonly kind?: TerminalKind
  readonly key?: string
  readonly issue?: Issue
  readonly threadId?: string | null
  readonly detail?: string
  readonly source?: string
  readonly acceptedAt?: number
}

/** An escalation of its own, also among those of other processes, accepted at 1,000. */
function ring(wish: RingWish = {}): Ring {
  made += 1
  const id = `ring_${process.pid}_${String(made).padStart(6, '0')}`
  const { kind = 'needs-human', threadId = 't-1', detail = 'errored before push' } = wish
  const { key = id, source = 'ci', acceptedAt = 1_000 } = wish
  const { issue = { repo: 'infra', number: 42, labels: ['afk'] } } = wish
  const event = { kind, issue, threadId, detail }
  const notification = renderNotification(event, { baseUrl: 'https://t3.test' })
  return { id, key, issue, threadId, notification, source, acceptedAt }
}

let made = 0

type NewRingWish = RingWish & Partial<Omit<NewRing, 'ring'>>

/** Owed to `phone` alone, and its key means it for ever. */
export function newRing(wish: NewRingWish = {}): NewRing {
  const { fingerprint = 'f'.repeat(64), channels = ['phone'], dedupeForMs = Infinity } = wish
  return { ring: ring(wish), fingerprint, channels, dedupeForMs }
}

/** A kind that the types do not know, as a caller without types could send it. */
export function mysteryRing(wish: NewRingWish = {}): NewRing {
  const asked = newRing(wish)
  const notification = { ...asked.ring.notification, kind: 'merged' as TerminalKind }
  return { ...asked, ring: { ...asked.ring, notification } }
}

/** Ten of `phone`, at 1,000, for 30 seconds. */
export function claimOf(wish: Partial<Claim> = {}): Claim {
  const ask = { channel: 'phone', now: 1_000, leaseMs: 30_000, limit: 10 }
  return { ...ask, passed: 0, oldest: false, ...wish }
}

export const noAnswer: Failed = { type: 'unknown', code: 'timeout', detail: 'no answer in 10 s' }
export const busy: Failed = { type: 'deferred', code: 'rate-limited', detail: 'too many requests' }
export const badToken: Failed = { type: 'refused', code: 'credential', detail: 'the token expired' }

export const heard: Settled = { state: 'accepted', reference: 'm1' }
export const held: Settled = { state: 'held' }
export const dueAt = (at: number): Settled => ({ state: 'due', at })
export const dead: Settled = { state: 'dead', code: 'invalid', detail: 'no such topic' }

type Try = Partial<Settlement['tried']> & Pick<Partial<Settlement>, 'gate' | 'report'>

/** The try began when it was claimed and took 20 ms; its outcome is one that leads to such an end. */
export function settlement(delivery: Delivery, settled: Settled, more: Try = {}): Settlement {
  const { at = delivery.claimedAt, ms = 20, outcome = outcomeBefore(settled) } = more
  const { gate = null, report = null } = more
  return { delivery, tried: { at, ms, outcome }, settled, gate, report }
}

function outcomeBefore(settled: Settled): Outcome {
  switch (settled.state) {
    case 'accepted':
      return { type: 'accepted', reference: settled.reference }
    case 'due':
      return busy
    case 'dead':
      return { type: 'refused', code: settled.code, detail: settled.detail }
    case 'held':
      return badToken
  }
}

/** The store must know it. */
export async function storyOf(store: Store, { id }: { id: string }): Promise<RingStory> {
  const story = await store.story(id)
  if (story === undefined) throw new Error(`the store knows no ring ${id}`)
  return story
}
