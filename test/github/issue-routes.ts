/**
 * Issues: listed, read, made, changed and locked, with their events.
 *
 * A list has pull requests in it, labels are AND, and an unknown label is an empty list. Who may not push
 * has their labels dropped without a word, and may change an issue's text only if they wrote it.
 */
import { eventJson, issueJson } from './json-issue.ts'
import * as acts from './issues.ts'
import type { Issue, StateReason } from './model.ts'
import { paged } from './paging.ts'
import { isAtLeast } from './permissions.ts'
import { type Ask, invalid, notFound, ok, Refusal, type Route } from './route.ts'
import { addressOf } from './json-issue.ts'
import { timeline } from './timeline.ts'

export const issueRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'R/issues',
    operation: 'issues/list-for-repo',
    ignores: ['milestone', 'assignee', 'type', 'mentioned', 'issue_field_values'],
    needs: ['issues', 'read'],
    answer: list,
  },
  {
    method: 'POST',
    path: 'R/issues',
    operation: 'issues/create',
    needs: ['issues', 'write'],
    answer: create,
  },
  {
    method: 'GET',
    path: 'R/issues/events',
    operation: 'issues/list-events-for-repo',
    query: ['per_page', 'page'],
    needs: ['issues', 'read'],
    answer: everyEvent,
  },
  {
    method: 'GET',
    path: 'R/issues/{number}',
    operation: 'issues/get',
    needs: ['issues', 'read'],
    answer: (ask) => ok(issueJson(ask.state, issueOf(ask), ask.settings)),
  },
  {
    method: 'PATCH',
    path: 'R/issues/{number}',
    operation: 'issues/update',
    needs: ['issues', 'write'],
    answer: change,
  },
  {
    method: 'PUT',
    path: 'R/issues/{number}/lock',
    operation: 'issues/lock',
    needs: ['issues', 'write'],
    answer: (ask) => locking(ask, acts.lock),
  },
  {
    method: 'DELETE',
    path: 'R/issues/{number}/lock',
    operation: 'issues/unlock',
    needs: ['issues', 'write'],
    answer: (ask) => locking(ask, (state, issue, _, actor) => acts.unlock(state, issue, actor)),
  },
  {
    method: 'GET',
    path: 'R/issues/{number}/events',
    operation: 'issues/list-events',
    needs: ['issues', 'read'],
    answer(ask) {
      const issue = issueOf(ask)
      const { items, headers } = paged(ask, issue.events)
      return ok(
        items.map((each) => eventJson(ask.state, issue, each)),
        headers,
      )
    },
  },
  {
    method: 'GET',
    path: 'R/issues/{number}/timeline',
    operation: 'issues/list-events-for-timeline',
    needs: ['issues', 'read'],
    answer(ask) {
      const { items, headers } = paged(ask, timeline(ask.state, issueOf(ask), ask.settings))
      return ok(items, headers)
    },
  },
]

/** Throws where there is none, where it is gone, and where it has moved. */
export function issueOf({ state, repository, params, method }: Ask): Issue {
  if (!repository.hasIssues) throw new Refusal(410, 'Issues are disabled for this repo')
  const number = Number(params['number'])
  const issue = repository.issues.get(number)
  if (issue === undefined) throw notFound()
  if (issue.isDeleted) throw new Refusal(410, 'This issue was deleted')
  if (issue.movedTo !== null) {
    const url = addressOf(state, issue.movedTo)
    const [status, text] =
      method === 'GET' ? [301, 'Moved Permanently'] : [307, 'Temporary Redirect']
    throw new Refusal(Number(status), String(text), { more: { url }, headers: { location: url } })
  }
  return issue
}

/** A permission that is missing on what may be seen. */
export function forbidden(): Refusal {
  return new Refusal(403, 'Must have admin rights to Repository.')
}

export function mustBe({ role }: Ask, wanted: 'triage' | 'write' | 'admin'): void {
  if (!isAtLeast(role, wanted)) throw forbidden()
}

