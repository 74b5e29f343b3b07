/**
 * Whether a T3 Code server takes messages and starts nothing.
 *
 * One serial worker brings every thread's commands to its agent: one that never returns holds up all, and each
 * dispatch is still answered 200. Two threads that wait for more than a minute while nothing of their sessions
 * moves are the sign of it. What waited is lost when the server starts again, so it is no sign for ever.
 */
import type { Clock } from '../clock.ts'

export type Wedge = {
  /** `session`: when something of it moved last, as the server tells it; null: the thread waits for nothing. */
  note(thread: string, session: string | null): void
  /** In words; null: no sign of it. */
  suspected(): string | null
}

const WAITED_MS = 60_000
const FORGOTTEN_MS = 600_000

export function wedge(clock: Clock): Wedge {
  const waiting = new Map<string, { readonly since: number; readonly session: string }>()
  return {
    note(thread, session) {
      if (session === null) waiting.delete(thread)
      else if (waiting.get(thread)?.session !== session)
        waiting.set(thread, { since: clock.monotonic(), session })
    },
    suspected() {
      const now = clock.monotonic()
      const long = [...waiting.values()].filter(
        ({ since }) => now - since > WAITED_MS && now - since < FORGOTTEN_MS,
      )
      if (long.length < 2) return null
      return `T3 Code takes messages and starts no turn: ${long.length} threads have waited for more than a minute: restart it`
    },
  }
}
