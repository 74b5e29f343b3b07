/**
 * Commits, branches, refs and comparisons.
 *
 * A repository without a commit answers 409. What is no commit is 422 where a commit is asked for, and 404
 * where two are compared. Pull requests of a commit, and the activity of branches, are here, too.
 */
import { between, mergeBase, removeBranch, resolve } from './commits.ts'
import { mustBe } from './issue-routes.ts'
import { commitJson, refJson } from './json-commit.ts'
import { pullJson } from './json-pull.ts'
import { apiOf, nodeId, pageOf, userOrNull } from './json.ts'
import type { Activity, Commit, Issue } from './model.ts'
import { paged } from './paging.ts'
import { type Answer, type Ask, notFound, ok, Refusal, type Route } from './route.ts'
import { protectionOf } from './rules.ts'
import { spell } from './state.ts'

const contents = ['contents', 'read'] as const

export const commitRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'R/commits',
    operation: 'repos/list-commits',
    ignores: ['path', 'committer', 'until'],
    needs: contents,
    answer: listCommits,
  },
  {
    method: 'GET',
    path: 'R/commits/{sha}/pulls',
    operation: 'repos/list-pull-requests-associated-with-commit',
    needs: ['pull_requests', 'read'],
    answer: pullsOfCommit,
  },
  {
    method: 'GET',
    path: 'R/commits/{ref}',
    operation: 'repos/get-commit',
    needs: contents,
    answer: (ask) => ok(commitJson(ask.state, ask.repository, commitOf(ask))),
  },
  {
    method: 'GET',
    path: 'R/compare/{basehead+}',
    operation: 'repos/compare-commits-with-basehead',
    needs: contents,
    answer: compare,
  },
  {
    method: 'GET',
    path: 'R/branches/{branch+}',
    operation: 'repos/get-branch',
    needs: contents,
    answer: branch,
  },
  {
    method: 'GET',
    path: 'R/git/ref/{ref+}',
    operation: 'git/get-ref',
    needs: contents,
    answer(ask) {
      const [name, sha] = refOf(ask)
      return ok(refJson(ask.state, ask.repository, name, sha))
    },
  },
  {
    method: 'DELETE',
    path: 'R/git/refs/{ref+}',
    operation: 'git/delete-ref',
    needs: ['contents', 'write'],
    answer(ask) {
      mustBe(ask, 'write')
      const [name] = refOf(ask)
      removeBranch(ask.state, ask.repository, { branch: name, actor: ask.actor })
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: 'R/git/matching-refs/{ref+}',
    operation: 'git/list-matching-refs',
    needs: contents,
    answer({ state, repository, params }) {
      const prefix = `refs/${params['ref'] ?? ''}`
      const all = [...repository.branches].filter(([name]) =>
        `refs/heads/${name}`.startsWith(prefix),
      )
      return ok(all.map(([name, sha]) => refJson(state, repository, name, sha)))
    },
  },
  {
    method: 'GET',
    path: 'R/activity',
    operation: 'repos/list-activities',
    ignores: ['direction', 'before', 'time_period'],
    needs: contents,
    answer: activity,
  },
]

/** What a path names as its commit; throws as GitHub refuses. */
export function commitOf({ repository, params }: Ask): Commit {
  if (repository.commits.size === 0) throw new Refusal(409, 'Git Repository is empty.')
  const ref = params['ref'] ?? params['sha'] ?? ''
  const commit = resolve(repository, ref)
  if (commit === null) throw new Refusal(422, `No commit found for SHA: ${ref}`)
  return commit
}

