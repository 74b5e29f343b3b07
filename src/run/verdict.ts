/**
 * Judges a live run by its facts: the fourteen lines, first match wins. Pure.
 *
 * The first two (an ended run ignores everything; a withdrawal ends it) stand in `transition.ts`. Facts
 * are what git, CI and the executor confirmed; nothing an agent said is among them but its question.
 *
 * A limit that was reached ends a run only at a tick. A node that was down for an hour knows old facts,
 * and must not call the agent silent with the first thing it hears of it.
 */
import { areAttemptsGone, areMinutesGone, type Budget, isMoneyGone } from './budget.ts'
import type { Policy } from './limits.ts'
import { atTip } from './proof.ts'
import {
  type Cause,
  doesFixWait,
  type Done,
  type Frozen,
  type In,
  judgedAt,
  type NeedsHuman,
  type Pushed,
  type Turn,
  type TurnEnd,
} from './run.ts'

export type Judgement =
  | { readonly type: 'wait' }
  | { readonly type: 'end'; readonly end: Done | NeedsHuman | Frozen }
  /** Ask one more turn. */
  | {
      readonly type: 'ask'
      readonly purpose: 'implement' | 'fix'
      readonly charge: 'attempt' | 'loss' | null
    }
  /** Merge its pull request at this head. */
  | { readonly type: 'merge'; readonly commit: string }

export type Court = {
  readonly now: number
  /** Everything was looked at just now. */
  readonly isTick: boolean
  readonly policy: Policy
  readonly budget: Budget
}

type LiveRun = In<'live'>
type Line = (run: LiveRun, court: Court) => Judgement | null

const wait: Judgement = { type: 'wait' }

export function judge(run: LiveRun, court: Court): Judgement {
  for (const line of lines) {
    const judgement = line(run, court)
    if (judgement === null) continue
    // A turn costs money: with none left it would be asked only to be stopped by line 13.
    return judgement.type === 'ask' ? (moneyGone(run, court) ?? judgement) : judgement
  }
  return wait
}

/** Named by their numbers in docs/verdict.md. */
const lines: readonly Line[] = [
  /* 3 */ greenAtItsCommit,
  /* 3 */ greenOffer,
  /* 3 */ declinedOffer,
  /* 4, 5 */ redAtItsCommit,
  /* 6 */ checksStuck,
  /* 7 */ noChecks,
  /* 8 */ usageLimit,
  /* 9 */ unreachable,
  /* 10 */ lost,
  /* 11 */ turnOver,
  /* 12 */ silent,
  /* 13 */ moneyGone,
]

function greenAtItsCommit({ pushed, turn }: LiveRun, court: Court): Judgement | null {
  if (pushed?.where.is !== 'landed') return null
  const { policy } = court
  const green = greenOf(pushed, policy)
  if (green === null) return null
  if (turn.is !== 'over' && !hasPassed(policy.limits.greenMs, green.since, court)) return wait
  const { commit, where, tip } = pushed
  const { passed } = green
  const end = { state: 'done', commit, passed, ...judgedAt(tip), request: where.request } as const
  return { type: 'end', end }
}

/** What is only offered ends when its agent has said that it is ready; what it asks, or waits for, goes before. */
function greenOffer(run: LiveRun, court: Court): Judgement | null {
  const { pushed, turn, isHeld } = run
  const { policy } = court
  const green = pushed && greenOf(pushed, policy)
  if (pushed?.where.is !== 'offered' || green === null) return null
  const isNeedless = doesFixWait(run)
  if (isNeedless && !hasPassed(policy.limits.greenMs, green.since, court)) return wait
  if (!isNeedless && turn.is !== 'over') return null
  const how = turn.is === 'over' ? turn.end.how : 'finished'
  if (how === 'asking' || how === 'limited') return null
  if (how !== 'finished') return human('review', `it is green, but its turn ${ended[how]}`, pushed)
  if (policy.merges !== 'auto') return human('review', 'it is green: read it, and merge it', pushed)
  if (isHeld) return wait
  if (!pushed.where.isMerging) return { type: 'merge', commit: pushed.commit }
  const { mergingSince = green.since } = pushed.where
  const since = Math.max(green.since, mergingSince)
  if (!hasPassed(policy.limits.unreachableMs, since, court)) return wait
  return human('review', `it is green, and for ${minutes(since, court)} min not merged`, pushed)
}

