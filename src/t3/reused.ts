/** One read for all who ask within a while. */
import type { Clock } from '../clock.ts'

export type Reused<T> = {
  /** Whoever asks while a read is under way, or soon after it began, is given that one. */
  get(): Promise<T>
  /** What is asked from now on is read from now on. */
  drop(): void
}

/** A read that failed is given to nobody who asks later. */
export function reused<T>(read: () => Promise<T>, clock: Clock, forMs: number): Reused<T> {
  let last: { readonly at: number; readonly found: Promise<T> } | null = null
  const drop = () => (last = null)
  return {
    get() {
      if (last !== null && clock.monotonic() - last.at < forMs) return last.found
      const mine = { at: clock.monotonic(), found: read() }
      last = mine
      mine.found.catch(() => {
        if (last === mine) drop()
      })
      return mine.found
    },
    drop,
  }
}
