import { expect, test } from 'vitest'

import { attempts, liveRun, queuedRun } from '../../test/runs.ts'
import { budgetOf } from '../run/budget.ts'
import type { Entry } from '../run/event.ts'
import type { Run } from '../run/run.ts'
import { lineageBudgets } from './lineage-budgets.ts'

/** Budgets over ledgers that a test writes, and which of them were read. */
function budgets() {
  const ledgers = new Map<string, readonly Entry[]>()
  const reads: string[] = []
  const kept = lineageBudgets({
    async ledger(lineage) {
      reads.push(lineage)
      return ledgers.get(lineage) ?? []
    },
  })
  return { ledgers, reads, ...kept }
}

const lineage = 'infra#42@main'
const stored = (run: Run, ledgerEnd: number) => ({ run, revision: 1, ledgerEnd })
const withdrawn: Run = { ...queuedRun(), state: 'withdrawn', withdrawnBy: 'ada', endedAt: 0 }

test('a ledger is read once, and again only where it has grown', async () => {
  const { ledgers, reads, of } = budgets()
  ledgers.set(lineage, attempts(2))
  for (let i = 0; i < 3; i++) expect(await of(stored(liveRun(), 2))).toMatchObject({ attempts: 2 })
  expect(reads).toEqual([lineage])
  ledgers.set(lineage, attempts(3))
  expect(await of(stored(liveRun(), 3))).toMatchObject({ attempts: 3 })
  expect(reads).toEqual([lineage, lineage])
})

test('what is kept with a move is not read', async () => {
  const { reads, of, keep } = budgets()
  keep(stored(liveRun(), 7), budgetOf(attempts(4)))
  expect(await of(stored(liveRun(), 7))).toMatchObject({ attempts: 4 })
  expect(reads).toEqual([])
})

test('what is kept is of one lineage alone', async () => {
  const { reads, of, keep } = budgets()
  keep(stored(liveRun(), 7), budgetOf(attempts(4)))
  const other = { ...liveRun(), lineage: 'infra#7@main' }
  expect(await of(stored(other, 7))).toMatchObject({ attempts: 0 })
  expect(reads).toEqual(['infra#7@main'])
})

test('of a run that has ended nothing is kept', async () => {
  const { ledgers, reads, of, keep } = budgets()
  ledgers.set(lineage, attempts(1))
  keep(stored(liveRun(), 7), budgetOf(attempts(4)))
  keep(stored(withdrawn, 8), budgetOf(attempts(4)))
  expect(await of(stored(withdrawn, 8))).toMatchObject({ attempts: 1 })
  await of(stored(withdrawn, 8))
  expect(reads).toEqual([lineage, lineage])
})
