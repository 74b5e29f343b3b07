/**
 * The loop's machine: a run and what happened, in; what the run becomes, and what must be written and
 * done, out. Pure. Reads no clock and touches nothing.
 *
 * - An ended run ignores everything, so late and repeated events are harmless.
 * - The step into `done`, `needs-human` or `frozen` carries exactly one `ring`, and no other step any.
 * - A turn is asked only by a step that says what it costs the budget.
 * - An event that says nothing new and decides nothing changes nothing and writes nothing.
 * - What decided something stands in the ledger before the decision, so that a ledger can be replayed.
 */
import { absorb } from './absorb.ts'
import { type Budget, budgetAfter } from './budget.ts'
import type { Decision, Entry, RunEvent } from './event.ts'
import type { Policy } from './limits.ts'
import {
  type Beginning,
  type Ended,
  type In,
  isEnded,
  isTerminal,
  type Merged,
  type Pushed,
  type Run,
  type RunBase,
  type Turn,
  type TurnEnd,
} from './run.ts'
import { judge, leftOf } from './verdict.ts'

export type Step = {
  readonly run: Run
  /** For the ledger, in this order. */
  readonly entries: ReadonlyArray<Entry['what']>
  readonly effects: readonly Effect[]
}

export type Effect =
  /** The run's turn is to be brought to the agent. */
  | { readonly type: 'ask'; readonly turn: number }
  | { readonly type: 'ring' }
  /** What must follow a move, each worked off like a delivery, one after the other. */
  | { readonly type: 'chore'; readonly kind: ChoreKind }

export type ChoreKind = 'mark-issue' | 'stop-agent' | 'tell-issue' | 'tidy-worktree' | 'free-slot'

/** `budget`: of its lineage, before the event. */
export type Around = { readonly policy: Policy; readonly budget: Budget }

export function transition(run: Run, event: RunEvent, { policy, budget: before }: Around): Step {
  if (isEnded(run)) return stay(run)
  if (event.type === 'withdrawn')
    return end(
      run,
      { state: 'withdrawn', withdrawnBy: event.by },
      { happened: [event], at: event.at },
    )
  if (run.state === 'queued') return event.type === 'started' ? start(run, event) : stay(run)
  if (event.type === 'blocked') return blocked(run, event)
  if (event.type === 'refused') return refused(run, event, { policy, budget: before })

  // Of a turn that nobody asked yet nothing can be known.
  if (event.type === 'spent' && event.turn > run.turn.number) return stay(run)
  const told = absorb(run, event)
  const after = budgetAfter(before, { run: run.id, what: event })
  const isSpent = event.type === 'spent' && after.costUsd > before.costUsd
  const isNews = told !== run || isSpent
  const budget: Budget = isNews ? after : before
  const isTick = event.type === 'tick'
  const judgement = judge(told, { now: event.at, isTick, policy, budget })
  const happened = isNews || judgement.type !== 'wait' ? [event] : []
  switch (judgement.type) {
    case 'wait':
      return { run: told, entries: happened, effects: [] }
    case 'end':
      return end(told, judgement.end, { happened, at: event.at })
    case 'ask':
      return ask(told, judgement, { happened, at: event.at })
    case 'merge':
      return merge(told, judgement.commit, { happened, at: event.at })
  }
}

type Refused = RunEvent & { readonly type: 'refused' }

/** Judged as a turn that failed: what was green, or used up, comes before the refusal. */
function refused(run: In<'live'>, event: Refused, { policy, budget }: Around): Step {
  const { turn, detail, at } = event
  if (turn !== run.turn.number || run.turn.is !== 'asked') return stay(run)
  const failed: RunEvent = {
    type: 'turn-over',
    at,
    turn,
    end: { how: 'failed', detail },
    commit: null,
  }
  const over = absorb(run, failed)
  const judgement = judge(over, { now: at, isTick: false, policy, budget })
  const seen = { happened: [event], at }
  if (judgement.type === 'end' && judgement.end.state !== 'needs-human')
    return end(run, judgement.end, seen)
  const left = leftOf(run.pushed)
  return end(run, { state: 'needs-human', cause: 'dispatch-failed', detail, ...left }, seen)
}

/** Nothing of ours helps. */
function blocked(run: In<'live'>, event: RunEvent & { readonly type: 'blocked' }): Step {
  const { why: detail, at } = event
  const left = leftOf(run.pushed)
  const how = { state: 'needs-human', cause: 'review', detail, ...left } as const
  return end(run, how, { happened: [event], at })
}

