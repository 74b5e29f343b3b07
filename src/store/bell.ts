/**
 * How the bell has done, counted over what a node keeps: for a person who looks, not for whoever delivers. Reads
 * only, and never more than it is told to look at.
 */
import type { TerminalKind } from '../doorbell/kinds.ts'

export type Rung = {
  readonly at: number
  readonly kind: TerminalKind
  /** From the ring to the first try on any of its channels; null: none was made yet. */
  readonly firstTryMs: number | null
}

export type ChannelTries = {
  readonly channel: string
  /** When the newest try began that it accepted; null: none of those that were looked at. */
  readonly lastAcceptedAt: number | null
  /** Tries that it did not accept, by their code, the most frequent first. */
  readonly failures: ReadonlyArray<{ readonly code: string; readonly count: number }>
}

export type Looking = {
  readonly since: number
  /** So many of the newest are looked at, and no more. */
  readonly limit: number
}

export type Bell = {
  /** Escalations that nobody acknowledged. */
  openRings(): Promise<{ readonly count: number; readonly oldestAt: number | null }>

  /** Newest first. */
  rungSince(ask: Looking): Promise<readonly Rung[]>

  triesSince(
    ask: Looking & { readonly channels: readonly string[] },
  ): Promise<readonly ChannelTries[]>
}
