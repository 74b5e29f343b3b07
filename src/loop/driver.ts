/**
 * Moves runs: the only caller of `transition` and the only writer of a run's state.
 *
 * Run, ledger, ring and chores are one write. A lost race asks the machine again about where the run is
 * now. An event that says nothing new writes nothing, and of a run that was just read it reads nothing. A
 * run's repository that is no longer enrolled has no rules to be judged by: its runs wait, until a person
 * withdraws them.
 */
import { type Budget, budgetAfter, fixMsAt } from '../run/budget.ts'
import type { RunEvent } from '../run/event.ts'
import { LIMITS, type Policy } from '../run/limits.ts'
import { isEnded, isTerminal, type Run, type Terminal } from '../run/run.ts'
import { type Step, transition } from '../run/transition.ts'
import type { NewRing } from '../store/rings.ts'
import type { Runs, StoredRun } from '../store/runs.ts'
import { lineageBudgets } from './lineage-budgets.ts'
import type { Tell } from './tell.ts'

export type DriverParts = {
  readonly runs: Pick<Runs, 'run' | 'move' | 'ledger'>
  /** Undefined: the repository is not enrolled. */
  readonly policyOf: (repo: string) => Policy | undefined
  readonly ringOf: (run: Terminal, used: Used) => NewRing
  /** A ring was written, to these channels. */
  readonly rang: (channels: readonly string[]) => void
  /** Chores of the run were written. */
  readonly owes: (run: string) => void
  readonly tell: Tell
}

/** What a run's lineage has used, and where the run worked, for its ring. */
export type Used = {
  readonly attempts: number
  readonly minutes: number
  readonly costUsd: number
  readonly granted: boolean
  readonly worktree: string | null
}

export type Driver = {
  /** Tells of a run, by its id or as it was just read. The run as it is then; undefined: there is none. */
  advance(run: string | StoredRun, event: RunEvent): Promise<StoredRun | undefined>
}

export function driver(parts: DriverParts): Driver {
  const { runs, policyOf, rang, owes, tell } = parts
  const budgets = lineageBudgets(runs)

  async function step(from: StoredRun, event: RunEvent): Promise<StoredRun | null> {
    // A withdrawal needs no rules.
    const judged = event.type === 'withdrawn' ? anyRules : undefined
    const policy = policyOf(from.run.issue.repo) ?? judged
    if (policy === undefined) return from
    const budget = await budgets.of(from)
    const taken = transition(from.run, event, { policy, budget })
    const { run: to, entries, effects } = taken
    if (to === from.run && entries.length === 0) return from
    const chores = effects.flatMap((each) => (each.type === 'chore' ? [each.kind] : []))
    const after = entries.reduce((sum, what) => budgetAfter(sum, { run: to.id, what }), budget)
    const ring = await ringFor(taken, after, parts)
    const moved = await runs.move({ from, to, entries, ring, chores, now: event.at })
    if (moved === null) return null
    budgets.keep(moved, after)
    if (ring !== null) rang(ring.channels)
    if (chores.length > 0) owes(to.id)
    if (isEnded(to)) tell({ event: 'run-ended', run: to.id, issue: refOf(to), state: to.state })
    return moved
  }

  return {
    async advance(run, event) {
      let from = typeof run === 'string' ? await runs.run(run) : run
      while (from !== undefined) {
        const now = await step(from, event)
        if (now !== null) return now
        from = await runs.run(from.run.id)
      }
      return undefined
    },
  }
}

const anyRules: Policy = { limits: LIMITS, ci: 'checks', merges: 'nobody' }

async function ringFor(
  { run, effects }: Step,
  budget: Budget,
  { runs, ringOf }: DriverParts,
): Promise<NewRing | null> {
  if (!effects.some(({ type }) => type === 'ring') || !isTerminal(run)) return null
  const { attempts, costUsd, granted } = budget
  return ringOf(run, {
    attempts,
    minutes: Math.round(fixMsAt(budget, run.endedAt) / 60_000),
    costUsd,
    granted: granted.attempts > 0 || granted.ms > 0 || granted.costUsd > 0,
    worktree: await placeOf(run, runs),
  })
}

/** Where its newest turn was taken to. */
async function placeOf({ id, lineage }: Run, runs: DriverParts['runs']): Promise<string | null> {
  const ledger = await runs.ledger(lineage)
  const adopted = ledger.findLast(({ run, what }) => run === id && what.type === 'adopted')
  return adopted?.what.type === 'adopted' ? adopted.what.place : null
}

function refOf({ issue }: Run): string {
  return `${issue.repo}#${issue.number}`
}
