import { expect, onTestFinished, test } from 'vitest'

import { manualClock } from '../../test/manual-clock.ts'
import { until } from '../../test/until.ts'
import type { Clock } from '../clock.ts'
import { ticker } from './ticker.ts'

const hour = 60 * 60_000
const minute = 60_000

/** As the machine's: it never sleeps longer than a minute at a stretch. */
function restless() {
  const inner = manualClock()
  let set = 0
  const clock: Clock = {
    now: () => inner.now() + set,
    monotonic: inner.monotonic,
    wakeAt: (at, wake) => inner.wakeAt(Math.min(at - set, inner.now() + minute), wake),
  }
  return { clock, advance: inner.advance, setBack: (ms: number) => void (set -= ms), inner }
}

function working(clock: Clock, everyMs: number) {
  const worked: number[] = []
  const ticks = ticker(
    async () => {
      worked.push(clock.now())
      return clock.now() + everyMs
    },
    { clock, log: () => {}, where: 'a test' },
  )
  onTestFinished(ticks.stop)
  ticks.wake()
  return { worked, ticks }
}

test('work of every hour is done every hour, though the clock wakes every minute', async () => {
  const { clock, advance, inner } = restless()
  const { worked } = working(clock, hour)
  await until('it sleeps', () => inner.nextAt() !== null)
  for (let minutes = 0; minutes < 59; minutes += 1) advance(minute)
  expect(worked).toHaveLength(1)
  advance(minute)
  await until('it has worked', () => worked.length === 2)
})

test('whoever wakes it makes it work at once', async () => {
  const { clock, inner } = restless()
  const { worked, ticks } = working(clock, hour)
  await until('it sleeps', () => inner.nextAt() !== null)
  ticks.wake()
  await until('it has worked', () => worked.length === 2)
})

test('a clock that was set back is noticed within a minute', async () => {
  const { clock, advance, setBack, inner } = restless()
  const { worked } = working(clock, hour)
  await until('it sleeps', () => inner.nextAt() !== null)
  setBack(24 * hour)
  advance(minute)
  await until('it has worked', () => worked.length === 2)
})
