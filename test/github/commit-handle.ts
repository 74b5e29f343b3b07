/** Commits and branches in the hands of whoever pushes: the repository's owner, if nobody is named. */
import { addCommit, move, removeBranch, resolve } from './commits.ts'
import { actorIn, type By } from './issue-handle.ts'
import type { Repository } from './model.ts'
import type { State } from './state.ts'

export type NewPush = By & {
  readonly message?: string
  /** For a commit that real git has made. */
  readonly sha?: string
  /** Default: what the branch is at; for a branch that is new, the default branch. */
  readonly parents?: readonly string[]
}

export type CommitHandle = {
  /** A commit that no branch has yet. Its hash. */
  commit(options?: NewPush): string
  /** A commit on top of a branch, made where there is none. Its hash. */
  push(branch: string, options?: NewPush): string
  /** To a commit that is there: ahead, or anywhere else as a force-push does it. */
  move(branch: string, to: string, by?: By): void
  removeBranch(branch: string, by?: By): void
  /** What a branch is at; throws where there is none. */
  head(branch: string): string
}

export function commitHandle(state: State, repository: Repository): CommitHandle {
  const tip = (branch: string) =>
    repository.branches.get(branch) ?? repository.branches.get(repository.defaultBranch)
  const add = ({ message = 'a commit', sha, parents = [], by }: NewPush) =>
    addCommit(state, repository, {
      message,
      parents,
      author: by ?? repository.owner,
      ...(sha !== undefined && { sha }),
    }).sha
  return {
    commit: (options = {}) => add(options),
    push(branch, options = {}) {
      const under = tip(branch)
      const parents = options.parents ?? (under === undefined ? [] : [under])
      const to = add({ ...options, parents })
      move(state, repository, { branch, to, actor: actorIn(repository, options) })
      return to
    },
    move(branch, to, by = {}) {
      if (!repository.commits.has(to)) throw new Error(`no commit ${to}`)
      move(state, repository, { branch, to, actor: actorIn(repository, by) })
    },
    removeBranch: (branch, by = {}) =>
      removeBranch(state, repository, { branch, actor: actorIn(repository, by) }),
    head(branch) {
      const commit = repository.branches.has(branch) ? resolve(repository, branch) : null
      if (commit === null) throw new Error(`no branch ${branch}`)
      return commit.sha
    },
  }
}
