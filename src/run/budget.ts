/**
 * What a lineage has used of its budget: a fold over its ledger. Pure.
 *
 * Nothing that is appended ever gives anything back, but a grant: the fold goes through the entries in
 * the order they were written, its clock never goes back, and a turn counts once however often it is
 * told. The fix-forward clock starts at a run's first red, and stands still while the run is held,
 * waits for a usage limit, or has ended.
 */
import type { Entry } from './event.ts'
import type { Limits } from './limits.ts'

export type Budget = {
  /** Fix turns asked. */
  readonly attempts: number
  /** Turns asked again because the executor had lost one. */
  readonly losses: number
  readonly costUsd: number
  /** On the fix-forward clock until `asOf`. */
  readonly fixMs: number
  readonly asOf: number
  /** Whether the clock runs. */
  readonly isRunning: boolean
  readonly granted: { readonly attempts: number; readonly ms: number; readonly costUsd: number }
}

type Clock = {
  readonly isRed: boolean
  readonly isHeld: boolean
  readonly isLimited: boolean
  readonly isEnded: boolean
}

const still: Clock = { isRed: false, isHeld: false, isLimited: false, isEnded: false }
const runs = ({ isRed, isHeld, isLimited, isEnded }: Clock) =>
  isRed && !isHeld && !isLimited && !isEnded

export function budgetOf(ledger: readonly Entry[]): Budget {
  const turns = { attempt: new Set<string>(), loss: new Set<string>() }
  const costs = new Map<string, number>()
  const clocks = new Map<string, Clock>()
  const granted = { attempts: 0, ms: 0, costUsd: 0 }
  let [asOf, fixMs] = [0, 0]

  for (const { run, what } of ledger) {
    const at = Math.max(asOf, what.at)
    if ([...clocks.values()].some(runs)) fixMs += at - asOf
    asOf = at
    if (what.type === 'granted') {
      granted.attempts += Math.max(0, what.attempts)
      granted.ms += Math.max(0, what.minutes) * 60_000
      granted.costUsd += Math.max(0, what.costUsd)
    }
    if (run === null) continue
    const clock = clocks.get(run) ?? still
    clocks.set(run, tick(clock, what))
    if (what.type === 'asked' && what.charge !== null) turns[what.charge].add(`${run} ${what.turn}`)
    if (what.type === 'spent') {
      const turn = `${run} ${what.turn}`
      costs.set(turn, Math.max(costs.get(turn) ?? 0, what.costUsd))
    }
  }
  return {
    attempts: turns.attempt.size,
    losses: turns.loss.size,
    costUsd: [...costs.values()].reduce((sum, cost) => sum + cost, 0),
    fixMs,
    asOf,
    isRunning: [...clocks.values()].some(runs),
    granted,
  }
}

function tick(clock: Clock, what: Entry['what']): Clock {
  switch (what.type) {
    case 'checked':
      return what.checks.verdict === 'red' ? { ...clock, isRed: true } : clock
    case 'held':
      return { ...clock, isHeld: true }
    case 'released':
      return { ...clock, isHeld: false }
    case 'turn-over':
      return what.end.how === 'limited' ? { ...clock, isLimited: true } : clock
    case 'asked':
      return { ...clock, isLimited: false }
    case 'ended':
      return { ...clock, isEnded: true }
    case 'started':
    case 'adopted':
    case 'refused':
    case 'alive':
    case 'spent':
    case 'unreachable':
    case 'reached':
    case 'pushed':
    case 'unpushed':
    case 'withdrawn':
    case 'tick':
    case 'granted':
      return clock
  }
}

export function areAttemptsGone({ attempts, granted }: Budget, limits: Limits): boolean {
  return attempts >= limits.fixForwardAttempts + granted.attempts
}

export function areMinutesGone(budget: Budget, limits: Limits, now: number): boolean {
  return fixMsAt(budget, now) >= limits.fixForwardMs + budget.granted.ms
}

export function isMoneyGone({ costUsd, granted }: Budget, limits: Limits): boolean {
  return costUsd >= limits.costUsd + granted.costUsd
}

export function fixMsAt({ fixMs, asOf, isRunning }: Budget, now: number): number {
  return fixMs + (isRunning ? Math.max(0, now - asOf) : 0)
}
