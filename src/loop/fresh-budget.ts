/**
 * What labelling an issue ready again gives: as much as its lineage has used. Pure.
 *
 * Asked twice, it is given once: what was granted before counts as given.
 */
import type { Budget } from '../run/budget.ts'
import type { Grant } from '../run/event.ts'

export type Giver = { readonly at: number; readonly by: string }

/** Null: nothing was used that was not given already. */
export function freshBudget(used: Budget, { at, by }: Giver): Grant | null {
  const { attempts, fixMs, costUsd, granted } = used
  const grant: Grant = {
    type: 'granted',
    at,
    by,
    why: 'labelled ready again',
    attempts: Math.max(0, attempts - granted.attempts),
    minutes: Math.max(0, (fixMs - granted.ms) / 60_000),
    costUsd: Math.max(0, costUsd - granted.costUsd),
  }
  return grant.attempts + grant.minutes + grant.costUsd > 0 ? grant : null
}
