/**
 * What each lineage has used, kept while its run is under way.
 *
 * A ledger is read where it was written by somebody else since, and never otherwise: telling a run what it
 * knows already costs no look at the store, however long its ledger is.
 */
import { type Budget, budgetOf } from '../run/budget.ts'
import { isEnded } from '../run/run.ts'
import type { Runs, StoredRun } from '../store/runs.ts'

export type LineageBudgets = {
  /** As of the run's `ledgerEnd`, or later. */
  of(stored: StoredRun): Promise<Budget>
  /** The run was moved to this, and its lineage has used that. */
  keep(moved: StoredRun, budget: Budget): void
}

type Kept = { readonly end: number; readonly budget: Budget }

export function lineageBudgets(runs: Pick<Runs, 'ledger'>): LineageBudgets {
  const kept = new Map<string, Kept>()
  return {
    async of({ run, ledgerEnd: end }) {
      const known = kept.get(run.lineage)
      if (known?.end === end) return known.budget
      const budget = budgetOf(await runs.ledger(run.lineage))
      if (!isEnded(run)) kept.set(run.lineage, { end, budget })
      return budget
    },
    keep({ run, ledgerEnd: end }, budget) {
      if (isEnded(run)) kept.delete(run.lineage)
      else kept.set(run.lineage, { end, budget })
    },
  }
}
