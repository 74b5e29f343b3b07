/**
 * What a lineage has used of its budget: a fold over its ledger. Pure.
 *
 * Nothing that is appended ever gives anything back, but a grant: the fold goes through the entries in
 * the order they were written, its clock never goes back, and a turn counts once however often it is
 * told. It goes on line by line: who keeps what it came to needs no earlier line. The fix-forward clock
 * starts at a run's first red, and stands still while the run is held, waits for a usage limit, or has
 * ended, and while the machine slept.
 */
import type { Decision, Entry, Grant } from './event.ts'
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
  /** What the next line is compared with. */
  readonly seen: {
    readonly turns: ReadonlySet<string>
    readonly costs: ReadonlyMap<string, number>
    readonly clocks: ReadonlyMap<string, Clock>
  }
}

type Asked = Decision & { readonly type: 'asked' }

type Clock = {
  readonly isRed: boolean
  readonly isHeld: boolean
  readonly isLimited: boolean
  readonly isEnded: boolean
}

const still: Clock = { isRed: false, isHeld: false, isLimited: false, isEnded: false }
const runs = ({ isRed, isHeld, isLimited, isEnded }: Clock) =>
  isRed && !isHeld && !isLimited && !isEnded

const NOTHING: Budget = {
  attempts: 0,
  losses: 0,
  costUsd: 0,
  fixMs: 0,
  asOf: 0,
  isRunning: false,
  granted: { attempts: 0, ms: 0, costUsd: 0 },
  seen: { turns: new Set(), costs: new Map(), clocks: new Map() },
}

export function budgetOf(ledger: readonly Entry[]): Budget {
  return ledger.reduce(budgetAfter, NOTHING)
}

/** One line more. */
export function budgetAfter(budget: Budget, { run, what }: Entry): Budget {
  const asOf = Math.max(budget.asOf, what.at)
  const ran = budget.isRunning ? asOf - budget.asOf : 0
  const fixMs = budget.fixMs + (what.type === 'slept' ? Math.max(0, ran - what.ms) : ran)
  const told = { ...budget, asOf, fixMs }
  if (what.type === 'granted') return { ...told, granted: more(budget.granted, what) }
  if (run === null) return told
  const clocked = withClock(told, run, what)
  if (what.type === 'asked') return withTurn(clocked, run, what)
  return what.type === 'spent' ? withCost(clocked, `${run} ${what.turn}`, what.costUsd) : clocked
}

function more(granted: Budget['granted'], grant: Grant): Budget['granted'] {
  return {
    attempts: granted.attempts + Math.max(0, grant.attempts),
    ms: granted.ms + Math.max(0, grant.minutes) * 60_000,
    costUsd: granted.costUsd + Math.max(0, grant.costUsd),
  }
}

function withClock(budget: Budget, run: string, what: Entry['what']): Budget {
  const { seen } = budget
  const before = seen.clocks.get(run) ?? still
  const clock = tick(before, what)
  if (clock === before) return budget
  const clocks = new Map(seen.clocks).set(run, clock)
  return { ...budget, isRunning: [...clocks.values()].some(runs), seen: { ...seen, clocks } }
}

function withTurn(budget: Budget, run: string, { turn, charge }: Asked): Budget {
  const { seen } = budget
  const name = `${charge} ${run} ${turn}`
  if (charge === null || seen.turns.has(name)) return budget
  const counted = { ...budget, seen: { ...seen, turns: new Set(seen.turns).add(name) } }
  return charge === 'attempt'
    ? { ...counted, attempts: budget.attempts + 1 }
    : { ...counted, losses: budget.losses + 1 }
}

function withCost(budget: Budget, turn: string, costUsd: number): Budget {
  const { seen } = budget
  if (costUsd <= (seen.costs.get(turn) ?? 0)) return budget
  const costs = new Map(seen.costs).set(turn, costUsd)
  const sum = [...costs.values()].reduce((all, cost) => all + cost, 0)
  return { ...budget, costUsd: sum, seen: { ...seen, costs } }
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
    case 'slept':
    case 'based':
    case 'adopted':
    case 'refused':
    case 'alive':
    case 'spent':
    case 'unreachable':
    case 'reached':
    case 'pushed':
    case 'unpushed':
    case 'offered':
    case 'merged':
    case 'declined':
    case 'blocked':
    case 'merging':
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
