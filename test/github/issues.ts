/**
 * What can be done to an issue, whoever does it: a person in the world, or a request.
 *
 * Nobody is asked here whether they may. Each act leaves the events that GitHub leaves: none for a label
 * that is there already, none for an edited body, and `labeled` by the author for a label given at creation.
 */
import type {
  Actor,
  Comment,
  Issue,
  IssueEvent,
  Label,
  Pull,
  Repository,
  StateReason,
  Told,
} from './model.ts'
import type { State } from './state.ts'

export type IssueText = {
  readonly title: string
  readonly body: string | null
  /** Null: by an account that is gone. */
  readonly author: Actor | null
  readonly labels: readonly string[]
}

export function openIssue(
  state: State,
  repository: Repository,
  { title, body, author, labels, pull = null }: IssueText & { readonly pull?: Pull | null },
): Issue {
  const now = state.now()
  const issue: Issue = {
    id: state.nextId(),
    repository,
    number: (repository.lastNumber += 1),
    title,
    body,
    author,
    state: 'open',
    stateReason: null,
    labels: [],
    isLocked: false,
    lockReason: null,
    comments: [],
    events: [],
    edits: [],
    closedBy: null,
    closedAt: null,
    createdAt: now,
    updatedAt: now,
    isDeleted: false,
    movedTo: null,
    blockedBy: [],
    blocks: [],
    parent: null,
    subIssues: [],
    pull,
  }
  repository.issues.set(issue.number, issue)
  for (const name of labels) addLabel(state, issue, { name, actor: author })
  return issue
}

export type Happening = {
  readonly actor: Actor | null
  readonly commit?: string | null
  readonly more?: Told
}

export function happened(
  state: State,
  issue: Issue,
  { name, actor, commit = null, more = { kind: 'nothing' } }: Happening & { readonly name: string },
): IssueEvent {
  const event = { id: state.nextId(), name, actor, at: state.now(), commit, more }
  issue.events.push(event)
  issue.updatedAt = state.now()
  return event
}

export function findLabel(labels: readonly Label[], name: string): Label | null {
  const wanted = name.toLowerCase()
  return labels.find((each) => each.name.toLowerCase() === wanted) ?? null
}

/** A repository's label of the name, made where there is none. */
export function labelIn(state: State, { labels }: Repository, name: string): Label {
  const known = findLabel(labels, name)
  if (known !== null) return known
  const made = { id: state.nextId(), name, color: 'ededed' }
  labels.push(made)
  return made
}

type Named = { readonly name: string; readonly actor: Actor | null }

export function addLabel(state: State, issue: Issue, { name, actor }: Named): void {
  if (findLabel(issue.labels, name) !== null) return
  const label = labelIn(state, issue.repository, name)
  issue.labels = [...issue.labels, label]
  happened(state, issue, { name: 'labeled', actor, more: { kind: 'label', label } })
}

/** False: it is not on the issue. */
export function removeLabel(state: State, issue: Issue, { name, actor }: Named): boolean {
  const label = findLabel(issue.labels, name)
  if (label === null) return false
  issue.labels = issue.labels.filter((each) => each !== label)
  happened(state, issue, { name: 'unlabeled', actor, more: { kind: 'label', label } })
  return true
}

export function retitle(state: State, issue: Issue, title: string, actor: Actor): void {
  if (title === issue.title) return
  const more: Told = { kind: 'rename', from: issue.title, to: title }
  issue.title = title
  happened(state, issue, { name: 'renamed', actor, more })
}

export function rewrite(state: State, issue: Issue, body: string | null, actor: Actor): void {
  if (body === issue.body) return
  issue.body = body
  issue.edits.push({ id: state.nextId(), at: state.now(), editor: actor.user })
  issue.updatedAt = state.now()
}

export type Closing = {
  readonly actor: Actor | null
  readonly reason?: StateReason
  readonly commit?: string | null
}

export function close(
  state: State,
  issue: Issue,
  { actor, reason = 'completed', commit = null }: Closing,
): void {
  if (issue.state === 'closed') return
  issue.state = 'closed'
  issue.stateReason = issue.pull === null ? reason : null
  issue.closedBy = actor?.user ?? null
  issue.closedAt = state.now()
  const more: Told = { kind: 'state', reason: issue.stateReason }
  happened(state, issue, { name: 'closed', actor, commit, more })
}

export function reopen(state: State, issue: Issue, actor: Actor): void {
  if (issue.state === 'open') return
  issue.state = 'open'
  issue.stateReason = issue.pull === null ? 'reopened' : null
  issue.closedBy = null
  issue.closedAt = null
  const more: Told = { kind: 'state', reason: issue.stateReason }
  happened(state, issue, { name: 'reopened', actor, more })
}

export function lock(state: State, issue: Issue, reason: string | null, actor: Actor): void {
  issue.isLocked = true
  issue.lockReason = reason
  happened(state, issue, { name: 'locked', actor, more: { kind: 'lock', reason } })
}

export function unlock(state: State, issue: Issue, actor: Actor): void {
  issue.isLocked = false
  issue.lockReason = null
  happened(state, issue, { name: 'unlocked', actor, more: { kind: 'lock', reason: null } })
}

/** The old address leads to the new one; the events stay behind. */
export function transfer(state: State, issue: Issue, to: Repository): Issue {
  const { title, body, author, labels } = issue
  const names = labels.map(({ name }) => name)
  const moved = openIssue(state, to, { title, body, author, labels: names })
  issue.movedTo = moved
  return moved
}

export function comment(
  state: State,
  issue: Issue,
  { body, author }: { readonly body: string; readonly author: Actor | null },
): Comment {
  const now = state.now()
  const made = { id: state.nextId(), issue, body, author, createdAt: now, updatedAt: now }
  issue.comments.push(made)
  issue.updatedAt = now
  return made
}

export function editComment(state: State, edited: Comment, body: string): void {
  edited.body = body
  edited.updatedAt = state.now()
  edited.issue.updatedAt = state.now()
}

export function removeComment(state: State, { id, issue }: Comment): void {
  const at = issue.comments.findIndex((each) => each.id === id)
  if (at !== -1) issue.comments.splice(at, 1)
  issue.updatedAt = state.now()
}
