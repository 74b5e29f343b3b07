/**
 * How many tries a channel may start now: by its concurrency, its pace and its gate.
 *
 * A receiver that says "slow down" hushes the whole channel, not one delivery. A closed channel lets
 * one probe through when its time has come, and nothing else.
 */
import { type Gate, OPEN, passGate } from '../doorbell/gate.ts'
import type { Outcome } from '../doorbell/outcome.ts'
import {
  available,
  fullBucket,
  hush,
  nextAt,
  type Pace,
  resync,
  take,
  unhush,
} from '../doorbell/pace.ts'
import type { Settled } from '../doorbell/settle.ts'

export type Valve = {
  startable(now: number): number
  /** When another try may be startable; null: not before one that is under way has ended. */
  nextChanceAt(now: number): number | null
  gate(): Gate
  open(): void
  began(now: number): void
  /** The try is over: what it says about the channel. True: it opened or closed the gate. */
  ended(outcome: Outcome, settled: Settled, now: number): boolean
  /** The try is over, and says nothing. */
  failed(): void
}

export type ValveOptions = {
  readonly concurrency: number
  readonly pace: Pace
  readonly gate: Gate
  readonly now: number
}

export function valve({ concurrency, pace, now: openedAt, ...options }: ValveOptions): Valve {
  let gate = options.gate
  let bucket = fullBucket(pace, openedAt)
  let sending = 0

  return {
    startable(now) {
      if (gate.state === 'closed') return sending === 0 && now >= gate.probeAt ? 1 : 0
      bucket = resync(bucket, now)
      return Math.max(0, Math.min(concurrency - sending, available(bucket, pace, now)))
    },
    nextChanceAt(now) {
      if (gate.state === 'closed') return sending === 0 ? gate.probeAt : null
      return sending < concurrency ? nextAt(bucket, pace, now) : null
    },
    gate: () => gate,
    open() {
      gate = OPEN
      bucket = unhush(bucket)
    },
    began(now) {
      sending += 1
      bucket = take(bucket, pace, { now, tries: 1 })
    },
    ended(outcome, settled, now) {
      sending -= 1
      const isHushed = outcome.type === 'deferred' && outcome.code === 'rate-limited'
      if (isHushed && settled.state === 'due') bucket = hush(bucket, settled.at)
      const before = gate
      gate = passGate(gate, outcome, now)
      return gate !== before
    },
    failed() {
      sending -= 1
    },
  }
}
