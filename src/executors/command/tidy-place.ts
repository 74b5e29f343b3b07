/**
 * Removes a run's worktree and branch where nothing in it could be lost.
 *
 * Kept, with the reason: changes that are not committed, a stash, a rebase or merge that is not finished,
 * a commit that origin's landing branch does not have, a process, a run that goes on in it, or an origin
 * that cannot be asked. What git ignores goes with the worktree. Git itself looks once more when it
 * removes, and the branch goes only from the commit that was looked at.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { GitError } from '../../git/git.ts'
import type { Tidied } from '../executor.ts'
import { fetchLanding, type Ground, hasBranch, lastLine } from './place.ts'
import { type Place, readPlace, sharersOf } from './records.ts'

export async function tidyPlace(run: string, ground: Ground): Promise<Tidied> {
  const place = readPlace(ground.folder, run)
  if (place === null || !place.isMade) return { type: 'removed' }
  const kept = (why: string): Tidied => ({ type: 'kept', path: place.path, why })
  const isThere = existsSync(place.path)
  const isBranchThere = await hasBranch(ground, place.branch)
  if (!isThere && !isBranchThere) return { type: 'removed' }
  const successor = isThere ? goesOnIn(place, ground) : null
  if (successor !== null) return kept(`${successor} goes on in it`)
  try {
    const why =
      (isThere ? await whatIsOpen(place, ground) : null) ?? (await whatIsNew(place, ground))
    if (why !== null) return kept(why)
    const ref = `refs/heads/${place.branch}`
    const tip = isBranchThere ? (await ground.git(ground.repo, ['rev-parse', ref])).trim() : null
    if (isThere) await ground.git(ground.repo, ['worktree', 'remove', place.path])
    if (tip !== null) await ground.git(ground.repo, ['update-ref', '-d', ref, tip])
    return { type: 'removed' }
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return kept(`git would not: ${lastLine(error)}`)
  }
}

/** The last run that has the same place lets go of it. */
function goesOnIn({ path, rank }: Place, { folder }: Ground): string | null {
  return sharersOf(folder, path).find((other) => other.rank > rank)?.run ?? null
}

async function whatIsOpen({ path, branch }: Place, { repo, git }: Ground): Promise<string | null> {
  const status = await git(path, ['status', '--porcelain=v1', '--untracked-files=normal'])
  if (status !== '')
    return `it has changes that are not committed: ${status.split('\n')[0]?.trim()}`
  const gitFolder = (await git(path, ['rev-parse', '--absolute-git-dir'])).trim()
  const open = UNFINISHED.find((name) => existsSync(join(gitFolder, name)))
  if (open !== undefined) return `a rebase, merge or the like is not finished in it (${open})`
  const stashes = (await git(repo, ['stash', 'list', '--format=%gs'])).split('\n').filter(Boolean)
  const mayBeIts = (stash: string) => {
    const [, of] = /^(?:WIP on|On) ([^:]+):/.exec(stash) ?? []
    return of === undefined || of === branch || of === '(no branch)'
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

/** Of the branch, and of whatever the worktree has checked out. */
async function whatIsNew(place: Place, ground: Ground): Promise<string | null> {
  const fetched = await fetchLanding(ground)
  if (fetched.type === 'missing') return 'origin has no landing branch to compare it with'
  if (fetched.type === 'unreachable') return fetched.detail
  const heads = [
    ...(existsSync(place.path) ? [await ground.git(place.path, ['rev-parse', 'HEAD'])] : []),
    ...((await hasBranch(ground, place.branch)) ? [`refs/heads/${place.branch}`] : []),
  ].map((head) => head.trim())
  const argv = ['rev-list', '--count', ...heads, `^${fetched.tip}`]
  const count = Number(await ground.git(ground.repo, argv))
  const them = count === 1 ? 'a commit of it is' : `${count} commits of it are`
  return count === 0 ? null : `${them} not on origin's ${ground.landingBranch}`
}
