/**
 * The port every channel fills: take a ring outside, say how it went.
 *
 * An adapter makes one try. It never sleeps, never retries and never throws for something the far
 * side did; the courier owns time, and `settle` decides what an outcome means. An abort ends the try
 * as `unknown`: it may have arrived. `channel.ts` is types only; `sender.ts` makes of an adapter a
 * channel, which is also a library `Sender`.
 */
import type { Finding } from '../doorbell/finding.ts'
import type { Notification } from '../doorbell/notification.ts'
import type { Sender } from '../doorbell/notifier.ts'
import type { Outcome } from '../doorbell/outcome.ts'
import type { Pace } from '../doorbell/pace.ts'
import type { Ring } from '../doorbell/ring.ts'

export type Channel = Sender & Adapter

export type Adapter = {
  /** The kind of channel, as in the configuration: `ntfy`, `webhook`, `terminal`. */
  readonly type: string
  /** How fast the receiver may be used; none: as fast as it answers. */
  readonly pace?: Pace
  send(message: Message, signal: AbortSignal): Promise<Outcome>
  /** Tries what can be tried without ringing. Empty: there is nothing to try. */
  check(signal: AbortSignal): Promise<readonly Finding[]>
  /** Lets go of its connections. Tries in flight may end as `unknown`. */
  close(): Promise<void>
}

export type Message = {
  readonly notification: Notification
  /** Lines below the body that are never cut: who reported the ring, how late it is. */
  readonly notes: readonly string[]
  /** What the receiver folds repeats by: 26 characters, `[A-Z2-7]`. The same for every try of one delivery. */
  readonly handle: string
  /** Null where there is no ring, only a notification: a library's `Sender`. */
  readonly ring: Ring | null
  /** Set if an earlier try may have arrived: when the first of them began. A receiver that can be asked is asked. */
  readonly mayHaveArrivedSince: number | null
}
