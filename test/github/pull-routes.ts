/**
 * Pull requests: listed, read, opened, changed and merged.
 *
 * A merge names the head it means, or takes the risk: another head is 409. What may not be merged is 405,
 * and says why. A second pull request of the same branch is 422, and so is one that brings nothing.
 */
import { between } from './commits.ts'
import { forbidden, mustBe } from './issue-routes.ts'
import * as acts from './issues.ts'
import { commitJson } from './json-commit.ts'
import { fullPullJson, pullJson } from './json-pull.ts'
import type { Issue, MergeMethod } from './model.ts'
import { paged } from './paging.ts'
import { isAtLeast } from './permissions.ts'
import { whyNotMerged } from './merge-rules.ts'
import { commitsOf, merge, openPull, pullOf } from './pulls.ts'
import { type Answer, type Ask, invalid, notFound, ok, Refusal, type Route } from './route.ts'

const reading = ['pull_requests', 'read'] as const
const writing = ['pull_requests', 'write'] as const

export const pullRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'R/pulls',
    operation: 'pulls/list',
    query: ['state', 'head', 'base', 'sort', 'direction', 'per_page', 'page'],
    needs: reading,
    answer: list,
  },
  { method: 'POST', path: 'R/pulls', operation: 'pulls/create', needs: writing, answer: create },
  {
    method: 'GET',
    path: 'R/pulls/{number}',
    operation: 'pulls/get',
    needs: reading,
    answer: (ask) => ok(fullPullJson(ask.state, pullIn(ask))),
  },
  {
    method: 'PATCH',
    path: 'R/pulls/{number}',
    operation: 'pulls/update',
    needs: writing,
    answer: change,
  },
  {
    method: 'GET',
    path: 'R/pulls/{number}/commits',
    operation: 'pulls/list-commits',
    query: ['per_page', 'page'],
    needs: reading,
    answer(ask) {
      const { state, repository } = ask
      const { items, headers } = paged(ask, commitsOf(pullIn(ask)).slice(0, 250))
      return ok(
        items.map((each) => commitJson(state, repository, each)),
        headers,
      )
    },
  },
  {
    method: 'GET',
    path: 'R/pulls/{number}/merge',
    operation: 'pulls/check-if-merged',
    needs: reading,
    answer(ask) {
      if (pullOf(pullIn(ask)).mergedAt === null) throw notFound()
      return { status: 204 }
    },
  },
  {
    method: 'PUT',
    path: 'R/pulls/{number}/merge',
    operation: 'pulls/merge',
    needs: ['contents', 'write'],
    answer: mergeIt,
  },
]

function pullIn({ repository, params }: Ask): Issue {
  const issue = repository.issues.get(Number(params['number']))
  if (issue === undefined || issue.pull === null || issue.isDeleted) throw notFound()
  return issue
}

function list(ask: Ask): Answer {
  const { state, repository, query } = ask
  const wanted = query.get('state') ?? 'open'
  const [head, base] = [query.get('head'), query.get('base')]
  const [user, branch] = head?.split(':') ?? []
  // GitHub ignores a head without its owner.
  const isHead = ({ from, head: ref }: ReturnType<typeof pullOf>) =>
    branch === undefined ||
    (from.owner.login.toLowerCase() === user?.toLowerCase() && ref === branch)
  const all = [...repository.issues.values()].filter(
    (issue) =>
      issue.pull !== null &&
      (wanted === 'all' || issue.state === wanted) &&
      isHead(issue.pull) &&
      (base === null || issue.pull.base === base),
  )
  const { items, headers } = paged(ask, sorted(all, query))
  return ok(
    items.map((each) => pullJson(state, each)),
    headers,
  )
}

function sorted(pulls: readonly Issue[], query: URLSearchParams): readonly Issue[] {
  const key = ({ updatedAt, createdAt }: Issue) =>
    query.get('sort') === 'updated' ? updatedAt : createdAt
  const ascending = pulls.toSorted((a, b) => key(a) - key(b) || a.number - b.number)
  return query.get('direction') === 'asc' ? ascending : ascending.toReversed()
}

type NewPullBody = {
  readonly title: string
  readonly head: string
  readonly base: string
  readonly body?: string | null
  readonly draft?: boolean
}

function create(ask: Ask): Answer {
  const { state, repository, body, actor } = ask
  const { title, head, base, body: text = null, draft = false } = body as NewPullBody
  const [branch = '', user] = head.split(':').toReversed()
  const from = state.repositories.find(
    (each) =>
      !each.isDeleted &&
      each.name === repository.name &&
      each.owner.login.toLowerCase() === (user ?? repository.owner.login).toLowerCase(),
  )
  const sha = from?.branches.get(branch)
  const tip = repository.branches.get(base)
  if (tip === undefined) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' })
  if (from === undefined || sha === undefined)
    throw invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' })
  const isThere = [...repository.issues.values()].some(
    ({ pull, state: stands }) =>
      stands === 'open' && pull?.from === from && pull.head === branch && pull.base === base,
  )
  if (isThere) throw custom(`A pull request already exists for ${from.owner.login}:${branch}.`)
  if (between(from, from.commits.has(tip) ? tip : null, sha).length === 0)
    throw custom(`No commits between ${base} and ${branch}`)
  const made = openPull(state, repository, {
    title,
    body: text,
    author: actor,
    from,
    head: branch,
    base,
    isDraft: draft,
  })
  return { status: 201, json: fullPullJson(state, made) }
}

function custom(message: string): Refusal {
  return new Refusal(422, 'Validation Failed', {
    more: { errors: [{ resource: 'PullRequest', code: 'custom', message }] },
  })
}

type PullChange = {
  readonly title?: string
  readonly body?: string | null
  readonly state?: 'open' | 'closed'
}

function change(ask: Ask): Answer {
  const { state, actor, role } = ask
  const issue = pullIn(ask)
  const { title, body, state: wanted } = ask.body as PullChange
  if (issue.author?.user.id !== actor.user.id && !isAtLeast(role, 'write')) throw forbidden()
  if (title !== undefined) acts.retitle(state, issue, title, actor)
  if (body !== undefined) acts.rewrite(state, issue, body, actor)
  if (wanted === 'closed') acts.close(state, issue, { actor })
  if (wanted === 'open') {
    if (pullOf(issue).mergedAt !== null) throw custom('state cannot be changed.')
    acts.reopen(state, issue, actor)
  }
  return ok(fullPullJson(state, issue))
}

type MergeBody = {
  readonly sha?: string
  readonly merge_method?: MergeMethod
  readonly commit_title?: string
  readonly commit_message?: string
}

function mergeIt(ask: Ask): Answer {
  mustBe(ask, 'write')
  const issue = pullIn(ask)
  const {
    sha,
    merge_method: method = 'merge',
    commit_title: title,
    commit_message: message,
  } = ask.body as MergeBody
  const why = whyNotMerged(issue, { method, sha })
  if (why !== null) throw new Refusal(why.status, why.message)
  const merged = merge(ask.state, issue, {
    actor: ask.actor,
    method,
    ...(title !== undefined && { title }),
    ...(message !== undefined && { message }),
  })
  return ok({ sha: merged, merged: true, message: 'Pull Request successfully merged' })
}
