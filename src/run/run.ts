/**
 * A run, as data: one agent's work on one issue, from the moment it is queued to its end. Pure.
 *
 * Each state carries exactly the facts that hold in it. A live run is what was seen of it so far: its
 * turn, what it pushed and what CI says of that; `verdict.ts` judges these facts and nothing else. An
 * ended run has its reason and never changes again.
 */
import { type TerminalKind, TERMINAL_KINDS } from '../doorbell/kinds.ts'
import type { Issue } from '../doorbell/notification.ts'

export type Run = RunBase & (Queued | Live | Ended)

export type RunBase = {
  /** `run_` and a UUIDv7. */
  readonly id: string
  readonly issue: Issue
  /** What its budget belongs to: the issue and the landing branch, over all of its runs. */
  readonly lineage: string
  /** The agent's conversation, by an id of ours. */
  readonly threadId: string
  /** Where the conversation is, by the far side's id, which its link names; null: not known, or it has none. */
  readonly environmentId: string | null
  /** Its own branch. */
  readonly branch: string
  /** Who started it: `loop`, or a person's name. */
  readonly by: string
  /** Of the title and body that it was started on, as the tracker digests them. */
  readonly digest: string
  /** The run whose thread and worktree it goes on in; null: none. */
  readonly continues: string | null
  readonly queuedAt: number
}

export type Queued = { readonly state: 'queued'; readonly begins: Beginning }

export type Beginning =
  /** A turn is asked. */
  | { readonly with: 'turn' }
  /** A turn that a person took in its conversation, by the far side's id; what is newer than `base` is its work. */
  | { readonly with: 'visit'; readonly turn: string; readonly base: string | null }
  /** What a person merged: no turn is asked for it. */
  | ({ readonly with: 'merge' } & Merged)

export type PullRequest = { readonly number: number; readonly url: string }

/** `commit`: the one that the landing branch got by it. */
export type Merged = { readonly commit: string; readonly request: PullRequest }

export type Live = {
  readonly state: 'live'
  /** The landing branch's newest commit when its first turn was about to be asked; null: it was not yet. */
  readonly base: string | null
  readonly turn: Turn
  /** On the landing branch, or offered to it, and confirmed; null: nothing of this run is. */
  readonly pushed: Pushed | null
  /** Since when the executor could not be asked; null: it answers. */
  readonly unreachableSince: number | null
  /** What was said of that last; a run of an older AFK has none. */
  readonly unreachableWhy?: string
  /** New turns wait: everything, or this repository, is paused. */
  readonly isHeld: boolean
}

export type Turn = {
  /** Counts from 1. */
  readonly number: number
  readonly purpose: 'implement' | 'fix'
  readonly askedAt: number
} & (Asked | Running | Over)

/**
 * Written down, and not yet known to be with the agent. `visit`: a person has asked it already, and it is the far
 * side's turn of this id; null: it is ours to ask.
 */
export type Asked = { readonly is: 'asked'; readonly visit: string | null }
/** `seenAt`: its last sign of life. */
export type Running = { readonly is: 'running'; readonly seenAt: number }
export type Over = { readonly is: 'over'; readonly overAt: number; readonly end: TurnEnd }

export type TurnEnd =
  /** `said`: the agent's last message. */
  | { readonly how: 'finished'; readonly said: string }
  | { readonly how: 'failed'; readonly detail: string }
  | { readonly how: 'asking'; readonly for: 'answer' | 'permission'; readonly question: string }
  /** The executor knows it no more. */
  | { readonly how: 'lost' }
  /** A usage limit, until then. */
  | { readonly how: 'limited'; readonly until: number }

export type Pushed = {
  readonly commit: string
  readonly pushedAt: number
  readonly checks: Checks
  /** Whose checks these are, where its own were cancelled: a newer commit of the landing branch that contains it. */
  readonly tip?: string
  readonly where: Where
}

/** Where its commit is. */
export type Where =
  /** On the landing branch. `request`: the pull request that brought it there; null: it was pushed there. */
  | { readonly is: 'landed'; readonly request: PullRequest | null }
  /** The head of an open pull request. */
  | ({ readonly is: 'offered'; readonly request: PullRequest } & Merging)
  /** Its pull request was closed without a merge. */
  | { readonly is: 'declined'; readonly request: PullRequest }

