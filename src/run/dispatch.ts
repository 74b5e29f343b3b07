/**
 * Whether an issue may be started, and the first reason why not; and which goes first. Pure.
 *
 * The reasons stand in the order of docs/verdict.md. That the loop is armed, that the repository is enrolled and
 * that a person touched the issue since its last run is seen to before: no loop, no repository or no ready label. It fails closed: where nobody says who put the ready label on, nobody did.
 */

/** What a tracker says of an issue, as far as it matters here. */
export type Candidate = Rank & {
  readonly isOpen: boolean
  /** Who put the ready label on last; null: nobody says. */
  readonly readyBy: string | null
  /** Whether they may. */
  readonly isTrusted: boolean
  /** Not trusted because its text may have been changed since, by somebody who may not. */
  readonly isEdited: boolean
}

export type Around = {
  /** Who paused everything, or its repository; null: nobody. */
  readonly pausedBy: string | null
  readonly isMoneyGone: boolean
  /** Of the issues that block it, those that are still open. */
  readonly openBlockers: readonly number[]
  /** The run that has its repository's slot; null: none has. */
  readonly busyWith: string | null
}

export type MayStart = { readonly may: true } | { readonly may: false; readonly why: string }

export function mayStart(issue: Candidate, around: Around): MayStart {
  for (const reason of reasons) {
    const why = reason(issue, around)
    if (why !== null) return { may: false, why }
  }
  return { may: true }
}

type Reason = (issue: Candidate, around: Around) => string | null

const reasons: readonly Reason[] = [
  (_, { pausedBy }) => (pausedBy === null ? null : `paused by ${pausedBy}`),
  (_, { isMoneyGone }) => (isMoneyGone ? 'its spending limit is used up' : null),
  ({ isOpen }) => (isOpen ? null : 'it is closed'),
  untrusted,
  (_, { openBlockers }) => blocked(openBlockers),
  (_, { busyWith }) => (busyWith === null ? null : `its repository is busy with ${busyWith}`),
]

function untrusted({ readyBy, isTrusted, isEdited }: Candidate): string | null {
  if (isEdited) return changed
  if (isTrusted) return null
  return readyBy === null
    ? 'nobody says who labelled it ready'
    : `${readyBy}, who labelled it ready, has no write access`
}

const changed = 'its text was changed after it was labelled ready: read it, and label it again'

function blocked(openBlockers: readonly number[]): string | null {
  if (openBlockers.length === 0) return null
  const named = openBlockers.map((number) => (number === 0 ? 'one elsewhere' : `#${number}`))
  return `blocked by ${named.join(', ')}`
}

type Rank = {
  readonly number: number
  /** Lower goes first; null: after all that have one. */
  readonly priority: number | null
}

/**
 * The most urgent first: the lowest priority number, then the lowest issue number. Of one repository's issues
 * the first that may start is started, and then the slot is taken.
 */
export function inOrder<I extends Rank>(issues: readonly I[]): readonly I[] {
  return issues.toSorted((one, two) => {
    if (one.priority === two.priority) return one.number - two.number
    if (one.priority === null) return 1
    return two.priority === null ? -1 : one.priority - two.priority
  })
}
