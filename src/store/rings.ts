/**
 * The rings a node has accepted, and one delivery for each channel a ring is owed to.
 *
 * Every write here is a unit: all of it is on disk when its promise resolves, or none of it ever is.
 * Units that arrive together share one commit; one that fails does not fail its neighbours. A store
 * that cannot write (full, read-only) rejects with a `StoreError` and has written nothing.
 *
 * `claim` is a lease: whoever holds it may try until it ends. `tries` is its fencing token: a
 * settlement that comes after another claim may still say `accepted`, and nothing else.
 */
import type { Gate } from '../doorbell/gate.ts'
import type { TerminalKind } from '../doorbell/kinds.ts'
import type { Outcome } from '../doorbell/outcome.ts'
import type { Ring } from '../doorbell/ring.ts'
import type { Settled } from '../doorbell/settle.ts'

export type Purpose = 'ring' | 're-ring' | 'report' | 'resend' | 'update'

export type NewRing = {
  readonly ring: Ring
  /** SHA-256 of the event: the same key with another fingerprint is another event. */
  readonly fingerprint: string
  readonly channels: readonly string[]
  /** How long its key keeps meaning this ring; `Infinity` for a run's. */
  readonly dedupeForMs: number
}

export type Acceptance =
  | { readonly type: 'accepted' | 'duplicate'; readonly id: string; readonly owed: readonly Owed[] }
  /** The key belongs to another event: nothing was written. */
  | { readonly type: 'conflict'; readonly id: string }

export type Owed = { readonly id: number; readonly channel: string }

export type Delivery = Owed & {
  readonly purpose: Purpose
  readonly wave: number
  readonly ring: Ring
  /** Tries so far, this one among them: the fencing token. */
  readonly tries: number
  /** Of these, how many say nothing about the delivery: the channel's credential was refused. */
  readonly waived: number
  readonly firstTriedAt: number
  readonly claimedAt: number
  /** When the first try began that may have arrived. */
  readonly mayHaveArrivedSince: number | null
  /** What it says below the ring's body: a line for each channel that gave the ring up. */
  readonly note: string | null
}

export type Claim = {
  readonly channel: string
  readonly now: number
  readonly leaseMs: number
  readonly limit: number
  /** How many escalations in a row have passed a waiting `done`. */
  readonly passed: number
  /** The oldest, whatever its kind: what a closed channel is probed with. */
  readonly oldest: boolean
}

export type Claimed = {
  readonly deliveries: readonly Delivery[]
  readonly passed: number
  /** When the next one falls due; null: none waits, or it took as many as it asked for and there may be more now. */
  readonly nextDueAt: number | null
}

export type Settlement = {
  readonly delivery: Pick<Delivery, 'id' | 'tries'>
  readonly tried: { readonly at: number; readonly ms: number; readonly outcome: Outcome }
  readonly settled: Settled
  /** Set if this try opened or closed the channel. */
  readonly gate: { readonly channel: string; readonly gate: Gate } | null
  /** Set if a death is to be told; nobody is told twice of the same one. */
  readonly report: Report | null
}

/** That a channel gave an escalation up, told to those of these channels that the ring is owed to. */
export type Report = { readonly channels: readonly string[]; readonly note: string }

export type DeliveryState = 'due' | 'accepted' | 'dead' | 'dropped'

export type Acknowledgement = {
  readonly at: number
  readonly by: string
  readonly note: string | null
}

export type RingStory = {
  readonly ring: Ring
  readonly acknowledged: Acknowledgement | null
  readonly deliveries: readonly DeliveryStory[]
}

export type DeliveryStory = Owed & {
  readonly purpose: Purpose
  readonly wave: number
  readonly state: DeliveryState
  /** When the next try is due, or a try under way is given up. */
  readonly dueAt: number
  readonly isTrying: boolean
  /** Why it is dead or dropped, in a code and a plain sentence. */
  readonly code: string | null
  readonly detail: string | null
  /** The receiver's own name for the message. */
  readonly reference: string | null
  readonly note: string | null
  readonly tries: readonly TryStory[]
}

export type TryStory = {
  readonly number: number
  readonly at: number
  readonly ms: number
  readonly outcome: Outcome['type']
  readonly code: string | null
  readonly detail: string | null
}

export type RingFilter = {
  readonly kind: TerminalKind | null
  /** `open`: an escalation nobody acknowledged. `quiet`: all else. `dead`: some channel's last delivery is dead, and nobody acknowledged the ring. */
  readonly state: 'open' | 'quiet' | 'acknowledged' | 'dead' | null
  readonly limit: number
  /** `next` of the page before. */
  readonly before: number | null
}

export type RingPage = { readonly rings: readonly RingStory[]; readonly next: number | null }

export type Tally = {
  readonly channel: string
  readonly due: number
  readonly dead: number
  readonly oldestDueAcceptedAt: number | null
  readonly oldestDueRing: string | null
}

export type Orphan = { readonly delivery: Owed; readonly ring: Ring; readonly hasOther: boolean }

/** `now`: what claims to be of later is not believed. */
export type ForgetAsk = {
  readonly before: number
  readonly now: number
  readonly limit: number
}

export type Rings = {
  /** All of these or none. */
  accept(rings: readonly NewRing[]): Promise<readonly Acceptance[]>

  claim(ask: Claim): Promise<Claimed>

  /** Writes every try. Returns the ones whose state came too late to count. */
  settle(settlements: readonly Settlement[]): Promise<readonly Settlement['delivery'][]>

  /** Deliveries whose lease has ended without a settlement. Nothing changes until they are settled. */
  lapsed(ask: { readonly now: number; readonly limit: number }): Promise<readonly Delivery[]>

  /** Ends every lease: only for a node that knows itself alone. */
  voidLeases(): Promise<void>

  /** Makes every waiting delivery of a channel due now. */
  hasten(channel: string, now: number): Promise<void>

  /** Idempotent. Drops what is still due. False: no ring has that id. */
  acknowledge(id: string, acknowledgement: Acknowledgement): Promise<boolean>

  /** Owes the ring to these channels once more, in a wave of its own, and drops what was still due there. */
  resend(ask: {
    readonly id: string
    readonly channels: readonly string[]
    readonly now: number
  }): Promise<readonly Owed[]>

  /** Due deliveries to channels that are not among these. */
  orphans(channels: readonly string[]): Promise<readonly Orphan[]>

  /** Drops an orphan and owes its ring to these channels instead. */
  rehome(ask: {
    readonly orphan: Orphan
    readonly channels: readonly string[]
    readonly now: number
  }): Promise<readonly Owed[]>

  /** Undefined: no ring has that id. */
  story(id: string): Promise<RingStory | undefined>

  /** Newest first. */
  list(filter: RingFilter): Promise<RingPage>

  tallies(): Promise<readonly Tally[]>

  /**
   * Deletes rings that are older, of which nothing is due, and that somebody heard or some channel
   * took. What nobody ever heard is kept. Returns how many; fewer than `limit`: there are no more.
   */
  forget(ask: ForgetAsk): Promise<number>
}
