import { expect, test } from 'vitest'

import { manualClock } from '../../test/manual-clock.ts'
import { wedge } from './wedge.ts'

test('two threads that wait for more than a minute, with nothing of their sessions moving, are a sign', () => {
  const clock = manualClock()
  const { note, suspected } = wedge(clock)
  note('one', 'a')
  note('two', 'a')
  clock.advance(60_000)
  expect(suspected()).toBeNull()
  clock.advance(1)
  expect(suspected()).toContain('2 threads have waited')
})

test('one thread is none, nor two of which one moves, or is taken up', () => {
  const clock = manualClock()
  const { note, suspected } = wedge(clock)
  note('one', 'a')
  clock.advance(61_000)
  expect(suspected()).toBeNull()
  note('two', 'a')
  clock.advance(61_000)
  expect(suspected()).not.toBeNull()
  note('two', 'b')
  expect(suspected()).toBeNull()
  clock.advance(61_000)
  expect(suspected()).not.toBeNull()
  note('two', null)
  expect(suspected()).toBeNull()
})

test('it is no sign for ever: what waited is lost once the server starts again', () => {
  const clock = manualClock()
  const { note, suspected } = wedge(clock)
  note('one', 'a')
  note('two', 'a')
  clock.advance(600_000)
  expect(suspected()).toBeNull()
})
