/** Whether a T3 Code server is of another API generation: nothing is guessed of that one, and nothing sent to it. */
import type { Clock } from '../clock.ts'
import { ANOTHER_GENERATION } from './meaning.ts'
import { T3Error } from './t3-error.ts'

/** What showed another generation once is believed for a minute: nothing is sent or read meanwhile. */
export function tripwire(clock: Clock) {
  let until = -Infinity
  const isTripped = () => clock.monotonic() < until
  const trip = () => {
    until = clock.monotonic() + TRIPPED_MS
  }
  return {
    isTripped,
    trip,
    async watching<T>(work: () => Promise<T>): Promise<T> {
      if (isTripped()) throw new T3Error('unsupported', ANOTHER_GENERATION)
      try {
        return await work()
      } catch (error) {
        if (error instanceof T3Error && error.code === 'unsupported') trip()
        throw error
      }
    },
  }
}

const TRIPPED_MS = 60_000
