/**
 * The machine's time, which a test may set ahead: whoever waits for an instant that has passed by that is woken.
 *
 * Nobody can tell a leap from time that went by, as long as it is shorter than what counts as a machine's sleep.
 */
import { type Clock, systemClock } from '../src/clock.ts'
import { until } from './until.ts'

export type LeapingClock = Clock & {
  /**
   * So much time goes by, in steps: whoever was woken by one waits again before the next. `between`: what else must
   * have happened until then.
   */
  pass(ms: number, between?: () => Promise<void>): Promise<void>
}

type Waiting = {
  readonly at: number
  readonly since: number
  readonly wake: () => void
  callOff: () => void
}

const stepMs = 40_000

export function leapingClock(): LeapingClock {
  let ahead = 0
  const waiting = new Set<Waiting>()
  const now = () => systemClock.now() + ahead
  const arm = (each: Waiting) => {
    each.callOff = systemClock.wakeAt(each.at - ahead, () => {
      waiting.delete(each)
      each.wake()
    })
  }
  function leap(ms: number) {
    ahead += ms
    for (const each of waiting) {
      each.callOff()
      arm(each)
    }
  }
  /** Who waits for a moment only may be done when it has passed, and wait no more. */
  const patient = () => [...waiting].filter(({ at, since }) => at - since >= 500)
  return {
    now,
    monotonic: () => systemClock.monotonic() + ahead,
    wakeAt(at, wake) {
      const each = { at, since: now(), wake, callOff: () => {} }
      waiting.add(each)
      arm(each)
      return () => {
        waiting.delete(each)
        each.callOff()
      }
    },
    async pass(ms, between) {
      for (let left = ms; left > 0; left -= stepMs) {
        const before = patient().length
        leap(Math.min(left, stepMs))
        const isSettled = () => {
          const there = patient()
          return there.length >= before && there.every(({ at }) => at > now())
        }
        await until('everybody waits again', isSettled)
        await between?.()
      }
    },
  }
}
