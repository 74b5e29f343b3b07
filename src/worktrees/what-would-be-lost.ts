/**
 * What would be lost with a place, in words: the reason why it is kept.
 *
 * Changes that are not committed, a stash, a rebase or merge that is not finished, submodules, a lock that
 * somebody put on it, a commit that origin's landing branch does not have, or an origin that cannot be
 * asked. What git ignores is no loss. What cannot be looked at is not let go of.
 */
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

import { GitError } from '../git/git.ts'
import type { Ground } from './ground.ts'
import { lastLine } from './place.ts'
import type { Standing } from './standing.ts'
import { realPath, type Survey } from './survey.ts'

/** Null: nothing. */
export async function whatWouldBeLost(
  standing: Standing,
  survey: Survey,
  ground: Ground,
): Promise<string | null> {
  try {
    return (
      (await whatIsOpen(standing, survey, ground)) ?? (await whatIsNew(standing, survey, ground))
    )
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return `git would not: ${lastLine(error)}`
  }
}

/** What no commit has. Null: nothing, or it is not there. */
export async function whatIsOpen(
  { path, branches }: Standing,
  { worktrees, gitFolder: ours }: Survey,
  { repo, git }: Ground,
): Promise<string | null> {
  if (!existsSync(path)) return null
  const asked = [
    '--show-toplevel',
    '--absolute-git-dir',
    '--path-format=absolute',
    '--git-common-dir',
  ]
  const [top = '', gitFolder = '', theirs] = (await git(path, ['rev-parse', ...asked])).split('\n')
  const isOurs = theirs === ours && realpathSync(top) === realpathSync(path)
  if (!isOurs) return 'it is no worktree of the clone any more'
  const lock = worktrees.get(realPath(path))?.lock ?? null
  if (lock !== null) return `it is locked${lock === '' ? '' : `: ${lock}`}`
  const quietly = ['--no-optional-locks', 'status', '--ignore-submodules=none']
  const status = await git(path, [...quietly, '--porcelain=v1', '--untracked-files=normal'])
  if (status !== '')
    return `it has changes that are not committed: ${status.split('\n')[0]?.trim()}`
  const open = UNFINISHED.find((name) => existsSync(join(gitFolder, name)))
  if (open !== undefined) return `a rebase, merge or the like is not finished in it (${open})`
  if (existsSync(join(gitFolder, 'modules'))) return 'submodules are checked out in it'
  const stashes = (await git(repo, ['stash', 'list', '--format=%gs'])).split('\n').filter(Boolean)
  const mayBeIts = (stash: string) => {
    const [, of] = /^(?:WIP on|On) ([^:]+):/.exec(stash) ?? []
    return of === undefined || of === '(no branch)' || branches.includes(of)
  }
  return stashes.some(mayBeIts) ? 'something is stashed from it' : null
}

const UNFINISHED = [
  'rebase-merge',
  'rebase-apply',
  'MERGE_HEAD',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'BISECT_LOG',
]

/** Of its branches, and of whatever the worktree has checked out. */
async function whatIsNew(
  { path, branches }: Standing,
  survey: Survey,
  { repo, git, landingBranch }: Ground,
): Promise<string | null> {
  const head = survey.worktrees.get(realPath(path))?.head
  const heads = [head, ...branches.map((branch) => survey.branches.get(branch))].filter(
    (commit) => typeof commit === 'string',
  )
  if (heads.length === 0) return null
  const fetched = await survey.landing()
  if (fetched.type === 'missing') return 'origin has no landing branch to compare it with'
  if (fetched.type === 'unreachable') return fetched.detail
  const count = Number(await git(repo, ['rev-list', '--count', ...heads, `^${fetched.tip}`]))
  const them = count === 1 ? 'a commit of it is' : `${count} commits of it are`
  return count === 0 ? null : `${them} not on origin's ${landingBranch}`
}
