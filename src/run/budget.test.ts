import { describe, expect, test } from 'vitest'

import {
  attempts,
  commit,
  failed,
  grant,
  green,
  limitedUntil,
  minute,
  red,
  written,
} from '../../test/runs.ts'
import { areAttemptsGone, areMinutesGone, budgetOf, fixMsAt, isMoneyGone } from './budget.ts'
import type { Decision, Entry, RunEvent } from './event.ts'
import { LIMITS } from './limits.ts'

const isRed = (at: number): RunEvent => ({ type: 'checked', at, commit, checks: red })
const isGreen = (at: number): RunEvent => ({ type: 'checked', at, commit, checks: green })
const isOver = (at: number, end = failed): RunEvent => {
  return { type: 'turn-over', at, turn: 1, end, commit: null }
}
const isLimited = (at: number) => isOver(at, limitedUntil(1e9))
const asked = (at: number): Decision => {
  return { type: 'asked', at, turn: 2, purpose: 'fix', charge: null }
}
const isEnded = (at: number): Decision => ({ type: 'ended', at, state: 'frozen' })
const tick = (at: number): RunEvent => ({ type: 'tick', at })

test('nothing written is nothing used', () => {
  expect(budgetOf([])).toMatchObject({
    ...{ attempts: 0, losses: 0, costUsd: 0, fixMs: 0, asOf: 0, isRunning: false },
    granted: { attempts: 0, ms: 0, costUsd: 0 },
  })
})

describe('the fix-forward clock', () => {
  test.each<readonly [string, ReadonlyArray<Entry['what']>, number]>([
    ['stands still before the first red', [isGreen(1), tick(9)], 0],
    ['starts at the first red', [tick(4), isRed(5)], 95],
    ['runs from the first one, not the last', [isRed(5), isRed(50)], 95],
    ['runs on through green', [isRed(5), isGreen(10)], 95],
    ['runs on when the commit is gone', [isRed(5), { type: 'unpushed', at: 9, commit }], 95],
    ['runs on with another commit', [isRed(5), { type: 'pushed', at: 9, commit: 'c' }], 95],
    ['runs on while the executor is unreachable', [isRed(5), { type: 'unreachable', at: 9 }], 95],
    ['runs on with a turn that failed', [isRed(5), isOver(9)], 95],
    ['stands still while held', [isRed(5), { type: 'held', at: 10 }], 5],
    ['does not count what the machine slept', [isRed(5), { type: 'slept', at: 80, ms: 70 }], 25],
    [
      'goes on when released',
      [isRed(5), { type: 'held', at: 10 }, { type: 'released', at: 90 }],
      15,
    ],
    ['stands still in a run held before red', [{ type: 'held', at: 1 }, isRed(5)], 0],
    ['stands still while a usage limit is waited for', [isRed(5), isLimited(10)], 5],
    ['goes on with the next turn', [isRed(5), isLimited(10), asked(90)], 15],
    ['stands still when the run has ended', [isRed(5), isEnded(10)], 5],
    ['never goes back with the time', [isRed(50), tick(10), tick(60)], 50],
    ['keeps what it had', [isRed(50), tick(80), { type: 'held', at: 10 }], 30],
    ['counts a jump of time once', [isRed(5), tick(90), tick(20), tick(80)], 95],
  ])('%s', (_, lines, used) => {
    expect(fixMsAt(budgetOf(written(...lines)), 100)).toBe(used)
  })

  test('goes on in the next run of the lineage, at its own first red', () => {
    const second = [isRed(20), isEnded(25)].map((what) => ({ run: 'run_2', what }))
    const ledger = [...written(isRed(5), isEnded(10)), ...second]
    expect(fixMsAt(budgetOf(ledger), 100)).toBe(10)
    expect(fixMsAt(budgetOf(ledger.slice(0, 3)), 100)).toBe(85)
  })

  test('counts two runs at once as one time', () => {
    const ledger = [...written(isRed(5)), { run: 'run_2', what: isRed(10) }]
    expect(fixMsAt(budgetOf(ledger), 100)).toBe(95)
  })

  test('does not run before what was written last', () => {
    expect(fixMsAt(budgetOf(written(isRed(50))), 10)).toBe(0)
  })
})

