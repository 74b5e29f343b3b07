/**
 * Whether an issue may be started, and the first reason why not; and which goes first. Pure.
 *
 * The reasons stand in the order of docs/verdict.md: what holds for everything, then for the repository, then
 * for the issue. It fails closed: where nobody says who put the ready label on, nobody did.
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
  /** Of its title and body. */
  readonly digest: string
}

export type Around = {
  readonly killSwitch: boolean
  readonly isEnrolled: boolean
  /** Who paused everything, or its repository; null: nobody. */
  readonly pausedBy: string | null
  readonly isMoneyGone: boolean
  /** Of the issues that block it, those that are still open. */
  readonly openBlockers: readonly number[]
  /** The run that has its repository's slot; null: none has. */
  readonly busyWith: string | null
  /** The issue's newest run that ended. `touchedSince`: a person put the ready label on again. */
  readonly lastRun: {
    readonly endedAt: number
    /** The issue's text when that run was started. */
    readonly digest: string
    readonly touchedSince: boolean
  } | null
  /** The text that was trusted with the ready label; null: none was noted, and the one now there is it. */
  readonly trustedDigest: string | null
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
  (_, { killSwitch }) => (killSwitch ? 'the kill switch is on' : null),
  (_, { isEnrolled }) => (isEnrolled ? null : 'its repository is not enrolled'),
  (_, { pausedBy }) => (pausedBy === null ? null : `paused by ${pausedBy}`),
  (_, { isMoneyGone }) => (isMoneyGone ? 'its spending limit is used up' : null),
  ({ isOpen }) => (isOpen ? null : 'it is closed'),
  untrusted,
  (_, { openBlockers }) => blocked(openBlockers),
  (_, { busyWith }) => (busyWith === null ? null : `its repository is busy with ${busyWith}`),
  untouched,
]

function untrusted(issue: Candidate, { trustedDigest }: Around) {
  const { readyBy, isTrusted, isEdited, digest } = issue
  if (isEdited) return changed
  if (!isTrusted)
    return readyBy === null
      ? 'nobody says who labelled it ready'
      : `${readyBy}, who labelled it ready, has no write access`
  const isSame = trustedDigest === null || trustedDigest === digest
  return isSame ? null : changed
}

const changed = 'its text was changed after it was labelled ready: read it, and label it again'

function blocked(openBlockers: readonly number[]): string | null {
  if (openBlockers.length === 0) return null
  const named = openBlockers.map((number) => (number === 0 ? 'one elsewhere' : `#${number}`))
  return `blocked by ${named.join(', ')}`
}

/** Another text counts as a touch only where it is known to be trusted. */
function untouched({ digest }: Candidate, { lastRun, trustedDigest }: Around): string | null {
  if (lastRun === null || lastRun.touchedSince) return null
  if (trustedDigest === digest && lastRun.digest !== digest) return null
  const endedAt = new Date(lastRun.endedAt).toISOString()
  return `its run ended at ${endedAt}, and nobody has touched the issue since`
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
