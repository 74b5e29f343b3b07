import { expect, test } from 'vitest'

import { attempts, grant, minute, redSinceStart, rich, written } from '../../test/runs.ts'
import { budgetAfter, budgetOf } from '../run/budget.ts'
import type { Entry } from '../run/event.ts'
import { freshBudget } from './fresh-budget.ts'

const giver = { at: 7, by: 'ada' }
const endedAt = (at: number) => written({ type: 'ended', at, state: 'frozen' })
const given = (...ledger: readonly Entry[]) => freshBudget(budgetOf(ledger), giver)

test('a lineage that has used nothing is given nothing', () => {
  expect(given()).toBe(null)
  expect(given(...written({ type: 'started', at: 0 }))).toBe(null)
})

test('all that was used is given: attempts, minutes and money, in the name of who labelled it', () => {
  const ledger = [...attempts(3), ...redSinceStart, ...rich, ...endedAt(10 * minute)]
  expect(given(...ledger)).toEqual({
    type: 'granted',
    at: 7,
    by: 'ada',
    why: 'labelled ready again',
    attempts: 3,
    minutes: 10,
    costUsd: 100,
  })
})

test.each<[string, readonly Entry[], object]>([
  ['attempts', attempts(2), { attempts: 2, minutes: 0, costUsd: 0 }],
  [
    'minutes',
    [...redSinceStart, ...endedAt(minute / 2)],
    { attempts: 0, minutes: 0.5, costUsd: 0 },
  ],
  ['money', rich, { attempts: 0, minutes: 0, costUsd: 100 }],
])('where only %s were used, only those are given', (_, ledger, wanted) => {
  expect(given(...ledger)).toMatchObject(wanted)
})

test('what was granted before counts as given', () => {
  const ledger = [...attempts(3), ...written({ ...grant, attempts: 2, minutes: 60, costUsd: 1 })]
  expect(given(...ledger)).toMatchObject({ attempts: 1, minutes: 0, costUsd: 0 })
})

test('asked twice, it is given once', () => {
  const used = budgetOf([...attempts(3), ...redSinceStart, ...rich, ...endedAt(10 * minute)])
  const fresh = freshBudget(used, giver)
  expect(fresh).not.toBe(null)
  expect(freshBudget(budgetAfter(used, { run: null, what: fresh! }), giver)).toBe(null)
})

test('a turn that was asked again because it was lost is no attempt, and gives none', () => {
  expect(given(...attempts(2, 'loss'))).toBe(null)
})
