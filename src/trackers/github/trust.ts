/**
 * Whether the ready label on an issue is the word of somebody who may write here, about the text that is there now.
 *
 * The label is the word of whoever applied it last. It counts if they may write; a label that a template
 * gives is its author's word. Where the author may not write, the text must not have been edited since the label,
 * title and body, as far as GitHub can tell at all. It fails closed: where the events or the edits cannot
 * be understood, or the account is gone, nobody is trusted. What cannot be asked throws.
 */
import type { Clock } from '../../clock.ts'
import { type LastEdit, lastEditOf } from './edits.ts'
import { type Happened, last, lastLabelled } from './happened.ts'
import type { Permissions } from './permissions.ts'
import { labelsOf, type RawIssue, versionOf } from './raw-issue.ts'
import { isSame } from './names.ts'
import type { Repo } from './repo.ts'
import { sinceChanged } from './since-changed.ts'

export type Trust = {
  /** Their login; null: nobody says. */
  readonly readyBy: string | null
  readonly isTrusted: boolean
  /** Not trusted because the text may have been changed since. */
  readonly isEdited: boolean
  /** Whether the author may write here. */
  readonly isAuthorTrusted: boolean
}

export type TrustParts = {
  readonly repo: Repo
  readonly readyLabel: string
  readonly permissions: Permissions
  readonly historyOf: (issue: RawIssue) => Promise<readonly Happened[] | null>
  readonly clock: Clock
}

export function trusting(parts: TrustParts): (issue: RawIssue) => Promise<Trust> {
  const { repo, readyLabel, permissions, historyOf, clock } = parts
  const edited = sinceChanged<LastEdit>(clock, ({ is }) => is !== 'unknown')

  const lastEdit = (issue: RawIssue) =>
    edited(issue.number, versionOf(issue), () => lastEditOf(issue, repo))

  return async (issue) => {
    const isAuthorTrusted = await permissions.mayWrite(issue.user ?? null)
    const isLabelled = labelsOf(issue).some((label) => isSame(label, readyLabel))
    const events = isLabelled ? await historyOf(issue) : null
    const labelled = events && lastLabelled(events, readyLabel)
    if (events === null || labelled?.actor == null)
      return { readyBy: null, isTrusted: false, isEdited: false, isAuthorTrusted }
    const says = { readyBy: labelled.actor.login, isEdited: false, isAuthorTrusted }
    if (!(await permissions.mayWrite(labelled.actor))) return { ...says, isTrusted: false }
    if (isAuthorTrusted) return { ...says, isTrusted: true }
    const renamed = last(events, 'renamed')
    const isRenamed = renamed !== null && renamed.at >= labelled.at
    const isEdited = isRenamed || !isBefore(await lastEdit(issue), labelled.at)
    return { ...says, isTrusted: !isEdited, isEdited }
  }
}

/** GitHub tells instants to the second: within the same one nobody knows what came first. */
function isBefore(edit: LastEdit, instant: number): boolean {
  switch (edit.is) {
    case 'never':
      return true
    case 'at':
      return edit.at < instant
    case 'unknown':
      return false
  }
}
