/**
 * Moves runs: the only caller of `transition` and the only writer of a run's state.
 *
 * Run, ledger, ring and chores are one write. A lost race asks the machine again about where the run is
 * now. An event that says nothing new writes nothing. A run's repository that is no longer enrolled has
 * no rules to be judged by: its runs wait.
 */
import { budgetOf, fixMsAt } from '../run/budget.ts'
import type { Entry, RunEvent } from '../run/event.ts'
import type { Policy } from '../run/limits.ts'
import { isEnded, isTerminal, type Run, type Terminal } from '../run/run.ts'
import { type Effect, type Step, transition } from '../run/transition.ts'
import type { NewRing } from '../store/rings.ts'
import type { Runs } from '../store/runs.ts'
import type { Tell } from './tell.ts'

export type DriverParts = {
  readonly runs: Pick<Runs, 'run' | 'move' | 'ledger'>
  /** Undefined: the repository is not enrolled. */
  readonly policyOf: (repo: string) => Policy | undefined
  readonly ringOf: (run: Terminal, used: Used) => NewRing
  /** A ring was written, to these channels. */
  readonly rang: (channels: readonly string[]) => void
  readonly tell: Tell
}

/** What a run's lineage has used, for its ring. */
export type Used = {
  readonly attempts: number
  readonly minutes: number
  readonly costUsd: number
  readonly granted: boolean
}

export type Driver = {
  /** What the event asks of the loop; nothing if there is no such run, or it says nothing new. */
  advance(id: string, event: RunEvent): Promise<readonly Effect[]>
}

export function driver(parts: DriverParts): Driver {
  const { runs, policyOf, ringOf, rang, tell } = parts
  return {
    async advance(id, event) {
      for (;;) {
        const from = await runs.run(id)
        const policy = from && policyOf(from.run.issue.repo)
        if (from === undefined || policy === undefined) return []
        const ledger = await runs.ledger(from.run.lineage)
        const step = transition(from.run, event, { policy, ledger })
        const { run: to, entries, effects } = step
        if (to === from.run && entries.length === 0) return []
        const ring = ringFor(step, ledger, ringOf)
        const chores = effects.flatMap((each) => (each.type === 'chore' ? [each.kind] : []))
        if (!(await runs.move({ from, to, entries, ring, chores, now: event.at }))) continue
        if (ring !== null) rang(ring.channels)
        if (isEnded(to)) tell({ event: 'run-ended', run: id, issue: refOf(to), state: to.state })
        return effects
      }
    },
  }
}

function ringFor(
  { run, entries, effects }: Step,
  ledger: readonly Entry[],
  ringOf: DriverParts['ringOf'],
): NewRing | null {
  if (!effects.some(({ type }) => type === 'ring') || !isTerminal(run)) return null
  const budget = budgetOf([...ledger, ...entries.map((what) => ({ run: run.id, what }))])
  const { attempts, costUsd, granted } = budget
  return ringOf(run, {
    attempts,
    minutes: Math.round(fixMsAt(budget, run.endedAt) / 60_000),
    costUsd,
    granted: granted.attempts > 0 || granted.ms > 0 || granted.costUsd > 0,
  })
}

function refOf({ issue }: Run): string {
  return `${issue.repo}#${issue.number}`
}
