/**
 * Whoever wants to know that CI may say something else of a commit.
 *
 * They are called when somebody hastens a commit, and when a second read of it is due. With nobody watching
 * no timer runs.
 */
import type { Clock } from '../../clock.ts'

export type Watchers = {
  watch(wake: (commit: string) => void): () => void
  hasten(commit: string): void
  /** Calls them then, in monotonic time; once for a commit. */
  remind(commit: string, at: number): void
}

/** `before`: what is done before they are called. */
export function watchers(clock: Clock, before: (commit: string) => void): Watchers {
  const watching = new Set<{ readonly wake: (commit: string) => void }>()
  const reminders = new Map<string, () => void>()

  const hasten = (commit: string) => {
    before(commit)
    for (const { wake } of watching) wake(commit)
  }
  function arm(commit: string, at: number) {
    const callOff = clock.wakeAt(clock.now() + (at - clock.monotonic()), () => {
      reminders.delete(commit)
      if (clock.monotonic() < at) arm(commit, at)
      else hasten(commit)
    })
    reminders.set(commit, callOff)
  }

  return {
    hasten,
    watch(wake) {
      const mine = { wake }
      watching.add(mine)
      return () => {
        watching.delete(mine)
        if (watching.size > 0) return
        for (const callOff of reminders.values()) callOff()
        reminders.clear()
      }
    },
    remind(commit, at) {
      if (watching.size > 0 && !reminders.has(commit)) arm(commit, at)
    },
  }
}
