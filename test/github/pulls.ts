/**
 * Pull requests: how they come to be, whether they may be merged, and what a merge leaves behind.
 *
 * A pull request is an issue, too, and has its number. It waits (`blocked`) while a required check of its
 * base has not ended well. A merge makes a commit with two parents, a squash a new one with one: its hash
 * has no checks yet. What its text says to close is closed when the default branch is its base, and no
 * commit stands behind that.
 */
import { addCommit, type NewCommit, between, closedBy, mergeBase, move, share } from './commits.ts'
import { close, happened, openIssue } from './issues.ts'
import type { Actor, Issue, Mergeability, MergeMethod, Pull, Repository } from './model.ts'
import { missingChecks, reviewsFor } from './rules.ts'
import type { State } from './state.ts'

export type PullText = {
  readonly title: string
  readonly body: string | null
  readonly author: Actor
  /** Where the head is; a fork, or the repository itself. */
  readonly from: Repository
  readonly head: string
  readonly base: string
  readonly isDraft?: boolean
  readonly labels?: readonly string[]
}

export function openPull(state: State, repository: Repository, text: PullText): Issue {
  const { title, body, author, from, head, base, isDraft = false, labels = [] } = text
  const headSha = from.branches.get(head)
  if (headSha === undefined) throw new Error(`no branch ${head}`)
  share(from, repository, headSha)
  const pull: Pull = {
    id: state.nextId(),
    from,
    head,
    base,
    headSha,
    isDraft,
    mergeability: null,
    mergedAt: null,
    mergedBy: null,
    mergeCommit: null,
    autoMerge: null,
  }
  return openIssue(state, repository, { title, body, author, labels, pull })
}

/** A pull request as an issue that certainly is one. */
export function pullOf(issue: Issue): Pull {
  if (issue.pull === null) throw new Error(`#${issue.number} is no pull request`)
  return issue.pull
}

export function mergeabilityOf(issue: Issue): Mergeability {
  const pull = pullOf(issue)
  if (issue.state === 'closed') return { mergeable: null, state: 'unknown' }
  if (pull.mergeability !== null) return pull.mergeability
  if (pull.isDraft) return { mergeable: true, state: 'draft' }
  const isBlocked = missingChecks(issue).length > 0 || reviewsFor(issue) > 0
  return { mergeable: true, state: isBlocked ? 'blocked' : 'clean' }
}

/** The commits that it would bring, oldest first. */
export function commitsOf(issue: Issue) {
  const { repository } = issue
  const { base, headSha } = pullOf(issue)
  const tip = repository.branches.get(base)
  const from = tip === undefined ? null : mergeBase(repository, tip, headSha)
  return between(repository, from, headSha)
}

export type Merging = {
  readonly actor: Actor
  readonly method?: MergeMethod
  readonly title?: string
  readonly message?: string
}

/** The hash that the base is at now. */
export function merge(state: State, issue: Issue, merging: Merging): string {
  const { repository } = issue
  const pull = pullOf(issue)
  const { actor, method = 'merge' } = merging
  const sha = mergedCommit(state, issue, { ...merging, method })
  pull.mergedAt = state.now()
  pull.mergedBy = actor.user
  pull.mergeCommit = sha
  happened(state, issue, { name: 'merged', actor, commit: sha })
  close(state, issue, { actor })
  repository.git?.move(pull.base, sha)
  move(state, repository, { branch: pull.base, to: sha, actor, type: 'pr_merge' })
  if (pull.base !== repository.defaultBranch) return sha
  for (const number of closedBy(`${issue.title}\n${issue.body ?? ''}`)) {
    const named = repository.issues.get(number)
    if (named !== undefined && named.pull === null) close(state, named, { actor })
  }
  return sha
}

function mergedCommit(
  state: State,
  issue: Issue,
  { actor, method, title, message }: Merging & { readonly method: MergeMethod },
): string {
  const { repository } = issue
  const { base, from, head, headSha } = pullOf(issue)
  const tip = repository.branches.get(base)
  if (tip === undefined) throw new Error(`no branch ${base}`)
  const commits = commitsOf(issue)
  const author = actor.user
  const written = (made: Omit<NewCommit, 'sha'>, brings: string) => {
    const { git } = repository
    const sha = git?.write({ ...made, brings })
    return addCommit(state, repository, { ...made, ...(sha !== undefined && { sha }) }).sha
  }
  if (method === 'rebase')
    return commits.reduce(
      (parent, { message: text, author: wrote, sha }) =>
        written({ parents: [parent], message: text, author: wrote }, sha),
      tip,
    )
  const first =
    title ??
    (method === 'squash'
      ? `${issue.title} (#${issue.number})`
      : `Merge pull request #${issue.number} from ${from.owner.login}/${head}`)
  const rest =
    message ??
    (method === 'squash'
      ? (repository.squashText ?? commits.map((each) => `* ${each.message}`).join('\n\n'))
      : issue.title)
  const parents = method === 'squash' ? [tip] : [tip, headSha]
  return written({ parents, message: `${first}\n\n${rest}`, author }, headSha)
}
