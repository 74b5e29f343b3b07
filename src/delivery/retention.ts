/**
 * Forgets old rings, once an hour: a few at a time, so that no accept waits for it.
 *
 * Only what somebody heard, or some channel took, is forgotten; see the store's `forget`.
 */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Rings } from '../store/rings.ts'
import { StoreError } from '../store/store-error.ts'
import { ticker } from './ticker.ts'

export type RetentionParts = {
  readonly store: Pick<Rings, 'forget'>
  readonly days: number
  readonly clock: Clock
  readonly log: Log
}

const everyMs = 60 * 60_000
const limit = 200

export function retention({ store, days, clock, log }: RetentionParts) {
  let forgotten = 0
  const ticks = ticker(
    async () => {
      const now = clock.now()
      const before = now - days * 24 * 60 * 60_000
      const count = await store.forget({ before, now, limit }).catch((error: unknown) => {
        // A store that refuses to write is told by those who cannot wait.
        if (error instanceof StoreError) return 0
        throw error
      })
      forgotten += count
      if (count === limit) return clock.now()
      if (forgotten > 0) log({ event: 'rings-forgotten', count: forgotten, days })
      forgotten = 0
      return clock.now() + everyMs
    },
    { clock, log, where: 'retention' },
  )
  return { start: ticks.wake, stop: ticks.stop }
}
