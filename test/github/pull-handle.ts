/** A pull request in the hands of people: an issue, and what else can be done to it. */
import { type By, actorIn, issueHandle, type IssueHandle } from './issue-handle.ts'
import { happened } from './issues.ts'
import type { Issue, Mergeability, MergeMethod, Pull, Repository } from './model.ts'
import { merge, openPull, pullOf } from './pulls.ts'
import type { State } from './state.ts'

export type NewPull = By & {
  readonly title?: string
  readonly body?: string | null
  /** A branch that is there. */
  readonly head: string
  /** Default: the default branch. */
  readonly base?: string
  /** A fork. Default: the repository itself. */
  readonly from?: { readonly record: Repository }
  readonly isDraft?: boolean
  readonly labels?: readonly string[]
}

export type PullHandle = IssueHandle & {
  readonly pull: Pull
  /** Whatever the checks say. The hash that the base is at then. */
  merge(how?: By & { readonly method?: MergeMethod; readonly message?: string }): string
  enableAutoMerge(how?: By & { readonly method?: MergeMethod }): void
  disableAutoMerge(by?: By): void
  /** Null: as branches and checks say. */
  setMergeability(mergeability: Mergeability | null): void
  makeReady(by?: By): void
}

export function pullHandle(state: State, repository: Repository, options: NewPull): PullHandle {
  const { title = 'A pull request', body = '', head, from, base, isDraft, labels, ...by } = options
  const issue = openPull(state, repository, {
    title,
    body,
    head,
    from: from?.record ?? repository,
    base: base ?? repository.defaultBranch,
    author: actorIn(repository, by),
    ...(isDraft !== undefined && { isDraft }),
    ...(labels !== undefined && { labels }),
  })
  return handleOfPull(state, issue)
}

export function handleOfPull(state: State, issue: Issue): PullHandle {
  const pull = pullOf(issue)
  const who = (by: By) => actorIn(issue.repository, by)
  return {
    ...issueHandle(state, issue),
    pull,
    merge({ method = 'merge', message, ...by } = {}) {
      const actor = who(by)
      return merge(state, issue, { actor, method, ...(message !== undefined && { message }) })
    },
    enableAutoMerge({ method = 'merge', ...by } = {}) {
      const actor = who(by)
      pull.autoMerge = { by: actor.user, method }
      happened(state, issue, { name: 'auto_merge_enabled', actor })
    },
    disableAutoMerge(by = {}) {
      pull.autoMerge = null
      happened(state, issue, { name: 'auto_merge_disabled', actor: who(by) })
    },
    setMergeability: (mergeability) => void (pull.mergeability = mergeability),
    makeReady(by = {}) {
      pull.isDraft = false
      happened(state, issue, { name: 'ready_for_review', actor: who(by) })
    },
  }
}
