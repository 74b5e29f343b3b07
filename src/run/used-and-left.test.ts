import { expect, test } from 'vitest'

import { attempts, grant, minute, redSinceStart, written } from '../../test/runs.ts'
import { budgetOf } from './budget.ts'
import type { Entry } from './event.ts'
import { LIMITS } from './limits.ts'
import { usedAndLeft } from './used-and-left.ts'

const spent = (costUsd: number) => written({ type: 'spent', at: 0, turn: 1, costUsd })
const granted = (more: { attempts?: number; minutes?: number; costUsd?: number }) =>
  written({ ...grant, attempts: 0, minutes: 0, costUsd: 0, ...more })

const turns = 'fix-forward turns: 0 used, 5 left'
const minutes = 'minutes: 0 used, 60 left'

test.each<readonly [string, readonly Entry[], number, readonly string[]]>([
  ['nothing', [], 0, [turns, minutes]],
  ['a turn', attempts(1), 0, ['fix-forward turns: 1 used, 4 left', minutes]],
  ['a turn that was lost', attempts(1, 'loss'), 0, [turns, minutes]],
  ['more turns than there were', attempts(7), 0, ['fix-forward turns: 7 used, 0 left', minutes]],
  ['minutes', redSinceStart, 12.4 * minute, [turns, 'minutes: 12 used, 48 left']],
  ['almost all minutes', redSinceStart, 59.9 * minute, [turns, 'minutes: 59 used, 1 left']],
  ['all minutes', redSinceStart, 61 * minute, [turns, 'minutes: 61 used, 0 left']],
  ['money', spent(1.2), 0, [turns, minutes, 'US dollars: 1.20 used, 98.80 left']],
  ['less than a cent', spent(0.004), 0, [turns, minutes]],
  ['too much money', spent(101), 0, [turns, minutes, 'US dollars: 101.00 used, 0.00 left']],
  [
    'a turn, with a grant',
    [...attempts(1), ...granted({ attempts: 2 })],
    0,
    ['fix-forward turns: 1 used, 6 left, with 2 granted', minutes],
  ],
  [
    'granted minutes',
    granted({ minutes: 30 }),
    0,
    [turns, 'minutes: 0 used, 90 left, with 30 granted'],
  ],
  [
    'granted money',
    granted({ costUsd: 20 }),
    0,
    [turns, minutes, 'US dollars: 0.00 used, 120.00 left, with 20.00 granted'],
  ],
])('of a budget, %s', (_, ledger, now, lines) => {
  expect(usedAndLeft(budgetOf(ledger), LIMITS, now)).toEqual(lines)
})
