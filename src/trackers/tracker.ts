/**
 * The port every tracker fills: the issues of one repository.
 *
 * Reads tell what is there now. Every write may be repeated: it says what must be so, and where it is so
 * already nothing happens. A person may edit the same issue at any moment; nothing of theirs is ever
 * lost, and a write that cannot be made without losing it says `conflict` and changes nothing. A tracker
 * that cannot be asked throws a `TrackerError`: that says nothing about any issue.
 */
import type { Finding } from '../doorbell/finding.ts'

export type Tracker = {
  /** For so long after a write a read may still tell what was there before it. */
  readonly lagMs: number

  /** Open issues with one of these labels, and what of the rest could not be understood. */
  list(labels: readonly string[]): Promise<Listing>

  /** Null: there is no such issue. Throws a `TrackerError` if it cannot be understood. */
  read(number: number): Promise<TrackedIssue | null>

  label(number: number, change: LabelChange): Promise<Written>

  /** The one comment that is ours, made or edited in place. */
  comment(number: number, body: string): Promise<Written>

  close(number: number): Promise<Written>

  reopen(number: number): Promise<Written>

  /**
   * Tries what can be tried without a write, and says what to mend. A far side's failure is a finding and never
   * thrown; each request ends by itself. No finding holds a secret.
   */
  check(labels: Labels): Promise<readonly Finding[]>
}

/** What a loop goes by, and what it writes. */
export type Labels = {
  readonly ready: string
  readonly inProgress: string
  readonly human: string
}

export type TrackedIssue = {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly url: string | null
  readonly labels: readonly string[]
  /** Lower goes first; null: none was given. */
  readonly priority: number | null
  /** 0 stands for what has no number here. */
  readonly blockedBy: readonly number[]
  readonly isOpen: boolean
  /** Who applied the ready label last; null: nobody says. */
  readonly readyBy: string | null
  /** Whether they may: by write access, or because only the owner can write to the tracker at all. */
  readonly isTrusted: boolean
  /** Not trusted because its text was, or may have been, changed since the label by an author who may not write. */
  readonly isEdited: boolean
  /** Whether its author may write there: only they and those who may can edit its text. */
  readonly isAuthorTrusted: boolean
  /** Of title and body, as hexadecimal SHA-256: what was trusted is told from a later edit. */
  readonly digest: string
  /** A close with a commit behind it is no withdrawal. Null: it is open, or nothing says, now, how it was closed. */
  readonly closedBy: { readonly who: string | null; readonly commit: string | null } | null
}

export type Listing = {
  readonly issues: readonly TrackedIssue[]
  readonly faults: ReadonlyArray<{ readonly where: string; readonly what: string }>
}

export type LabelChange = { readonly add: readonly string[]; readonly remove: readonly string[] }

export type Written = 'written' | 'gone' | 'conflict'