const ended = { failed: 'failed', lost: 'was lost' } as const

function declinedOffer(run: LiveRun): Judgement | null {
  const { pushed, turn } = run
  if (pushed?.where.is !== 'declined' || (turn.is !== 'over' && !doesFixWait(run))) return null
  return human('review', 'it was closed without a merge', pushed)
}

/** Where an owner wrote that there is no CI, landing is enough. */
function greenOf({ checks, pushedAt }: Pushed, { ci }: Policy) {
  if (ci === 'none') return { since: pushedAt, passed: [] }
  return checks.verdict === 'green' ? checks : null
}

function redAtItsCommit({ pushed, turn, isHeld }: LiveRun, court: Court): Judgement | null {
  if (pushed === null || pushed.checks.verdict !== 'red') return null
  const { commit, checks } = pushed
  const { budget, policy, now } = court
  const { failing } = checks
  const { where, tip } = pushed
  const frozen = (ranOut: 'attempts' | 'minutes'): Judgement => {
    const end = { state: 'frozen', ranOut, commit, failing, ...judgedAt(tip), where } as const
    return { type: 'end', end }
  }
  const end = turn.is === 'over' ? turn.end.how : null
  // A fix that met a usage limit was charged already, and goes on.
  const isAgain = end === 'limited' && turn.purpose === 'fix'
  // While the last attempt that the budget allows is open, whether it helped is not known yet.
  if (end !== null && !isAgain && areAttemptsGone(budget, policy.limits)) return frozen('attempts')
  if (areMinutesGone(budget, policy.limits, now)) return court.isTick ? frozen('minutes') : wait
  if (end === null || end === 'asking') return null
  if (isHeld || isLimited(turn, court)) return wait
  return { type: 'ask', purpose: 'fix', charge: isAgain ? null : 'attempt' }
}

function checksStuck({ pushed }: LiveRun, court: Court): Judgement | null {
  if (pushed === null || pushed.checks.verdict !== 'pending') return null
  const { since, waitsFor } = pushed.checks
  if (waitsFor === 'approval')
    return human('ci-stuck', 'the checks wait for a person’s approval', pushed)
  if (!hasPassed(court.policy.limits.pendingMs, since, court)) return null
  const why = waitsFor === 'rerun' ? ': they were cancelled' : ''
  const what = `the checks${within(pushed, ',')} are pending for ${minutes(since, court)} min${why}`
  return human('ci-stuck', what, pushed)
}

function noChecks({ pushed }: LiveRun, court: Court): Judgement | null {
  if (pushed === null || pushed.checks.verdict !== 'none') return null
  const { since } = pushed.checks
  if (!hasPassed(court.policy.limits.graceMs, since, court)) return null
  const what = `no check appeared in ${minutes(since, court)} min${within(pushed)}`
  return human('no-ci', what, pushed)
}

/** Where it was judged, if not at itself. */
const within = ({ tip }: Pushed, end = '') => (tip === undefined ? '' : ` at ${atTip(tip)}${end}`)

function usageLimit({ turn, isHeld }: LiveRun, court: Court): Judgement | null {
  if (turn.is !== 'over' || turn.end.how !== 'limited') return null
  if (isHeld || isLimited(turn, court)) return wait
  return { type: 'ask', purpose: turn.purpose, charge: null }
}

function isLimited(turn: Turn, { now, policy }: Court): boolean {
  if (turn.is !== 'over' || turn.end.how !== 'limited') return false
  return now < Math.min(turn.end.until, turn.overAt + policy.limits.usageLimitMs)
}

