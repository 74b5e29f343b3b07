import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Around, type Candidate, inOrder, mayStart } from './dispatch.ts'

const issue: Candidate = {
  number: 42,
  priority: null,
  isOpen: true,
  readyBy: 'ada',
  isTrusted: true,
  isEdited: false,
}
const around: Around = {
  pausedBy: null,
  isMoneyGone: false,
  openBlockers: [],
  busyWith: null,
}

type Facts = { readonly issue?: Partial<Candidate>; readonly around?: Partial<Around> }
const ask = (facts: Facts) => mayStart({ ...issue, ...facts.issue }, { ...around, ...facts.around })

const changed = 'its text was changed after it was labelled ready: read it, and label it again'

/** In the order in which they are named. */
const reasons: ReadonlyArray<readonly [string, Facts]> = [
  ['paused by ada', { around: { pausedBy: 'ada' } }],
  ['its spending limit is used up', { around: { isMoneyGone: true } }],
  ['it is closed', { issue: { isOpen: false } }],
  [
    'bob, who labelled it ready, has no write access',
    { issue: { readyBy: 'bob', isTrusted: false } },
  ],
  ['blocked by #3, #7', { around: { openBlockers: [3, 7] } }],
  ['its repository is busy with run_7', { around: { busyWith: 'run_7' } }],
]

describe('an issue', () => {
  test('may start where nothing speaks against it', () => {
    expect(ask({})).toEqual({ may: true })
  })

  test.each(reasons)('may not start: %s', (why, facts) => {
    expect(ask(facts)).toEqual({ may: false, why })
  })

  test('that nobody says to have labelled may not start', () => {
    const why = 'nobody says who labelled it ready'
    expect(ask({ issue: { readyBy: null, isTrusted: false } })).toEqual({ may: false, why })
  })

  test.each([
    [changed, { issue: { isTrusted: false, isEdited: true } }],
    ['blocked by #3, one elsewhere', { around: { openBlockers: [3, 0] } }],
  ])('may not start: %s', (why, facts) => {
    expect(ask(facts)).toEqual({ may: false, why })
  })

  test('may start that was trusted by whoever owns the tracker', () => {
    expect(ask({ issue: { readyBy: null } })).toEqual({ may: true })
  })

  test('may not start for the first of two reasons that hold', () => {
    reasons.forEach(([why, first], index) => {
      for (const [, second] of reasons.slice(index + 1)) {
        const both = {
          issue: { ...second.issue, ...first.issue },
          around: { ...second.around, ...first.around },
        }
        expect(ask(both)).toEqual({ may: false, why })
      }
    })
  })
})

describe('of several issues', () => {
  const named = (number: number, priority: number | null) => ({ number, priority })

  test.each([
    ['the lowest priority number goes first', [named(1, 5), named(2, 1)], [2, 1]],
    ['of one priority the lowest number', [named(9, 1), named(2, 1), named(10, 1)], [2, 9, 10]],
    ['one without a priority goes last', [named(1, null), named(9, 99)], [9, 1]],
    ['of those without the lowest number', [named(9, null), named(1, null)], [1, 9]],
    ['0 and less are numbers, too', [named(1, null), named(2, 0), named(3, -1)], [3, 2, 1]],
  ])('%s', (_, issues, order) => {
    expect(inOrder(issues).map(({ number }) => number)).toEqual(order)
  })

  test('the order is the same however they come, and none is lost', () => {
    const rank = fc.record({
      number: fc.nat(50),
      priority: fc.option(fc.integer({ min: -2, max: 2 })),
    })
    const some = fc.uniqueArray(rank, { selector: ({ number }) => number })
    fc.assert(
      fc.property(some, (issues) => {
        const order = inOrder(issues)
        expect(inOrder(issues.toReversed())).toEqual(order)
        expect(order.toSorted((one, two) => one.number - two.number)).toEqual(
          issues.toSorted((one, two) => one.number - two.number),
        )
      }),
    )
  })
})