function list(ask: Ask) {
  const { state, repository, query, settings } = ask
  if (!repository.hasIssues) throw new Refusal(410, 'Issues are disabled for this repo')
  const wanted = (query.get('labels') ?? '').split(',').filter((name) => name !== '')
  const isAsked = query.get('state') ?? 'open'
  if (!['open', 'closed', 'all'].includes(isAsked))
    throw invalid({ resource: 'Issue', field: 'state', code: 'invalid' })
  const since = Date.parse(query.get('since') ?? '1970-01-01T00:00:00Z')
  if (Number.isNaN(since)) throw invalid({ resource: 'Issue', field: 'since', code: 'invalid' })
  const creator = query.get('creator')
  const all = [...repository.issues.values()].filter(
    (issue) =>
      !issue.isDeleted &&
      issue.movedTo === null &&
      (isAsked === 'all' || issue.state === isAsked) &&
      wanted.every((name) => acts.findLabel(issue.labels, name) !== null) &&
      isSince(issue, since, settings.sinceIsInclusive) &&
      (creator === null || issue.author?.user.login.toLowerCase() === creator.toLowerCase()),
  )
  const { items, headers } = paged(ask, sorted(all, query))
  return ok(
    items.map((issue) => issueJson(state, issue, settings)),
    headers,
  )
}

/** GitHub's instants are whole seconds. */
function isSince({ updatedAt }: Issue, since: number, isInclusive: boolean): boolean {
  const at = Math.floor(updatedAt / 1_000) * 1_000
  return since === 0 || (isInclusive ? at >= since : at > since)
}

function sorted(issues: readonly Issue[], query: URLSearchParams): readonly Issue[] {
  const sort = query.get('sort') ?? 'created'
  const keys = new Map([
    ['created', (issue: Issue) => issue.createdAt],
    ['updated', (issue: Issue) => issue.updatedAt],
    ['comments', (issue: Issue) => issue.comments.length],
  ])
  const key = keys.get(sort)
  if (key === undefined) throw invalid({ resource: 'Issue', field: 'sort', code: 'invalid' })
  const ascending = issues.toSorted((a, b) => key(a) - key(b) || a.number - b.number)
  return query.get('direction') === 'asc' ? ascending : ascending.toReversed()
}

function create(ask: Ask) {
  const { state, repository, body, actor, role, settings } = ask
  if (!repository.hasIssues) throw new Refusal(410, 'Issues are disabled for this repo')
  const { title, body: text = null, labels = [] } = body as NewIssueBody
  if (title.trim() === '')
    throw invalid({ resource: 'Issue', field: 'title', code: 'missing_field' })
  const allowed = isAtLeast(role, 'write') ? labels : []
  const made = acts.openIssue(state, repository, {
    title,
    body: text,
    author: actor,
    labels: allowed,
  })
  return { status: 201, json: issueJson(state, made, settings) }
}

type NewIssueBody = {
  readonly title: string
  readonly body?: string | null
  readonly labels?: readonly string[]
}

function change(ask: Ask) {
  const { state, actor, role, body, settings } = ask
  const issue = issueOf(ask)
  const { title, body: text, state: wanted, state_reason: reason, ...rest } = body as IssueChange
  if (Object.keys(rest).length > 0)
    throw new Error(`the stand-in does not change ${Object.keys(rest).join(', ')} of an issue`)
  const isMine = issue.author?.user.id === actor.user.id
  const isText = title !== undefined || text !== undefined
  if (!isMine && !isAtLeast(role, isText ? 'write' : 'triage')) throw forbidden()
  if (title !== undefined && title.trim() === '')
    throw invalid({ resource: 'Issue', field: 'title', code: 'missing_field' })
  if (title !== undefined) acts.retitle(state, issue, title, actor)
  if (text !== undefined) acts.rewrite(state, issue, text, actor)
  if (wanted === 'closed') acts.close(state, issue, { actor, ...(reason && { reason }) })
  if (wanted === 'open') acts.reopen(state, issue, actor)
  return ok(issueJson(state, issue, settings))
}

type IssueChange = {
  readonly title?: string
  readonly body?: string | null
  readonly state?: 'open' | 'closed'
  readonly state_reason?: StateReason | null
}

function locking(ask: Ask, act: typeof acts.lock) {
  mustBe(ask, 'write')
  const { lock_reason: reason = null } = ask.body as { readonly lock_reason?: string }
  act(ask.state, issueOf(ask), reason, ask.actor)
  return { status: 204 }
}

function everyEvent(ask: Ask) {
  const { state, repository, settings } = ask
  const all = [...repository.issues.values()].flatMap((issue) =>
    issue.isDeleted ? [] : issue.events.map((event) => ({ issue, event })),
  )
  const { items, headers } = paged(
    ask,
    all.toSorted((a, b) => b.event.id - a.event.id),
  )
  return ok(
    items.map(({ issue, event }) => ({
      ...eventJson(state, issue, event),
      issue: issueJson(state, issue, settings),
    })),
    headers,
  )
}