/** Not being able to ask says nothing about the run. */
function unreachable(run: LiveRun, court: Court): Judgement | null {
  const { unreachableSince, unreachableWhy, pushed, turn } = run
  if (unreachableSince === null || turn.is === 'over') return null
  // Nobody tries while it is held.
  if (turn.is === 'asked' && run.isHeld) return null
  if (!hasPassed(court.policy.limits.unreachableMs, unreachableSince, court)) return wait
  const what =
    turn.is === 'asked'
      ? 'its turn could not be brought to the agent'
      : 'the executor or the remote did not answer'
  const why = unreachableWhy === undefined ? '' : `: ${unreachableWhy}`
  const detail = `${what} for ${minutes(unreachableSince, court)} min${why}`
  return human('executor-unreachable', detail, pushed)
}

function lost({ turn, pushed, isHeld }: LiveRun, { policy, budget }: Court): Judgement | null {
  if (turn.is !== 'over' || turn.end.how !== 'lost' || pushed !== null) return null
  if (budget.losses >= policy.limits.losses)
    return human('lost', `the executor lost its turn ${budget.losses + 1} times`, pushed)
  return isHeld ? wait : { type: 'ask', purpose: turn.purpose, charge: 'loss' }
}

function turnOver({ turn, pushed }: LiveRun): Judgement | null {
  if (turn.is !== 'over') return null
  const { end } = turn
  if (end.how === 'asking') {
    const cause = end.for === 'answer' ? 'question' : 'permission'
    return human(cause, end.question, pushed)
  }
  if (pushed !== null) return null
  return human(causeOf(end), detailOf(end), null)
}

function causeOf(end: TurnEnd): Cause {
  return end.how === 'failed' ? 'agent-error' : 'nothing-pushed'
}

function detailOf(end: TurnEnd): string {
  if (end.how === 'failed') return end.detail
  return end.how === 'finished' && end.said !== '' ? end.said : 'the turn ended without a push'
}

function silent({ turn, pushed }: LiveRun, court: Court): Judgement | null {
  if (turn.is !== 'running') return null
  if (!hasPassed(court.policy.limits.silentMs, turn.seenAt, court)) return null
  return human('stalled', `no sign of life for ${minutes(turn.seenAt, court)} min`, pushed)
}

/** With the turn over, waiting for CI costs nothing. */
function moneyGone({ pushed, turn }: LiveRun, court: Court): Judgement | null {
  const { policy, budget, isTick } = court
  if (!isMoneyGone(budget, policy.limits)) return null
  if (!isTick || (turn.is === 'over' && isUndecided(pushed))) return wait
  if (pushed === null) return human('cost', 'the spending limit is used up', null)
  const { commit, where, checks, tip } = pushed
  const red = checks.verdict === 'red' ? { failing: checks.failing, ...judgedAt(tip) } : null
  const how = red ?? { failing: [] }
  const end = { state: 'frozen', ranOut: 'money', commit, ...how, where } as const
  return { type: 'end', end }
}

function isUndecided(pushed: Pushed | null): boolean {
  return pushed?.checks.verdict === 'pending' || pushed?.checks.verdict === 'none'
}

function human(cause: Cause, detail: string, pushed: Pushed | null): Judgement {
  return { type: 'end', end: { state: 'needs-human', cause, detail, ...leftOf(pushed) } }
}

/** What a run leaves behind. */
export function leftOf(pushed: Pushed | null): Pick<NeedsHuman, 'commit' | 'where'> {
  return { commit: pushed?.commit ?? null, where: pushed?.where ?? null }
}

function hasPassed(limitMs: number, since: number, { now, isTick }: Court): boolean {
  return isTick && now - since >= limitMs
}

const minutes = (since: number, { now }: Court) => Math.floor((now - since) / 60_000)
