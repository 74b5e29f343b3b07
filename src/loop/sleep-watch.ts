/**
 * Notices that the machine slept, or that its clock was set forward, and tells every run before anything else is told.
 *
 * A tick comes each second. Timers stand still in a suspend while the wall clock does not, so whoever wakes first
 * looks; only a tick says that all is well up to now. A sleep that could not be written is told again.
 */
import type { Clock } from '../clock.ts'
import type { Runs } from '../store/runs.ts'
import type { Driver } from './driver.ts'

export type SleepWatch = {
  tick(): Promise<void>
  /** Tells of a sleep since the last tick, if there was one. */
  look(): Promise<void>
}

export type SleepParts = {
  readonly runs: Pick<Runs, 'liveRuns'>
  readonly driver: Driver
  readonly clock: Clock
}

const sleepMs = 60_000

export function sleepWatch({ runs, driver, clock }: SleepParts): SleepWatch {
  let lastAt: number | null = null
  let telling: Promise<void> | null = null

  async function tellSlept(ms: number) {
    for (const stored of await runs.liveRuns())
      await driver.advance(stored, { type: 'slept', at: clock.now(), ms })
    lastAt = clock.now()
  }

  async function look() {
    const ms = clock.now() - (lastAt ?? clock.now())
    if (telling === null && ms <= sleepMs) return
    telling ??= tellSlept(ms).finally(() => (telling = null))
    await telling
  }

  return {
    look,
    async tick() {
      // Taken before, or a sleep in the middle of this would pass unseen.
      const at = clock.now()
      await look()
      lastAt = Math.max(lastAt ?? at, at)
    },
  }
}
