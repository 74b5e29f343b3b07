import fc from 'fast-check'
import { expect, test } from 'vitest'

import { MAX_PASSED, takeTurns } from './turn.ts'

const escalations = (count: number) => Array.from({ length: count }, (_, i) => `E${i + 1}`)

test.each([
  ['nobody waits', [], [], 5, 0, [], 0],
  ['an escalation goes before an older done', ['E1'], ['d1'], 5, 0, ['E1', 'd1'], 0],
  ['an escalation has passed a done that still waits', ['E1'], ['d1'], 1, 0, ['E1'], 1],
  ['each lane is oldest first', ['E1', 'E2'], ['d1', 'd2'], 9, 0, ['E1', 'E2', 'd1', 'd2'], 0],
  ['no more go out than were asked for', ['E1', 'E2'], ['d1'], 1, 0, ['E1'], 1],
  ['nothing goes out when nothing may', ['E1'], ['d1'], 0, 4, [], 4],
  ['a done goes next once nine have passed it', ['E1'], ['d1', 'd2'], 2, 9, ['d1', 'E1'], 1],
  ['eight have passed, so one more may', ['E1', 'E2'], ['d1'], 2, 8, ['E1', 'd1'], 0],
  ['nobody is passed when no done waits', ['E1', 'E2'], [], 2, 9, ['E1', 'E2'], 0],
  ['a done that goes out starts the count anew', [], ['d1'], 1, 5, ['d1'], 0],
])('%s', (_, loud, quiet, limit, passed, chosen, then) => {
  expect(takeTurns({ loud, quiet }, { limit, passed })).toEqual({ chosen, passed: then })
})

test('of many escalations nine pass a done, then nine pass the next', () => {
  const loud = escalations(20)
  const { chosen } = takeTurns({ loud, quiet: ['d1', 'd2'] }, { limit: 99, passed: 0 })
  expect(chosen).toEqual([...loud.slice(0, 9), 'd1', ...loud.slice(9, 18), 'd2', 'E19', 'E20'])
})

type Step = { readonly loud: number; readonly quiet: number; readonly limit: number }
const arrivals = fc.integer({ min: 0, max: 12 })
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({ loud: arrivals, quiet: fc.nat({ max: 2 }), limit: fc.nat({ max: 6 }) }),
  { maxLength: 60 },
)

type Gone = { readonly name: string; readonly isLoud: boolean; readonly wasWaiting: boolean }

/** A lane's whole life: rings arrive, turns are taken, what was chosen leaves. */
function live(steps: readonly Step[]) {
  const loud: string[] = []
  const quiet: string[] = []
  const arrived = { loud: [] as string[], quiet: [] as string[] }
  const gone: Gone[] = []
  let passed = 0
  const arrive = (lane: 'loud' | 'quiet', name: string) => {
    arrived[lane].push(name)
    if (lane === 'loud') loud.push(name)
    else quiet.push(name)
  }
  for (const step of steps) {
    for (let i = 0; i < step.loud; i += 1) arrive('loud', `E${arrived.loud.length}`)
    for (let i = 0; i < step.quiet; i += 1) arrive('quiet', `d${arrived.quiet.length}`)
    const waiting = loud.length + quiet.length
    const turns = takeTurns({ loud, quiet }, { limit: step.limit, passed })
    expect(turns.chosen).toHaveLength(Math.min(step.limit, waiting))
    passed = turns.passed
    for (const name of turns.chosen) {
      const lane = name.startsWith('E') ? loud : quiet
      expect(lane.shift()).toBe(name)
      gone.push({ name, isLoud: lane === loud, wasWaiting: quiet.length > 0 })
    }
  }
  return { loud, quiet, arrived, gone }
}

test('nothing is lost or doubled, and each lane goes out oldest first', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const { loud, quiet, arrived, gone } = live(steps)
      const names = (isLoud: boolean) =>
        gone.filter((one) => one.isLoud === isLoud).map((one) => one.name)
      expect([...names(true), ...loud]).toEqual(arrived.loud)
      expect([...names(false), ...quiet]).toEqual(arrived.quiet)
    }),
    { numRuns: 500 },
  )
})

test('at most nine escalations in a row pass a waiting done', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      let inARow = 0
      for (const { isLoud, wasWaiting } of live(steps).gone) {
        inARow = isLoud && wasWaiting ? inARow + 1 : 0
        expect(inARow).toBeLessThanOrEqual(9)
      }
    }),
    { numRuns: 500 },
  )
})

test('a done goes before a waiting escalation only when nine have passed it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 9 }),
      (loudCount, quietCount, passed) => {
        const loud = escalations(loudCount)
        const quiet = Array.from({ length: quietCount }, (_, i) => `d${i + 1}`)
        const { chosen } = takeTurns({ loud, quiet }, { limit: 99, passed })
        const before = chosen.indexOf('d1')
        expect(before).toBe(Math.min(loudCount, MAX_PASSED - passed))
      },
    ),
  )
})