type Merging =
  | { readonly isMerging: false }
  /** It was decided that it is to be merged. `mergingSince`: it could be tried since; a run of an older AFK has none. */
  | { readonly isMerging: true; readonly mergingSince?: number }

/** What CI says of one commit, and since when it says so. */
export type Checks = { readonly since: number } & (
  | { readonly verdict: 'none' }
  /** `rerun`: all that is missing was cancelled, and mostly a newer commit took its place. */
  | { readonly verdict: 'pending'; readonly waitsFor: 'checks' | 'approval' | 'rerun' }
  | { readonly verdict: 'green'; readonly passed: readonly string[] }
  | { readonly verdict: 'red'; readonly failing: readonly Failing[] }
)

/** The fact, where there is one. */
export function judgedAt(tip: string | undefined): { readonly tip?: string } {
  return tip === undefined ? {} : { tip }
}

export type Failing = { readonly name: string; readonly url: string | null }

export type Ended = { readonly endedAt: number } & (Done | NeedsHuman | Frozen | Withdrawn)

export type Done = {
  readonly state: 'done'
  readonly commit: string
  /** Empty: the repository has no CI, and says so. */
  readonly passed: readonly string[]
  /** Where they passed, if not at the commit itself: a newer one that contains it. */
  readonly tip?: string
  readonly request: PullRequest | null
}

export type NeedsHuman = {
  readonly state: 'needs-human'
  readonly cause: Cause
  readonly detail: string
  /** What it pushed stays; null: nothing. */
  readonly commit: string | null
  /** Null: nothing was pushed. */
  readonly where: Where | null
}

export type Frozen = {
  readonly state: 'frozen'
  readonly ranOut: 'attempts' | 'minutes' | 'money'
  readonly commit: string
  readonly failing: readonly Failing[]
  /** Where they failed, if not at the commit itself: a newer one that contains it. */
  readonly tip?: string
  readonly where: Where
}

export type Withdrawn = { readonly state: 'withdrawn'; readonly withdrawnBy: string }

export type Cause =
  | 'question'
  | 'permission'
  | 'agent-error'
  | 'nothing-pushed'
  | 'ci-stuck'
  | 'no-ci'
  | 'executor-unreachable'
  | 'lost'
  | 'dispatch-failed'
  | 'stalled'
  | 'cost'
  /** Its pull request is a person's to merge. */
  | 'review'

/** Its fix is written down and not brought, while a commit stands that is not red: it waits for what CI says of that. */
export function doesFixWait({ turn, pushed }: Pick<Live, 'turn' | 'pushed'>): boolean {
  const isFix = turn.is === 'asked' && turn.purpose === 'fix'
  return isFix && pushed !== null && pushed.checks.verdict !== 'red'
}

/** The run while it is in state `S`. */
export type In<S extends Run['state']> = Extract<Run, { state: S }>

/** Ended in one of the kinds that ring; a withdrawn run ends in silence. */
export type Terminal = In<TerminalKind>

export function isTerminal(run: Run): run is Terminal {
  return TERMINAL_KINDS.some((kind) => kind === run.state)
}

export function isEnded(run: Run): run is Terminal | In<'withdrawn'> {
  return isTerminal(run) || run.state === 'withdrawn'
}

/** The pull request that it is in now, or ended in; null: in none. */
export function requestOf(run: Run): PullRequest | null {
  switch (run.state) {
    case 'queued':
      return run.begins.with === 'merge' ? run.begins.request : null
    case 'live':
      return run.pushed?.where.request ?? null
    case 'done':
      return run.request
    case 'needs-human':
    case 'frozen':
      return run.where?.request ?? null
    case 'withdrawn':
      return null
  }
}

export type Phase =
  'queued' | 'dispatching' | 'working' | 'paused-for-limit' | 'checking' | 'fixing' | Ended['state']

/** Where a run is, in one word for a person. */
export function phaseOf(run: Run): Phase {
  if (run.state !== 'live') return run.state
  const { turn, pushed } = run
  if (turn.is === 'over' && turn.end.how === 'limited') return 'paused-for-limit'
  if (turn.is === 'asked' && turn.number === 1) return 'dispatching'
  if (pushed === null) return 'working'
  return turn.purpose === 'fix' && turn.is !== 'over' ? 'fixing' : 'checking'
}
