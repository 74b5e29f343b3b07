/** Time that passes only when a test says so. Wakes, in their order, whoever waits for an instant it passes. */
import type { Clock } from '../src/clock.ts'

export type ManualClock = Clock & {
  advance(ms: number): void
  /** The machine sleeps: the time is another, and whoever waits still waits as long as before. */
  sleep(ms: number): void
  /** When the next of those who wait wants to be woken; null: nobody waits. */
  nextAt(): number | null
}

type Waiting = { at: number; readonly wake: () => void }

export function manualClock(startAt = 1_000_000): ManualClock {
  let now = startAt
  const waiting = new Set<Waiting>()
  const next = () => [...waiting].toSorted((a, b) => a.at - b.at)[0]

  return {
    now: () => now,
    monotonic: () => now,
    wakeAt(at, wake) {
      const entry = { at, wake }
      waiting.add(entry)
      if (at <= now) setImmediate(() => waiting.delete(entry) && wake())
      return () => waiting.delete(entry)
    },
    nextAt: () => next()?.at ?? null,
    sleep(ms) {
      now += ms
      for (const entry of waiting) entry.at += ms
    },
    advance(ms) {
      const end = now + ms
      for (let due = next(); due && due.at <= end; due = next()) {
        waiting.delete(due)
        now = Math.max(now, due.at)
        due.wake()
      }
      now = end
    },
  }
}
