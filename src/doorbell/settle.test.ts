import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import type { FailureCode, Outcome } from './outcome.ts'
import { RETRY, settle, type Tried } from './settle.ts'

const detail = 'the receiver had enough'
const deferred: Outcome = { type: 'deferred', code: 'network', detail }
const unknown: Outcome = { type: 'unknown', code: 'server', detail }
const day = 24 * 60 * 60_000
const tried: Tried = { outcome: unknown, tries: 1, firstTriedAt: 0, now: 0, dice: 0.5 }

test('accepted keeps the name the receiver gave it', () => {
  const outcome: Outcome = { type: 'accepted', reference: 'm1' }
  expect(settle({ ...tried, outcome })).toEqual({ state: 'accepted', reference: 'm1' })
})

test('accepted is accepted however late', () => {
  const outcome: Outcome = { type: 'accepted', reference: 'm1' }
  const late = { ...tried, outcome, tries: 999, now: 99 * day }
  expect(settle(late)).toEqual({ state: 'accepted', reference: 'm1' })
})

test.each<FailureCode>(['invalid', 'not-found', 'redirected', 'too-large'])(
  'refused as %s is dead at once, with the reason',
  (code) => {
    const outcome: Outcome = { type: 'refused', code, detail, retryAfterMs: 1_000 }
    expect(settle({ ...tried, outcome })).toEqual({ state: 'dead', code, detail })
  },
)

test('a refused credential holds the delivery: it is the channel that is refused', () => {
  const outcome: Outcome = { type: 'refused', code: 'credential', detail }
  expect(settle({ ...tried, outcome })).toEqual({ state: 'held' })
  expect(settle({ ...tried, outcome, tries: 99, now: 9 * day })).toEqual({ state: 'held' })
})

describe.each([deferred, unknown])('after a try that ended $type', (outcome) => {
  const failed = { ...tried, outcome }

  test.each([
    [1, 2_000],
    [2, 4_000],
    [3, 8_000],
    [9, 512_000],
    [10, 900_000],
    [11, 900_000],
    [5_000, 900_000],
  ])('try %i is followed by about %i ms', (tries, wait) => {
    expect(settle({ ...failed, tries, now: 7 })).toEqual({ state: 'due', at: 7 + wait })
  })

  test.each([
    ['as given', 9_000],
    ['even when it is long', 3_600_000],
  ])('a wait the receiver asked for is taken %s', (_, retryAfterMs) => {
    const asked = { ...outcome, retryAfterMs }
    expect(settle({ ...failed, outcome: asked, now: 7, dice: 0.9 })).toEqual({
      state: 'due',
      at: 7 + retryAfterMs,
    })
  })

  test.each([
    ['sooner than the back-off, changes nothing', 1_000, 2_000],
    ['later than the back-off, is waited for', 60_000, 60_000],
  ])('an instant before which nothing may go out, %s', (_, notBeforeMs, wait) => {
    const early = { ...outcome, notBeforeMs }
    expect(settle({ ...failed, outcome: early })).toEqual({ state: 'due', at: wait })
  })

  test.each([
    ['a day and ten tries are over: dead', 10, day, 'dead'],
    ['a day is over but not ten tries: due', 9, day, 'due'],
    ['ten tries are made but a day is not over: due', 10, day - 1, 'due'],
  ])('%s', (_, tries, sinceFirst, state) => {
    const over = { ...failed, tries, firstTriedAt: 5, now: 5 + sinceFirst }
    expect(settle(over)).toMatchObject({ state })
  })

  test('a wait the receiver asks for does not bring back what is over', () => {
    const asked = { ...outcome, retryAfterMs: 1 }
    expect(settle({ ...failed, outcome: asked, tries: 10, now: day })).toMatchObject({
      state: 'dead',
    })
  })

  test('the last one, it is dead with the reason', () => {
    const { code } = outcome
    expect(settle({ ...failed, tries: 10, now: day })).toEqual({ state: 'dead', code, detail })
  })

  test.each([
    [4, 'due'],
    [5, 'dead'],
    [6, 'dead'],
  ])('some payloads fail for ever: of at most 5 tries, the %ith leaves it %s', (tries, state) => {
    const poisoned = { ...outcome, maxTries: 5 }
    expect(settle({ ...failed, outcome: poisoned, tries })).toMatchObject({ state })
  })
})

const dice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const now = fc.integer({ min: 0, max: 2 ** 45 })

test('no dice stretch a wait beyond 50-150 % of its delay', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), now, dice, (tries, now, dice) => {
      const settled = settle({ ...tried, tries, firstTriedAt: now, now, dice })
      const delay = Math.min(RETRY.firstDelayMs * 2 ** (tries - 1), RETRY.maxDelayMs)
      if (settled.state !== 'due') return expect.unreachable()
      expect(Number.isSafeInteger(settled.at)).toBe(true)
      expect(settled.at - now).toBeGreaterThanOrEqual(0.5 * delay)
      expect(settled.at - now).toBeLessThanOrEqual(Math.ceil(1.5 * delay))
    }),
  )
})

test('a receiver that never answers is tried for at least a day, then given up within the hour', () => {
  fc.assert(
    fc.property(now, fc.array(dice, { minLength: 1, maxLength: 50 }), (firstTriedAt, rolls) => {
      let now = firstTriedAt
      for (let tries = 1; ; tries += 1) {
        const dice = rolls[tries % rolls.length]!
        const settled = settle({ ...tried, tries, firstTriedAt, now, dice })
        if (settled.state !== 'due') break
        expect(settled.at).toBeGreaterThan(now)
        now = settled.at
      }
      expect(now - firstTriedAt).toBeGreaterThanOrEqual(day)
      expect(now - firstTriedAt).toBeLessThan(day + 1.5 * RETRY.maxDelayMs)
    }),
  )
})

test.each([0, 1, 1_999])(
  'a wish to wait %i ms is no way around the first delay',
  (retryAfterMs) => {
    const outcome = { type: 'unknown', code: 'server', detail: 'busy', retryAfterMs } as const
    const settled = settle({ outcome, tries: 1, firstTriedAt: 0, now: 0, dice: 0.5 })
    expect(settled).toEqual({ state: 'due', at: 2_000 })
  },
)
