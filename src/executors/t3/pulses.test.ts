import { expect, test } from 'vitest'

import { manualClock } from '../../../test/manual-clock.ts'
import { pulses } from './pulses.ts'

const iso = (instant: number) => new Date(instant).toISOString()
const hour = 3_600_000
const turn = { turn: 'run.1', sentAt: 1_000_000, offsetMs: null }

test('that T3’s time of a thread changed is a sign of life, whatever it says', () => {
  const clock = manualClock()
  const { seenAt } = pulses(clock)
  expect(seenAt({ ...turn, updatedAt: 'a' })).toBe(1_000_000)
  clock.advance(5_000)
  expect(seenAt({ ...turn, updatedAt: 'a' })).toBe(1_000_000)
  expect(seenAt({ ...turn, updatedAt: 'b' })).toBe(1_005_000)
  clock.advance(5_000)
  expect(seenAt({ ...turn, updatedAt: 'b' })).toBe(1_005_000)
})

test('what a node has not seen change yet is put into our time', () => {
  for (const offsetMs of [hour, -hour]) {
    const clock = manualClock()
    clock.advance(60_000)
    const theirs = iso(1_000_000 + 20_000 + offsetMs)
    expect(pulses(clock).seenAt({ ...turn, offsetMs, updatedAt: theirs })).toBe(1_020_000)
  }
})

test('it is never before the turn was asked, nor later than now', () => {
  const clock = manualClock()
  clock.advance(60_000)
  const first = (updatedAt: string) => pulses(clock).seenAt({ ...turn, offsetMs: 0, updatedAt })
  expect(first(iso(5))).toBe(1_000_000)
  expect(first(iso(9_000_000))).toBe(1_060_000)
  expect(first('no time')).toBe(1_060_000)
})

test('a clock that is set back makes no sign lie ahead', () => {
  const clock = manualClock()
  let back = 0
  const { seenAt } = pulses({ ...clock, now: () => clock.now() - back })
  seenAt({ ...turn, updatedAt: 'a' })
  back = hour
  expect(seenAt({ ...turn, updatedAt: 'a' })).toBe(1_000_000 - hour)
})

test('how long a node looks for a turn is counted from its first look', () => {
  const clock = manualClock()
  const { watchedMs, forget } = pulses(clock)
  expect(watchedMs('run.1')).toBe(0)
  clock.advance(7)
  expect(watchedMs('run.1')).toBe(7)
  forget('run.1')
  expect(watchedMs('run.1')).toBe(0)
})
