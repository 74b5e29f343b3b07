import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import type { Rung } from '../store/bell.ts'
import { WEEK_MS, weeksBegin, weeksOf } from './weeks.ts'

/** A Wednesday. */
const now = Date.UTC(2026, 10, 25, 12)
const monday = Date.UTC(2026, 10, 23)

const rung = (at: number, wish: Partial<Rung> = {}): Rung => {
  return { at, kind: 'done', firstTryMs: null, ...wish }
}

describe('a week', () => {
  test('begins on Monday at 0:00 UTC, and the last one is that of now', () => {
    expect(weeksOf([], now, 3).map(({ from }) => from)).toEqual([
      monday - 2 * WEEK_MS,
      monday - WEEK_MS,
      monday,
    ])
    expect(weeksBegin(monday, 1)).toBe(monday)
    expect(weeksBegin(monday - 1, 1)).toBe(monday - WEEK_MS)
  })

  test('without a ring has nothing', () => {
    expect(weeksOf([], now, 1)).toEqual([
      { from: monday, rings: { done: 0, 'needs-human': 0, frozen: 0 }, firstTry: null },
    ])
  })

  test('counts its rings by kind, and none of its neighbours', () => {
    const told = weeksOf(
      [
        rung(monday, { kind: 'frozen' }),
        rung(monday - 1),
        rung(monday + 1, { kind: 'needs-human' }),
        rung(monday - WEEK_MS - 1),
      ],
      now,
      2,
    )
    expect(told.map(({ rings }) => rings)).toEqual([
      { done: 1, 'needs-human': 0, frozen: 0 },
      { done: 0, 'needs-human': 1, frozen: 1 },
    ])
  })

  test('tells within which time half of them, and nine of ten, were first tried', () => {
    const waits = Array.from({ length: 10 }, (_, index) => rung(now, { firstTryMs: index * 10 }))
    const [week] = weeksOf([...waits, rung(now)], now, 1)
    expect(week?.firstTry).toEqual({ medianMs: 40, p90Ms: 80 })
    const [alone] = weeksOf([rung(now, { firstTryMs: -5 })], now, 1)
    expect(alone?.firstTry).toEqual({ medianMs: 0, p90Ms: 0 })
  })

  test('has every ring of its time, once', () => {
    const instant = fc.integer({ min: now - 9 * WEEK_MS, max: now })
    fc.assert(
      fc.property(fc.array(instant), (instants) => {
        const rings = instants.map((at) => rung(at))
        const counted = weeksOf(rings, now, 8).reduce((sum, week) => sum + week.rings.done, 0)
        expect(counted).toBe(instants.filter((at) => at >= weeksBegin(now, 8)).length)
      }),
    )
  })
})
