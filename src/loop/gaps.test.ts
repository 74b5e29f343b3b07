import { expect, test } from 'vitest'

import { manualClock } from '../../test/manual-clock.ts'
import { gaps } from './gaps.ts'

/** Happens at these keys, each so many milliseconds after the last. */
function seen(...happenings: ReadonlyArray<readonly [key: string, afterMs: number]>) {
  const clock = manualClock()
  const { happened, apartMs } = gaps(clock)
  for (const [key, afterMs] of happenings) {
    clock.advance(afterMs)
    happened(key)
  }
  return { clock, happened, apartMs }
}

test('what happened once, or never, is no distance yet', () => {
  const { apartMs } = seen(['infra', 0])
  expect([apartMs(['infra']), apartMs(['web']), apartMs([])]).toEqual([null, null, null])
})

test('the last distance counts, and none before it', () => {
  const { apartMs } = seen(['infra', 0], ['infra', 90], ['infra', 30])
  expect(apartMs(['infra'])).toBe(30)
})

test('what does not happen any more is as far apart as time goes by', () => {
  const { clock, apartMs, happened } = seen(['infra', 0], ['infra', 30])
  clock.advance(29)
  expect(apartMs(['infra'])).toBe(30)
  clock.advance(41)
  expect(apartMs(['infra'])).toBe(70)
  happened('infra')
  expect(apartMs(['infra'])).toBe(70)
})

test('of many keys it is the distance of most, and of those alone that were asked for', () => {
  const { apartMs } = seen(['a', 0], ['b', 0], ['c', 0], ['c', 10], ['b', 20], ['a', 900])
  expect(apartMs(['a'])).toBe(930)
  expect(apartMs(['a', 'b', 'c'])).toBe(920)
  expect(apartMs(['a', 'd'])).toBe(930)
})
