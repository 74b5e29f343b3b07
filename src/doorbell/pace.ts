/**
 * How fast a channel may be used: a bucket of tokens, one for each try. Pure.
 *
 * Holds `burst` tokens and gains one every `everyMs`. A receiver that says "slow down" is left alone
 * until the instant it named: a rate limit is the channel's, not one ring's.
 */
export type Pace = { readonly burst: number; readonly everyMs: number }

export type Bucket = {
  readonly tokens: number
  /** When `tokens` was last right. */
  readonly at: number
  /** Nothing goes out before this. */
  readonly quietUntil: number
}

export function fullBucket(pace: Pace, now: number): Bucket {
  return { tokens: pace.burst, at: now, quietUntil: 0 }
}

/** The same bucket, for a clock that may have been set back: from now on it fills as ever. */
export function resync(bucket: Bucket, now: number): Bucket {
  if (now >= bucket.at) return bucket
  return { ...bucket, at: now, quietUntil: now + Math.max(0, bucket.quietUntil - bucket.at) }
}

/** How many tries may start now. */
export function available(bucket: Bucket, pace: Pace, now: number): number {
  return now < bucket.quietUntil ? 0 : Math.floor(refilled(bucket, pace, now))
}

export function take(bucket: Bucket, pace: Pace, ask: { now: number; tries: number }): Bucket {
  return { ...bucket, tokens: refilled(bucket, pace, ask.now) - ask.tries, at: ask.now }
}

export function hush(bucket: Bucket, until: number): Bucket {
  return { ...bucket, quietUntil: Math.max(bucket.quietUntil, until) }
}

/** Somebody wants the channel used: what the receiver asked for is forgotten. */
export function unhush(bucket: Bucket): Bucket {
  return { ...bucket, quietUntil: 0 }
}

/** When the next try may start: `now` if one may already. */
export function nextAt(bucket: Bucket, pace: Pace, now: number): number {
  const missing = 1 - refilled(bucket, pace, now)
  const refillAt = missing <= 0 ? now : now + Math.ceil(missing * pace.everyMs)
  return Math.max(refillAt, bucket.quietUntil)
}

/** Before `at` nothing is gained: see `resync`. */
function refilled({ tokens, at }: Bucket, { burst, everyMs }: Pace, now: number): number {
  const gained = everyMs === 0 ? burst : Math.max(0, now - at) / everyMs
  return Math.min(burst, tokens + gained)
}
