/**
 * What can happen to a run, and what its ledger keeps. Pure.
 *
 * Events come from watchers, pollers and people, late, twice and in any order. Each carries when it was
 * seen. What a watcher reports of a turn names the turn: the end of an earlier one says nothing about
 * this one.
 */
import type { Checks, Ended, PullRequest, TurnEnd } from './run.ts'

export type RunEvent = { readonly at: number } &
  /** A slot is free: its first turn may be asked. */
  (
    | { readonly type: 'started' }
    /** The landing branch's newest commit, when its first turn was about to be asked: what is its own is newer. */
    | { readonly type: 'based'; readonly base: string }
    /**
     * The agent has the turn. `place`: the path it works in; null: it has none that could be named. `thread`: the
     * conversation it is in.
     */
    | {
        readonly type: 'adopted'
        readonly turn: number
        readonly place: string | null
        readonly thread: string
        /** Where the conversation is, by the far side's id; null: it has none. */
        readonly environment: string | null
      }
    | { readonly type: 'refused'; readonly turn: number; readonly detail: string }
    | { readonly type: 'alive'; readonly turn: number; readonly seenAt: number }
    /** `commit`: what of this run was on the landing branch after the turn had ended; null: nothing. */
    | {
        readonly type: 'turn-over'
        readonly turn: number
        readonly end: TurnEnd
        readonly commit: string | null
      }
    /** What the turn has cost so far, in US dollars. */
    | { readonly type: 'spent'; readonly turn: number; readonly costUsd: number }
    /** `detail`: what did not answer, or would not, and why; an older AFK wrote none. */
    | { readonly type: 'unreachable'; readonly detail?: string }
    | { readonly type: 'reached' }
    | { readonly type: 'pushed'; readonly commit: string }
    /** It is the head of the run's open pull request. */
    | { readonly type: 'offered'; readonly commit: string; readonly request: PullRequest }
    /** Its pull request was merged, and the landing branch has it as this commit. */
    | { readonly type: 'merged'; readonly commit: string; readonly request: PullRequest }
    /** The pull request was closed without a merge. */
    | { readonly type: 'declined'; readonly request: PullRequest }
    /** The forge will not open or merge its pull request, until a person does something. */
    | { readonly type: 'blocked'; readonly why: string }
    /** A force-push took it away. */
    | { readonly type: 'unpushed'; readonly commit: string }
    /** `tip`: whose checks these are, if not the commit's own: a newer one of the landing branch that contains it. */
    | {
        readonly type: 'checked'
        readonly commit: string
        readonly checks: Verdict
        readonly tip?: string
      }
    | { readonly type: 'withdrawn'; readonly by: string }
    | { readonly type: 'held' }
    | { readonly type: 'released' }
    /** For so long nothing was looked at: the machine slept, or its clock was set. No limit counts it. */
    | { readonly type: 'slept'; readonly ms: number }
    /** Time has passed. */
    | { readonly type: 'tick' }
  )

type Distribute<T> = T extends unknown ? Omit<T, 'since'> : never
/** CI's word, without since when. */
export type Verdict = Distribute<Checks>

/** What the machine decided, beside what happened. */
export type Decision = { readonly at: number } &
  /** A turn was asked. `charge`: what it costs the budget; null: it goes on after a usage limit, or is the first. */
  (
    | {
        readonly type: 'asked'
        readonly turn: number
        readonly purpose: 'implement' | 'fix'
        readonly charge: 'attempt' | 'loss' | null
      }
    /** This head of its pull request is to be merged. */
    | { readonly type: 'merging'; readonly commit: string }
    | ({ readonly type: 'ended' } & Pick<Ended, 'state'>)
  )

/** A person gave more. It is never given back by anything else. */
export type Grant = {
  readonly type: 'granted'
  readonly at: number
  readonly by: string
  readonly why: string
  readonly attempts: number
  readonly minutes: number
  readonly costUsd: number
}

/** One line of a lineage's ledger. `run`: null for a grant. */
export type Entry = {
  readonly run: string | null
  readonly what: RunEvent | Decision | Grant
}
