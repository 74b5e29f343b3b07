/**
 * What was observed of one run, in the order it was: a fold over its lines of the ledger. Pure.
 *
 * CI's word counts for the commit that was on the landing branch then, and stands once, as it was said last. What
 * nobody observed is none, and what an agent said of itself never is.
 */
import type { Entry } from './event.ts'
import { type Failing, judgedAt, type PullRequest } from './run.ts'

export type Milestone =
  | { readonly type: 'worktree' }
  | { readonly type: 'pushed'; readonly commit: string }
  | { readonly type: 'offered'; readonly commit: string; readonly request: PullRequest }
  | { readonly type: 'merged'; readonly commit: string; readonly request: PullRequest }
  /** Closed without a merge. */
  | { readonly type: 'declined'; readonly request: PullRequest }
  /** A force-push took it away. */
  | { readonly type: 'gone'; readonly commit: string }
  /** `tip`: where, if not at the commit itself. */
  | { readonly type: 'red'; readonly failing: readonly Failing[]; readonly tip?: string }
  | { readonly type: 'green'; readonly passed: readonly string[]; readonly tip?: string }
  /** The fix-forward turn of this run with that number was asked. */
  | { readonly type: 'fix'; readonly number: number }

type Way = {
  readonly seen: readonly Milestone[]
  /** On the landing branch, or offered to it; null: nothing of this run is. */
  readonly commit: string | null
  /** Where that is. */
  readonly where: 'landed' | 'offered'
  /** The turn that was asked and is not over; null: there is none. */
  readonly turn: number | null
}

export function milestonesOf(run: string, ledger: readonly Entry[]): readonly Milestone[] {
  const mine = ledger.flatMap((entry) => (entry.run === run ? [entry.what] : []))
  return mine.reduce(after, { ...nothing } satisfies Way).seen
}

const nothing = { seen: [], commit: null, where: 'landed', turn: null } as const

function after(way: Way, what: Entry['what']): Way {
  switch (what.type) {
    case 'adopted':
      return what.place === null || has(way, 'worktree') ? way : and(way, { type: 'worktree' })
    case 'asked': {
      const asked = { ...way, turn: what.turn }
      const number = way.seen.filter(({ type }) => type === 'fix').length + 1
      return what.charge === 'attempt' ? and(asked, { type: 'fix', number }) : asked
    }
    case 'pushed':
      return pushed(way, what.commit)
    case 'offered': {
      const { commit, request } = what
      return standsAt(way, { type: 'offered', commit, request }, 'offered')
    }
    case 'merged': {
      const { commit, request } = what
      return standsAt(way, { type: 'merged', commit, request }, 'landed')
    }
    case 'declined':
      return and(way, { type: 'declined', request: what.request })
    case 'turn-over': {
      // The end of an earlier turn says nothing about this one.
      if (what.turn !== way.turn) return way
      const over = { ...way, turn: null }
      return what.commit === null ? over : pushed(over, what.commit)
    }
    case 'unpushed': {
      const { commit } = what
      return commit === way.commit ? { ...and(way, { type: 'gone', commit }), commit: null } : way
    }
    case 'checked':
      return what.commit === way.commit ? checked(way, what) : way
    case 'started':
    case 'merging':
    case 'blocked':
    case 'slept':
    case 'based':
    case 'refused':
    case 'alive':
    case 'spent':
    case 'unreachable':
    case 'reached':
    case 'withdrawn':
    case 'held':
    case 'released':
    case 'tick':
    case 'ended':
    case 'granted':
      return way
  }
}

type Checked = Extract<Entry['what'], { readonly type: 'checked' }>

function checked(way: Way, { checks, tip }: Checked): Way {
  switch (checks.verdict) {
    case 'none':
    case 'pending':
      return way
    case 'red':
      return said(way, { type: 'red', failing: checks.failing, ...judgedAt(tip) })
    case 'green':
      return said(way, { type: 'green', passed: checks.passed, ...judgedAt(tip) })
  }
}

const verdictsFollow: ReadonlyArray<Milestone['type']> = [
  ...(['pushed', 'offered', 'merged', 'red', 'green'] as const),
]

/** The same verdict again is the same milestone, though another check is red now. */
function said(way: Way, verdict: Milestone): Way {
  const at = way.seen.findLastIndex(({ type }) => verdictsFollow.includes(type))
  const isSame = way.seen[at]?.type === verdict.type
  return isSame ? { ...way, seen: way.seen.with(at, verdict) } : and(way, verdict)
}

function pushed(way: Way, commit: string): Way {
  return standsAt(way, { type: 'pushed', commit }, 'landed')
}

type Standing = Extract<Milestone, { readonly type: 'pushed' | 'offered' | 'merged' }>

function standsAt(way: Way, milestone: Standing, where: Way['where']): Way {
  const { commit } = milestone
  const isSame = commit === way.commit && where === way.where
  return isSame ? way : { ...and(way, milestone), commit, where }
}

function has({ seen }: Way, type: Milestone['type']): boolean {
  return seen.some((each) => each.type === type)
}

function and(way: Way, milestone: Milestone): Way {
  return { ...way, seen: [...way.seen, milestone] }
}
