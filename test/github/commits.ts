/**
 * The commits of a repository, and what moving a branch does.
 *
 * `move` tells a push from a force-push by what is reachable, writes it into the activity, notes every issue
 * that a new commit names (`referenced`), and closes those it says to close once it is on the default branch.
 * Open pull requests of the branch follow it; with the branch they are closed. One whose head its base has got by
 * a push is merged.
 */
import { createHash } from 'node:crypto'

import { close, happened } from './issues.ts'
import type { Actor, ActivityType, Commit, Issue, Repository, User } from './model.ts'
import type { State } from './state.ts'

export const nowhere = '0'.repeat(40)

export type NewCommit = {
  /** Default: drawn. */
  readonly sha?: string
  readonly parents: readonly string[]
  readonly message: string
  readonly author: User | null
}

export function addCommit(state: State, repository: Repository, made: NewCommit): Commit {
  for (const parent of made.parents)
    if (!repository.commits.has(parent)) throw new Error(`no commit ${parent} to build upon`)
  const drawn = createHash('sha1').update(`${state.nextId()} ${made.message}`).digest('hex')
  const commit = { ...made, sha: made.sha ?? drawn, at: state.now() }
  repository.commits.set(commit.sha, commit)
  return commit
}

/** A commit and all that it was built upon. */
function ancestors({ commits }: Repository, sha: string): ReadonlySet<string> {
  const seen = new Set<string>()
  const waiting = [sha]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    waiting.push(...(commits.get(next)?.parents ?? []))
  }
  return seen
}

/** What `head` has and `base` has not, what it was built upon first. */
export function between(repository: Repository, base: string | null, head: string) {
  const known = base === null ? new Set<string>() : ancestors(repository, base)
  const fresh = [...ancestors(repository, head)].filter((sha) => !known.has(sha))
  return topological(repository, fresh)
}

function topological(repository: Repository, shas: readonly string[]): readonly Commit[] {
  const wanted = new Set(shas)
  const sorted: Commit[] = []
  const visit = (sha: string): void => {
    if (!wanted.delete(sha)) return
    const commit = repository.commits.get(sha)
    if (commit === undefined) throw new Error(`no commit ${sha}`)
    commit.parents.forEach(visit)
    sorted.push(commit)
  }
  ;[...shas].toReversed().forEach(visit)
  return sorted
}

/** Null: they have nothing in common. */
export function mergeBase(repository: Repository, one: string, other: string): string | null {
  const theirs = ancestors(repository, other)
  const common = [...ancestors(repository, one)].filter((sha) => theirs.has(sha))
  const isBelow = (sha: string) =>
    common.some((each) => each !== sha && ancestors(repository, each).has(sha))
  return common.find((sha) => !isBelow(sha)) ?? null
}