describe('a turn', () => {
  const turn = (number: number, charge: 'attempt' | 'loss' | null): Decision => {
    return { type: 'asked', at: 0, turn: number, purpose: 'fix', charge }
  }

  test('counts once, however often it is told, and by what it was charged for', () => {
    const lines = [turn(1, null), turn(2, 'attempt'), turn(2, 'attempt'), turn(3, 'loss')]
    expect(budgetOf(written(...lines))).toMatchObject({ attempts: 1, losses: 1 })
  })

  test('of another run counts too', () => {
    const ledger = [...attempts(2), { run: 'run_2', what: turn(2, 'attempt') }]
    expect(budgetOf(ledger)).toMatchObject({ attempts: 3 })
  })

  test('costs the most that was ever said of it', () => {
    const spent = ([number, costUsd]: readonly [number, number]): RunEvent => {
      return { type: 'spent', at: 0, turn: number, costUsd }
    }
    const lines = (
      [
        [1, 2],
        [1, 3],
        [1, 1],
        [2, 4],
        [3, -9],
      ] as const
    ).map(spent)
    const ledger = [...written(...lines), { run: 'run_2', what: spent([1, 5]) }]
    expect(budgetOf(ledger)).toMatchObject({ costUsd: 12 })
  })
})

describe('a grant', () => {
  const gives = (attempts: number, minutes: number, costUsd: number) =>
    written({ ...grant, attempts, minutes, costUsd })

  test('adds to the grants before it', () => {
    expect(budgetOf([...gives(1, 2, 3), ...gives(4, 5, 6)])).toMatchObject({
      granted: { attempts: 5, ms: 7 * minute, costUsd: 9 },
    })
  })

  test('takes nothing away', () => {
    expect(budgetOf(gives(-1, -2, -3))).toMatchObject({
      granted: { attempts: 0, ms: 0, costUsd: 0 },
    })
  })

  test('changes nothing of what was used', () => {
    const ledger = [...attempts(3), ...written(isRed(0), tick(9))]
    const { granted: _, ...used } = budgetOf(ledger)
    expect(
      budgetOf([...ledger, ...written({ ...grant, at: 9, attempts: 9, minutes: 9, costUsd: 9 })]),
    ).toMatchObject(used)
  })
})

describe('the budget is used up', () => {
  const more = written({ ...grant, attempts: 1, minutes: 1, costUsd: 1 })

  test.each([
    [4, [], false],
    [5, [], true],
    [6, [], true],
    [5, more, false],
    [6, more, true],
  ])('after %i attempts, with %j granted: %s', (count, grants, isGone) => {
    expect(areAttemptsGone(budgetOf([...attempts(count), ...grants]), LIMITS)).toBe(isGone)
  })

  test.each([
    [60 * minute - 1, [], false],
    [60 * minute, [], true],
    [60 * minute + 1, [], true],
    [61 * minute - 1, more, false],
    [61 * minute, more, true],
  ])('%i ms after the first red, with %j granted: %s', (now, grants, isGone) => {
    expect(areMinutesGone(budgetOf([...written(isRed(0)), ...grants]), LIMITS, now)).toBe(isGone)
  })

  test.each([
    [99.99, [], false],
    [100, [], true],
    [100, more, false],
    [101, more, true],
  ])('after $%d, with %j granted: %s', (costUsd, grants, isGone) => {
    const spent = written({ type: 'spent', at: 0, turn: 1, costUsd })
    expect(isMoneyGone(budgetOf([...spent, ...grants]), LIMITS)).toBe(isGone)
  })
})
