/** Issues, their comments, labels and events, as GitHub writes them. */
import { apiOf, appOrNull, briefRepository, nodeId, pageOf, userJson, userOrNull } from './json.ts'
import type { Actor, Comment, Issue, IssueEvent, Label, Repository, Told } from './model.ts'
import { isAtLeast, roleOf } from './permissions.ts'
import { spell, spellOrNull, type State } from './state.ts'

export function labelJson(state: State, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId('LA', label.id),
    url: `${apiOf(state, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: null,
  }
}

/** How much of an issue is told. */
export type IssueView = {
  /** Labels as names alone, as the schema allows. */
  readonly labelsAsStrings: boolean
  /** Older servers have none. */
  readonly hasSummaries: boolean
}

export function issueJson(state: State, issue: Issue, view: IssueView) {
  const { repository, number, id, pull } = issue
  const api = `${apiOf(state, repository)}/issues/${number}`
  const kind = pull === null ? 'issues' : 'pull'
  return {
    url: api,
    repository_url: apiOf(state, repository),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    timeline_url: `${api}/timeline`,
    html_url: `${pageOf(repository)}/${kind}/${number}`,
    id,
    node_id: nodeId('I', id),
    number,
    title: issue.title,
    user: userOrNull(state, issue.author?.user ?? null),
    labels: issue.labels.map((each) =>
      view.labelsAsStrings ? each.name : labelJson(state, repository, each),
    ),
    state: issue.state,
    locked: issue.isLocked,
    active_lock_reason: issue.lockReason,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: issue.comments.length,
    created_at: spell(issue.createdAt),
    updated_at: spell(issue.updatedAt),
    closed_at: spellOrNull(issue.closedAt),
    author_association: associationOf(issue.author, repository),
    body: issue.body,
    closed_by: userOrNull(state, issue.closedBy),
    reactions: reactions(`${api}/reactions`),
    performed_via_github_app: appOrNull(state, issue.author?.app),
    state_reason: issue.stateReason,
    ...(issue.parent !== null && { parent_issue_url: addressOf(state, issue.parent) }),
    ...(view.hasSummaries && summariesOf(issue)),
    ...(pull !== null && {
      draft: pull.isDraft,
      pull_request: {
        url: `${apiOf(state, repository)}/pulls/${number}`,
        html_url: `${pageOf(repository)}/pull/${number}`,
        diff_url: `${pageOf(repository)}/pull/${number}.diff`,
        patch_url: `${pageOf(repository)}/pull/${number}.patch`,
        merged_at: spellOrNull(pull.mergedAt),
      },
    }),
  }
}

export function addressOf(state: State, { repository, number }: Issue): string {
  return `${apiOf(state, repository)}/issues/${number}`
}

function summariesOf(issue: Issue) {
  const blocking = issue.blocks
  const done = issue.subIssues.filter((each) => each.state === 'closed').length
  const total = issue.subIssues.length
  return {
    sub_issues_summary: {
      total,
      completed: done,
      percent_completed: total === 0 ? 0 : Math.round((done / total) * 100),
    },
    issue_dependencies_summary: {
      blocked_by: issue.blockedBy.filter((each) => each.state === 'open').length,
      blocking: blocking.filter((each) => each.state === 'open').length,
      total_blocked_by: issue.blockedBy.length,
      total_blocking: blocking.length,
    },
  }
}

export function associationOf(author: Actor | null, repository: Repository): string {
  if (author === null) return 'NONE'
  if (author.user.id === repository.owner.id) return 'OWNER'
  const role = roleOf(repository, author.user)
  return isAtLeast(role, 'triage') ? 'COLLABORATOR' : 'NONE'
}

function reactions(url: string) {
  return {
    url,
    total_count: 0,
    '+1': 0,
    '-1': 0,
    laugh: 0,
    hooray: 0,
    confused: 0,
    heart: 0,
    rocket: 0,
    eyes: 0,
  }
}

export function commentJson(state: State, comment: Comment) {
  const { id, issue, author } = comment
  const { repository, number, pull } = issue
  const api = `${apiOf(state, repository)}/issues/comments/${id}`
  const kind = pull === null ? 'issues' : 'pull'
  return {
    url: api,
    html_url: `${pageOf(repository)}/${kind}/${number}#issuecomment-${id}`,
    issue_url: addressOf(state, issue),
    id,
    node_id: nodeId('IC', id),
    user: userOrNull(state, author?.user ?? null),
    created_at: spell(comment.createdAt),
    updated_at: spell(comment.updatedAt),
    body: comment.body,
    author_association: associationOf(author, repository),
    reactions: reactions(`${api}/reactions`),
    performed_via_github_app: appOrNull(state, author?.app),
  }
}

/** In the words of the event feed, which knows no label's id and no author_association. */
export function eventJson(state: State, issue: Issue, event: IssueEvent) {
  const api = apiOf(state, issue.repository)
  const { actor, commit } = event
  return {
    id: event.id,
    node_id: nodeId('E', event.id),
    url: `${api}/issues/events/${event.id}`,
    actor: actor === null ? null : userJson(state, actor.user),
    event: event.name,
    commit_id: commit,
    commit_url: commit === null ? null : `${api}/commits/${commit}`,
    created_at: spell(event.at),
    ...toldOf(state, event.more),
    performed_via_github_app: appOrNull(state, actor?.app),
  }
}

function toldOf(state: State, more: Told): Readonly<Record<string, unknown>> {
  switch (more.kind) {
    case 'nothing':
      return {}
    case 'label':
      return { label: { name: more.label.name, color: more.label.color } }
    case 'rename':
      return { rename: { from: more.from, to: more.to } }
    case 'lock':
      return { lock_reason: more.reason }
    case 'state':
      return { state_reason: more.reason }
    case 'issue':
      return { [more.key]: issueReference(state, more.issue) }
  }
}

/** As an event names another issue. */
function issueReference(state: State, issue: Issue) {
  return {
    number: issue.number,
    title: issue.title,
    state: issue.state,
    state_reason: issue.stateReason,
    repository: briefRepository(state, issue.repository),
    issue_type: null,
  }
}