/** A full or shortened hash, a branch, or `heads/` and a branch. Null: there is none. */
export function resolve(repository: Repository, ref: string): Commit | null {
  const branch = ref.replace(/^(?:refs\/)?heads\//, '')
  const sha = repository.branches.get(branch) ?? ref
  const exact = repository.commits.get(sha)
  if (exact !== undefined) return exact
  if (!/^[0-9a-f]{7,39}$/.test(sha)) return null
  return [...repository.commits.values()].find((each) => each.sha.startsWith(sha)) ?? null
}

export type Move = {
  readonly branch: string
  readonly to: string
  readonly actor: Actor
  /** Default: as what is reachable says. */
  readonly type?: ActivityType
}

export function move(
  state: State,
  repository: Repository,
  { branch, to, actor, type }: Move,
): void {
  const before = repository.branches.get(branch) ?? null
  if (before === to) return
  repository.branches.set(branch, to)
  const isForced = before !== null && !ancestors(repository, to).has(before)
  repository.activities.push({
    id: state.nextId(),
    type: type ?? (before === null ? 'branch_creation' : isForced ? 'force_push' : 'push'),
    ref: `refs/heads/${branch}`,
    before: before ?? nowhere,
    after: to,
    actor: actor.user,
    at: state.now(),
  })
  for (const commit of between(repository, before, to))
    mention(state, repository, { commit, actor, branch })
  for (const issue of openPullsFrom(state, repository, branch)) {
    if (issue.pull !== null) issue.pull.headSha = to
    share(repository, issue.repository, to)
    issue.updatedAt = state.now()
  }
  for (const issue of openPullsInto(repository, branch))
    mergedByPush(state, issue, { before, to, actor })
}

type Pushed = { readonly before: string | null; readonly to: string; readonly actor: Actor }

/** GitHub calls it merged once its base has its head, whoever pushed that, and not where it had it before. */
function mergedByPush(state: State, issue: Issue, { before, to, actor }: Pushed): void {
  const { repository, pull } = issue
  if (pull === null || (before !== null && ancestors(repository, before).has(pull.headSha))) return
  const mainline: string[] = []
  for (let at: string | undefined = to; at !== undefined && at !== before;) {
    if (!ancestors(repository, at).has(pull.headSha)) break
    mainline.push(at)
    at = repository.commits.get(at)?.parents[0]
  }
  const brought = mainline.at(-1)
  if (brought === undefined) return
  pull.mergedAt = state.now()
  pull.mergedBy = actor.user
  pull.mergeCommit = brought
  happened(state, issue, { name: 'merged', actor, commit: brought })
  close(state, issue, { actor })
}

/** A fork and what it was forked from have one store of commits. */
export function share(from: Repository, to: Repository, sha: string): void {
  if (from === to) return
  for (const commit of between(from, null, sha)) to.commits.set(commit.sha, commit)
}

export function removeBranch(
  state: State,
  repository: Repository,
  { branch, actor }: { readonly branch: string; readonly actor: Actor },
): void {
  const before = repository.branches.get(branch)
  if (before === undefined) throw new Error(`no branch ${branch}`)
  repository.branches.delete(branch)
  repository.activities.push({
    id: state.nextId(),
    type: 'branch_deletion',
    ref: `refs/heads/${branch}`,
    before,
    after: nowhere,
    actor: actor.user,
    at: state.now(),
  })
  for (const issue of openPullsFrom(state, repository, branch)) close(state, issue, { actor })
}

function openPullsInto({ issues }: Repository, branch: string): readonly Issue[] {
  return [...issues.values()].filter(
    ({ state: stands, pull }) => stands === 'open' && pull?.base === branch,
  )
}

function openPullsFrom(state: State, repository: Repository, branch: string): readonly Issue[] {
  return state.repositories
    .flatMap((each) => [...each.issues.values()])
    .filter(
      ({ state: stands, pull }) =>
        stands === 'open' && pull?.from === repository && pull.head === branch,
    )
}

type Mention = { readonly commit: Commit; readonly actor: Actor; readonly branch: string }

function mention(state: State, repository: Repository, { commit, actor, branch }: Mention): void {
  const closed = closedBy(commit.message)
  for (const number of numbersIn(commit.message)) {
    const issue = repository.issues.get(number)
    if (issue === undefined || issue.isDeleted) continue
    const isKnown = issue.events.some(
      (each) => each.name === 'referenced' && each.commit === commit.sha,
    )
    if (!isKnown) happened(state, issue, { name: 'referenced', actor, commit: commit.sha })
    if (branch === repository.defaultBranch && closed.has(number) && issue.pull === null)
      close(state, issue, { actor, commit: commit.sha })
  }
}

function numbersIn(text: string): ReadonlySet<number> {
  return new Set([...text.matchAll(/#(\d+)/g)].map(([, number]) => Number(number)))
}

/** The numbers behind a closing keyword. */
export function closedBy(text: string): ReadonlySet<number> {
  const keyword = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)/gi
  return new Set([...text.matchAll(keyword)].map(([, number]) => Number(number)))
}