/** Written before it is done, so that it is done at a second start, too. */
function merge(run: In<'live'>, commit: string, { happened, at }: Seen): Step {
  const { pushed } = run
  if (pushed?.where.is !== 'offered') return { run, entries: happened, effects: [] }
  const where = { ...pushed.where, isMerging: true, mergingSince: at } as const
  return {
    run: { ...run, pushed: { ...pushed, where } },
    entries: [...happened, { type: 'merging', at, commit }],
    effects: [],
  }
}

function stay(run: Run): Step {
  return { run, entries: [], effects: [] }
}

function start(run: In<'queued'>, event: RunEvent): Step {
  const { begins } = run
  if (begins.with === 'merge') return startMerged(run, begins, event)
  const visit = begins.with === 'visit' ? begins.turn : null
  const turn: Turn = { number: 1, purpose: 'implement', askedAt: event.at, is: 'asked', visit }
  const asked: Decision = {
    type: 'asked',
    at: event.at,
    turn: 1,
    purpose: 'implement',
    charge: null,
  }
  return {
    run: {
      ...baseOf(run),
      state: 'live',
      base: begins.with === 'visit' ? begins.base : null,
      turn,
      pushed: null,
      unreachableSince: null,
      isHeld: false,
    },
    entries: [event, ...basedOf(event.at, begins), asked],
    effects: [
      { type: 'ask', turn: 1 },
      { type: 'chore', kind: 'mark-issue' },
    ],
  }
}

/** So that whoever goes on from it knows. */
function basedOf(at: number, begins: Beginning): readonly RunEvent[] {
  if (begins.with !== 'visit' || begins.base === null) return []
  return [{ type: 'based', at, base: begins.base }]
}

/** Whatever its first turn would have been for is merged: its checks are waited for. */
function startMerged(run: In<'queued'>, { commit, request }: Merged, event: RunEvent): Step {
  const { at } = event
  const end: TurnEnd = { how: 'finished', said: '' }
  return {
    run: {
      ...baseOf(run),
      state: 'live',
      base: commit,
      turn: { number: 0, purpose: 'implement', askedAt: at, is: 'over', overAt: at, end },
      pushed: {
        commit,
        pushedAt: at,
        checks: { verdict: 'pending', waitsFor: 'checks', since: at },
        where: { is: 'landed', request },
      },
      unreachableSince: null,
      isHeld: false,
    },
    entries: [event, { type: 'based', at, base: commit }, { type: 'merged', at, commit, request }],
    effects: [{ type: 'chore', kind: 'mark-issue' }],
  }
}

type Seen = { readonly happened: readonly RunEvent[]; readonly at: number }

type Asking = {
  readonly purpose: Turn['purpose']
  readonly charge: 'attempt' | 'loss' | null
}

function ask(run: In<'live'>, { purpose, charge }: Asking, { happened, at }: Seen): Step {
  const number = run.turn.number + 1
  const turn: Turn = { number, purpose, askedAt: at, is: 'asked', visit: null }
  const asked: Decision = { type: 'asked', at, turn: number, purpose, charge }
  return {
    run: { ...run, turn, pushed: undecided(run.pushed) },
    entries: [...happened, asked],
    effects: [{ type: 'ask', turn: number }],
  }
}

/** Nothing is merged while a turn mends it: it is decided anew. */
function undecided(pushed: Pushed | null): Pushed | null {
  if (pushed?.where.is !== 'offered') return pushed
  const { request } = pushed.where
  return { ...pushed, where: { is: 'offered', request, isMerging: false } }
}

type End = Ended extends infer E ? (E extends unknown ? Omit<E, 'endedAt'> : never) : never

function end(run: Run, how: End, { happened, at }: Seen): Step {
  const ended = { ...baseOf(run), ...how, endedAt: at } as Run
  // Also where its turn is over: what an agent left running would still write.
  const stop: readonly ChoreKind[] = run.state === 'live' ? ['stop-agent'] : []
  const chores: readonly ChoreKind[] = [...stop, 'tell-issue', 'tidy-worktree', 'free-slot']
  return {
    run: ended,
    entries: [...happened, { type: 'ended', at, state: how.state }],
    effects: [
      ...(isTerminal(ended) ? [{ type: 'ring' } as const] : []),
      ...chores.map((kind) => ({ type: 'chore', kind }) as const),
    ],
  }
}

function baseOf(run: Run): RunBase {
  const { id, issue, lineage, threadId, environmentId, branch } = run
  const { by, digest, continues, queuedAt } = run
  return { id, issue, lineage, threadId, environmentId, branch, by, digest, continues, queuedAt }
}