function refOf({ repository, params }: Ask): readonly [string, string] {
  if (repository.commits.size === 0) throw new Refusal(409, 'Git Repository is empty.')
  const name = (params['ref'] ?? '').replace(/^heads\//, '')
  const sha = repository.branches.get(name)
  if (sha === undefined) throw notFound()
  return [name, sha]
}

/** Newest first. */
function listCommits(ask: Ask): Answer {
  const { state, repository, query } = ask
  if (repository.commits.size === 0) throw new Refusal(409, 'Git Repository is empty.')
  const from = resolve(repository, query.get('sha') ?? repository.defaultBranch)
  if (from === null) throw notFound()
  const since = Date.parse(query.get('since') ?? '1970-01-01T00:00:00Z')
  const author = query.get('author')
  const all = between(repository, null, from.sha).toReversed()
  const asked = all.filter(
    (commit) => commit.at >= since && (author === null || commit.author?.login === author),
  )
  const { items, headers } = paged(ask, asked)
  return ok(
    items.map((each) => commitJson(state, repository, each)),
    headers,
  )
}

function pullsOfCommit(ask: Ask): Answer {
  const { state, repository } = ask
  const commit = commitOf(ask)
  const has = ({ pull }: Issue) =>
    pull !== null &&
    (pull.mergeCommit === commit.sha ||
      between(repository, repository.branches.get(pull.base) ?? null, pull.headSha).includes(
        commit,
      ))
  const { items, headers } = paged(ask, [...repository.issues.values()].filter(has))
  return ok(
    items.map((each) => pullJson(state, each)),
    headers,
  )
}

function compare(ask: Ask): Answer {
  const { state, repository, params } = ask
  const [baseRef = '', headRef = ''] = (params['basehead'] ?? '').split('...')
  const [base, head] = [baseRef, headRef].map((ref) =>
    resolve(repository, ref.replace(/^[^:]*:/, '')),
  )
  if (!base || !head) throw notFound()
  const shared = mergeBase(repository, base.sha, head.sha)
  if (shared === null)
    throw new Refusal(404, `No common ancestor between ${baseRef} and ${headRef}.`)
  const ahead = between(repository, base.sha, head.sha)
  const behind = between(repository, head.sha, base.sha).length
  const { items, headers } = paged(ask, ahead, 250)
  const [api, page] = [apiOf(state, repository), pageOf(repository)]
  const rest = `compare/${baseRef}...${headRef}`
  return ok(
    {
      url: `${api}/${rest}`,
      html_url: `${page}/${rest}`,
      permalink_url: `${page}/${rest}`,
      diff_url: `${page}/${rest}.diff`,
      patch_url: `${page}/${rest}.patch`,
      base_commit: commitJson(state, repository, base),
      merge_base_commit: commitJson(state, repository, commitAt(ask, shared)),
      status: statusOf(ahead.length, behind),
      ahead_by: ahead.length,
      behind_by: behind,
      total_commits: ahead.length,
      commits: items.map((each) => commitJson(state, repository, each)),
      files: [],
    },
    headers,
  )
}

function commitAt({ repository }: Ask, sha: string): Commit {
  const commit = repository.commits.get(sha)
  if (commit === undefined) throw new Error(`no commit ${sha}`)
  return commit
}

function statusOf(ahead: number, behind: number): string {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind'
  return behind === 0 ? 'ahead' : 'diverged'
}

function branch({ state, repository, params }: Ask): Answer {
  const name = params['branch'] ?? ''
  const sha = repository.branches.get(name)
  const commit = sha === undefined ? undefined : repository.commits.get(sha)
  if (commit === undefined) throw new Refusal(404, 'Branch not found')
  const self = `${apiOf(state, repository)}/branches/${name}`
  const { isProtected, protection } = protectionOf(repository, name)
  return ok({
    name,
    commit: commitJson(state, repository, commit),
    _links: { self, html: `${pageOf(repository)}/tree/${name}` },
    protected: isProtected,
    protection,
    protection_url: `${self}/protection`,
  })
}

/** Newest first, with cursors instead of pages. */
function activity(ask: Ask): Answer {
  const { state, repository, query, path } = ask
  const size = Math.min(Number(query.get('per_page') ?? 30), 100)
  const types = query.get('activity_type')?.split(',')
  const all = repository.activities
    .filter((each) => {
      const ref = query.get('ref')
      const actor = query.get('actor')
      return (
        (ref === null || each.ref === ref || each.ref === `refs/heads/${ref}`) &&
        (actor === null || each.actor?.login === actor) &&
        (types === undefined || types.includes(each.type))
      )
    })
    .toReversed()
  const after = Number(query.get('after') ?? Infinity)
  const rest = all.filter(({ id }) => id < after)
  const items = rest.slice(0, size)
  const next = new URLSearchParams(query)
  next.set('after', String(items.at(-1)?.id ?? 0))
  const link = `<${state.url}${path}?${next.toString()}>; rel="next"`
  return ok(
    items.map((each) => activityJson(ask, each)),
    rest.length > size ? { link } : {},
  )
}

function activityJson({ state }: Ask, each: Activity) {
  return {
    id: each.id,
    node_id: nodeId('PSH', each.id),
    before: each.before,
    after: each.after,
    ref: each.ref,
    timestamp: spell(each.at),
    activity_type: each.type,
    actor: userOrNull(state, each.actor),
  }
}
