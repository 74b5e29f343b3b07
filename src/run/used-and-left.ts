/**
 * What of a lineage's budget is used, and what is left of it, line by line. Pure.
 *
 * Rounded so that what is used and what is left are the whole, and none that is left is called used up. Of money
 * nothing is said until somebody has told of some: an executor that knows no cost says none.
 */
import { type Budget, fixMsAt } from './budget.ts'
import type { Limits } from './limits.ts'

export function usedAndLeft(budget: Budget, limits: Limits, now: number): readonly string[] {
  const { attempts, costUsd, granted } = budget
  const money = { used: cents(costUsd), granted: cents(granted.costUsd) }
  return [
    row('fix-forward turns', {
      used: attempts,
      limit: limits.fixForwardAttempts,
      granted: granted.attempts,
      spelt: String,
    }),
    row('minutes', {
      used: Math.floor(fixMsAt(budget, now) / minuteMs),
      limit: Math.ceil(limits.fixForwardMs / minuteMs),
      granted: Math.ceil(granted.ms / minuteMs),
      spelt: String,
    }),
    ...(money.used > 0 || money.granted > 0
      ? [row('US dollars', { ...money, limit: limits.costUsd, spelt: exactly })]
      : []),
  ]
}

const minuteMs = 60_000

type Row = {
  readonly used: number
  readonly limit: number
  readonly granted: number
  readonly spelt: (amount: number) => string
}

function row(name: string, { used, limit, granted, spelt }: Row): string {
  const left = Math.max(0, limit + granted - used)
  const grants = granted > 0 ? `, with ${spelt(granted)} granted` : ''
  return `${name}: ${spelt(used)} used, ${spelt(left)} left${grants}`
}

const cents = (costUsd: number) => Math.round(costUsd * 100) / 100
/** Without a sign: two of them are a formula to GitHub. */
const exactly = (costUsd: number) => costUsd.toFixed(2)
