/**
 * What becomes of a delivery after one try. Pure: the courier supplies the time and the dice.
 *
 * Delays double from `firstDelayMs` to `maxDelayMs`, each spread over 50-150 % so that a service
 * coming back up is not met by every waiting delivery at once. A wait that the receiver asked for is
 * obeyed, from `firstDelayMs` up; a wish for none is no wish. A delivery is given up only when `giveUpAfterMs` have passed since its first try
 * *and* `minTries` were made, so that a laptop that slept through the day still tries.
 */
import type { FailureCode, Outcome } from './outcome.ts'

export type Settled =
  | { readonly state: 'accepted'; readonly reference: string }
  | { readonly state: 'due'; readonly at: number }
  | { readonly state: 'dead'; readonly code: FailureCode; readonly detail: string }
  /** The channel's credential was refused: the delivery stays due, as if this try had not been. */
  | { readonly state: 'held' }

export type RetryPolicy = {
  readonly firstDelayMs: number
  readonly maxDelayMs: number
  readonly giveUpAfterMs: number
  readonly minTries: number
}

export const RETRY: RetryPolicy = {
  firstDelayMs: 2_000,
  maxDelayMs: 15 * 60_000,
  giveUpAfterMs: 24 * 60 * 60_000,
  minTries: 10,
}

/** One try's facts. `tries` counts this one, `firstTriedAt` is the first of them; `dice` is uniform in [0, 1). */
export type Tried = {
  readonly outcome: Outcome
  readonly tries: number
  readonly firstTriedAt: number
  readonly now: number
  readonly dice: number
}

export function settle(tried: Tried, policy: RetryPolicy = RETRY): Settled {
  const { outcome, now } = tried
  switch (outcome.type) {
    case 'accepted':
      return { state: 'accepted', reference: outcome.reference }
    case 'refused':
      if (outcome.code === 'credential') return { state: 'held' }
      return { state: 'dead', code: outcome.code, detail: outcome.detail }
    case 'deferred':
    case 'unknown': {
      const { code, detail, retryAfterMs, notBeforeMs = 0 } = outcome
      if (isOver(tried, policy, outcome.maxTries)) return { state: 'dead', code, detail }
      const wishMs = retryAfterMs && Math.max(retryAfterMs, policy.firstDelayMs)
      const waitMs = wishMs || Math.max(backoff(tried, policy), notBeforeMs)
      return { state: 'due', at: Math.ceil(now + waitMs) }
    }
  }
}

function isOver({ tries, firstTriedAt, now }: Tried, policy: RetryPolicy, maxTries = Infinity) {
  if (tries >= maxTries) return true
  return tries >= policy.minTries && now - firstTriedAt >= policy.giveUpAfterMs
}

function backoff({ tries, dice }: Tried, { firstDelayMs, maxDelayMs }: RetryPolicy): number {
  return Math.min(firstDelayMs * 2 ** (tries - 1), maxDelayMs) * (0.5 + dice)
}
