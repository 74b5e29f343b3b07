/** Has the housekeeper forget what ended long ago, at the start and once a day. Nobody waits for it to stop. */
import type { Clock } from '../clock.ts'
import { ticker } from '../delivery/ticker.ts'
import type { Log } from '../log.ts'
import type { Housekeeper } from './housekeeper.ts'

export type ForgettingParts = {
  readonly housekeeper: Pick<Housekeeper, 'forget'>
  readonly clock: Clock
  readonly log: Log
}

const everyMs = 24 * 60 * 60_000

export function forgetting({ housekeeper, clock, log }: ForgettingParts) {
  const ticks = ticker(
    async () => {
      await housekeeper.forget(clock.now())
      return clock.now() + everyMs
    },
    { clock, log, where: 'forgetting' },
  )
  return { start: ticks.wake, stop: () => void ticks.stop() }
}
