/**
 * When each turn was last seen to move, by our clock.
 *
 * What moves is T3's own time of the thread: that it changed is a sign of life, whatever it says. What a node has
 * not seen change yet is put into our time by how far the clocks were apart when the turn was asked.
 */
import type { Clock } from '../../clock.ts'

export type Pulse = {
  /** Names the turn. */
  readonly turn: string
  readonly updatedAt: string
  readonly sentAt: number
  /** How far T3's clock is ahead; null: not known. */
  readonly offsetMs: number | null
}

export type Pulses = {
  seenAt(pulse: Pulse): number
  forget(turn: string): void
  /** For how long this node has looked for it, which no sleep of the machine counts into. */
  watchedMs(turn: string): number
}

export function pulses(clock: Clock): Pulses {
  const last = new Map<string, { readonly updatedAt: string; readonly at: number }>()
  const since = new Map<string, number>()
  return {
    seenAt(pulse) {
      const { turn, updatedAt } = pulse
      const before = last.get(turn)
      if (before?.updatedAt === updatedAt) return Math.min(before.at, clock.now())
      const at = before === undefined ? inOurTime(pulse, clock.now()) : clock.now()
      last.set(turn, { updatedAt, at })
      return at
    },
    forget(turn) {
      last.delete(turn)
      since.delete(turn)
    },
    watchedMs(turn) {
      const at = since.get(turn) ?? clock.monotonic()
      since.set(turn, at)
      return clock.monotonic() - at
    },
  }
}

function inOurTime({ updatedAt, sentAt, offsetMs }: Pulse, now: number): number {
  const theirs = Date.parse(updatedAt)
  if (offsetMs === null || Number.isNaN(theirs)) return now
  return Math.min(now, Math.max(sentAt, theirs - offsetMs))
}
