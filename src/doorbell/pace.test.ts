import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  available,
  type Bucket,
  fullBucket,
  hush,
  nextAt,
  type Pace,
  resync,
  take,
  unhush,
} from './pace.ts'

const slack: Pace = { burst: 1, everyMs: 1_000 }
const ntfy: Pace = { burst: 60, everyMs: 5_000 }

describe('a bucket', () => {
  test.each([
    ['is full at first', ntfy, 0, 0, 60],
    ['holds no more than its burst, however long it waits', ntfy, 0, 9_999_999, 60],
    ['has less for every try', ntfy, 45, 0, 15],
    ['has nothing left after its burst', ntfy, 60, 0, 0],
    ['has nothing before its time', ntfy, 60, 4_999, 0],
    ['gains one in its time', ntfy, 60, 5_000, 1],
    ['gains one every time', ntfy, 60, 15_000, 3],
    ['of one, spent, has nothing before its time', slack, 1, 999, 0],
    ['of one, spent, has one in its time', slack, 1, 1_000, 1],
    ['that costs no time is always full', { burst: 4, everyMs: 0 }, 4, 0, 4],
  ])('%s', (_, pace, tries, now, left) => {
    const bucket = take(fullBucket(pace, 0), pace, { now: 0, tries })
    expect(available(bucket, pace, now)).toBe(left)
  })

  test('keeps the part of a token that it gained', () => {
    const once = take(fullBucket(slack, 0), slack, { now: 0, tries: 1 })
    const asked = take(once, slack, { now: 600, tries: 0 })
    expect(nextAt(asked, slack, 600)).toBe(1_000)
    expect(available(asked, slack, 1_000)).toBe(1)
  })
})

describe('a channel told to slow down', () => {
  const hushed = hush(fullBucket(ntfy, 0), 10_000)

  test('is left alone until the instant named', () => {
    expect([available(hushed, ntfy, 9_999), available(hushed, ntfy, 10_000)]).toEqual([0, 60])
    expect(nextAt(hushed, ntfy, 0)).toBe(10_000)
  })

  test('is not talked into an earlier one', () => {
    expect(hush(hushed, 5_000)).toEqual(hushed)
    expect(nextAt(hush(hushed, 20_000), ntfy, 0)).toBe(20_000)
  })

  test('waits for its next token too', () => {
    const spent = hush(take(fullBucket(slack, 0), slack, { now: 0, tries: 1 }), 400)
    expect(nextAt(spent, slack, 0)).toBe(1_000)
  })
})

describe('a clock that stepped back', () => {
  const spent = take(fullBucket(slack, 3_600_000), slack, { now: 3_600_000, tries: 1 })

  test('gives nothing', () => {
    expect(available(spent, slack, 0)).toBe(0)
  })

  test('takes nothing', () => {
    expect(available(fullBucket(ntfy, 3_600_000), ntfy, 0)).toBe(60)
  })

  test('does not silence a channel for as long as it stepped', () => {
    const resynced = resync(spent, 0)
    expect(nextAt(resynced, slack, 0)).toBe(1_000)
    expect(available(resynced, slack, 1_000)).toBe(1)
  })
})

/** What a lane does, over and over: waits, starts as many tries as it wants and may, is told to slow down. */
type Step = { readonly waitMs: number; readonly wanted: number; readonly hushMs: number }
const steps = fc.array(
  fc.record({
    waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 })),
    wanted: fc.integer({ min: 0, max: 20 }),
    hushMs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 9_000 })),
  }),
  { maxLength: 60 },
)

/** Runs the steps; gives the instant of every try, and the bucket as it is after each step. */
function drive(pace: Pace, steps: readonly Step[]) {
  const triedAt: number[] = []
  const states: { now: number; bucket: Bucket }[] = []
  let now = 0
  let bucket = fullBucket(pace, now)
  for (const { waitMs, wanted, hushMs } of steps) {
    now += waitMs
    const tries = Math.min(wanted, available(bucket, pace, now))
    bucket = take(bucket, pace, { now, tries })
    triedAt.push(...Array<number>(tries).fill(now))
    if (hushMs > 0) bucket = hush(bucket, now + hushMs)
    states.push({ now, bucket })
  }
  return { triedAt, states }
}

const burst = fc.integer({ min: 1, max: 60 })
const anyPace = fc.record({ burst, everyMs: fc.integer({ min: 1, max: 5_000 }) })
/** Powers of two divide without a rest, so that instants can be compared to the millisecond. */
const exactPace = fc.record({ burst, everyMs: fc.integer({ min: -2, max: 12 }).map((n) => 2 ** n) })

describe('whatever a lane does', () => {
  test('no window holds more tries than the burst and what was gained in it', () => {
    fc.assert(
      fc.property(anyPace, steps, (pace, steps) => {
        const { triedAt } = drive(pace, steps)
        for (const [first, from] of triedAt.entries())
          for (const [last, to] of triedAt.entries()) {
            if (last < first) continue
            const allowed = pace.burst + (to - from) / pace.everyMs
            expect(last - first + 1 <= allowed + 1e-6).toBe(true)
          }
      }),
    )
  })

  test('the next try may start when it was said to, and no earlier', () => {
    fc.assert(
      fc.property(exactPace, steps, (pace, steps) => {
        for (const { now, bucket } of drive(pace, steps).states) {
          const at = nextAt(bucket, pace, now)
          expect(at).toBeGreaterThanOrEqual(now)
          expect(available(bucket, pace, at)).toBeGreaterThanOrEqual(1)
          if (at > now) expect(available(bucket, pace, at - 1)).toBe(0)
        }
      }),
    )
  })

  test('nothing goes out while the receiver wants quiet', () => {
    fc.assert(
      fc.property(anyPace, steps, fc.nat(), (pace, steps, hushMs) => {
        for (const { now, bucket } of drive(pace, steps).states) {
          const quiet = hush(bucket, now + hushMs + 1)
          expect(available(quiet, pace, now + hushMs)).toBe(0)
          expect(nextAt(quiet, pace, now)).toBeGreaterThan(now + hushMs)
        }
      }),
    )
  })
})

test('a clock that was set back keeps no channel quiet for longer than it was asked to be', () => {
  const pace = { burst: 1, everyMs: 1_000 }
  const hushed = hush(fullBucket(pace, 86_400_000), 86_405_000)
  expect(available(resync(hushed, 0), pace, 5_000)).toBe(1)
  expect(available(unhush(hushed), pace, 86_400_000)).toBe(1)
})
