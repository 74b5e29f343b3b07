/** An issue of GitHub's as the port has it. */
import { digestOf } from '../digest.ts'
import type { Listing, TrackedIssue } from '../tracker.ts'
import { blockersOf } from './blockers.ts'
import type { Closing } from './closing.ts'
import { priorityOf } from './priority.ts'
import { bodyOf, labelsOf, type RawIssue } from './raw-issue.ts'
import type { Repo } from './repo.ts'
import type { Trust } from './trust.ts'

export type Tracking = {
  readonly repo: Repo
  readonly spell: (label: string) => string
  readonly trust: (issue: RawIssue) => Promise<Trust>
  /** Whether whoever opened it may write here. */
  readonly closing: (issue: RawIssue) => Promise<Closing | null>
}

export type Tracked = { readonly issue: TrackedIssue; readonly faults: Listing['faults'] }

export async function tracked(issue: RawIssue, tracking: Tracking): Promise<Tracked> {
  const { repo, spell, trust, closing } = tracking
  const { number, title } = issue
  const { readyBy, isTrusted, isEdited, isAuthorTrusted } = await trust(issue)
  const blockers = await blockersOf(issue, repo, { isTrusted })
  const isOpen = issue.state === 'open'
  const body = bodyOf(issue)
  const labels = labelsOf(issue)
  return {
    issue: {
      number,
      title,
      body,
      url: issue.html_url,
      labels: labels.map(spell),
      priority: priorityOf(labels, fieldsOf(issue)),
      blockedBy: blockers.numbers,
      isOpen,
      readyBy,
      isTrusted,
      isEdited,
      isAuthorTrusted,
      digest: digestOf({ title, body }),
      closedBy: isOpen ? null : await closing(issue),
    },
    faults: faultsOf(number, blockers.others),
  }
}

function faultsOf(number: number, others: readonly string[]): Listing['faults'] {
  if (others.length === 0) return []
  return [{ where: `#${number}`, what: `waits for ${others.join(', ')}` }]
}

function fieldsOf({ issue_field_values: fields }: RawIssue) {
  return (fields ?? []).map(({ issue_field_name: name, value, single_select_option: option }) => ({
    name: name ?? '',
    value: option?.name ?? value,
  }))
}
