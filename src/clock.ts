/**
 * Time, as an argument. `wakeAt` never sleeps longer than a minute at a stretch, so that a machine that
 * slept, or a clock that was set, is noticed: whoever is woken asks `now` again.
 */
export type Clock = {
  now(): number
  /** Milliseconds since some instant, for durations: no clock that is set moves it. */
  monotonic(): number
  /** Calls `wake` once, at the instant or somewhat before; returns how to call it off. */
  wakeAt(instant: number, wake: () => void): () => void
}

const maxSleepMs = 60_000

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  wakeAt(instant, wake) {
    const timer = setTimeout(wake, Math.min(Math.max(0, instant - Date.now()), maxSleepMs))
    return () => clearTimeout(timer)
  },
}
