/**
 * A run's own worktree and branch, made off the commit that is ordered, once the remote was asked.
 *
 * What is intended is written down first and that it is made last, so that a crash in between makes it
 * anew, and nothing is ever made twice. Until then no agent has been in it, and what is half there is
 * removed; after that nothing is. A worktree that its agent deleted comes back from its branch.
 */
import { existsSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import type { Order } from '../executors/executor.ts'
import { GitError } from '../git/git.ts'
import { readNote } from './ended.ts'
import type { Ground } from './ground.ts'
import { type Place, readPlace, sharersOf, writePlace } from './places.ts'

export type Placed =
  | { readonly type: 'placed'; readonly place: Place }
  | { readonly type: 'refused'; readonly detail: string }
  | { readonly type: 'unreachable'; readonly detail: string }

export async function placeFor(order: Order, ground: Ground): Promise<Placed> {
  const broken = await whatIsBroken(ground)
  if (broken !== null) return refused(`${broken.what}: ${broken.mend}`)
  const known = readPlace(ground.folder, order.run)
  if (known?.isMade) return restored(known, ground)
  if (known === null && readNote(ground.folder, order.run) !== null) return letGo(order.run)
  if (order.continues !== null) return takenOver(order, order.continues, ground)
  if (known !== null) return made(order.run, known, ground)

  const { landingBranch } = ground
  if (!(await isSo(ground, ['check-ref-format', '--branch', order.branch])))
    return refused(`"${order.branch}" is no name for a branch`)
  if (await hasBranch(ground, order.branch))
    return refused(`the branch ${order.branch} is in ${ground.repo} already: delete or rename it`)
  const fetched = await fetchLanding(ground)
  if (fetched.type === 'missing')
    return refused(`origin has no branch ${landingBranch}: push it, or name another to land on`)
  if (fetched.type === 'unreachable') return fetched
  const { branch, base } = order
  if (!(await isSo(ground, ['cat-file', '-e', `${base}^{commit}`])))
    return refused(`${ground.repo} has no commit ${base}, nor has origin's ${landingBranch}`)
  const path = join(ground.folder, 'worktrees', order.run)
  const place = { path, branch, base, isMade: false, rank: 0 }
  writePlace(ground.folder, order.run, place)
  return made(order.run, place, ground)
}

export type Fetched =
  | { readonly type: 'fetched'; readonly tip: string }
  | { readonly type: 'missing' }
  | { readonly type: 'unreachable'; readonly detail: string }

/** The landing branch's newest commit, as the remote has it now. */
export async function fetchLanding({ repo, landingBranch, git }: Ground): Promise<Fetched> {
  const head = `refs/heads/${landingBranch}`
  const tracking = `refs/remotes/origin/${landingBranch}`
  try {
    await git(repo, ['ls-remote', '--exit-code', 'origin', head])
    const quietly = ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false']
    await git(repo, [...quietly, 'fetch', '--no-tags', 'origin', `+${head}:${tracking}`])
    return { type: 'fetched', tip: (await git(repo, ['rev-parse', `${tracking}^{commit}`])).trim() }
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    if (error.code === 2) return { type: 'missing' }
    return { type: 'unreachable', detail: `origin could not be asked: ${lastLine(error)}` }
  }
}

export type Broken = { readonly what: string; readonly mend: string }

/** Of the clone; null: nothing. */
export async function whatIsBroken({ repo, git }: Ground): Promise<Broken | null> {
  if (!existsSync(repo)) return { what: `${repo} is not there`, mend: 'clone the repository to it' }
  try {
    await git(repo, ['rev-parse', '--git-dir'])
    await git(repo, ['remote', 'get-url', 'origin'])
    return null
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    if (error.code === 'ENOENT')
      return { what: 'git is not installed, or not on the PATH', mend: 'install it' }
    const what = `${repo} is no whole clone with a remote "origin": ${lastLine(error)}`
    return { what, mend: 'mend it, or clone it anew' }
  }
}

async function takenOver(order: Order, continues: string, ground: Ground): Promise<Placed> {
  const theirs = readPlace(ground.folder, continues)
  if (theirs === null || !theirs.isMade || !existsSync(theirs.path))
    return refused(`the worktree of ${continues} is gone: start the issue anew`)
  const ranks = sharersOf(ground.folder, theirs.path).map(({ rank }) => rank)
  const place = { ...theirs, branch: order.branch, rank: Math.max(...ranks) + 1 }
  const placed = await restored(place, ground)
  if (placed.type !== 'placed') return placed
  try {
    const head = (await ground.git(place.path, ['rev-parse', '--abbrev-ref', 'HEAD'])).trim()
    // A new branch at the same commit: nothing in the worktree changes.
    // In which a person's turn runs, nothing is touched at all.
    if (head !== order.branch && order.visit === null)
      await ground.git(place.path, ['switch', '-c', order.branch])
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return refused(`${place.path} cannot go on as ${order.branch}: ${lastLine(error)}`)
  }
  writePlace(ground.folder, order.run, place)
  return { type: 'placed', place }
}

/** It is there and whole, or it was deleted and comes back. */
async function restored(place: Place, ground: Ground): Promise<Placed> {
  const { path, branch, base } = place
  try {
    if (!existsSync(path)) {
      const at = (await hasBranch(ground, branch))
        ? [path, branch]
        : ['--no-track', '-b', branch, path, base]
      await ground.git(ground.repo, ['worktree', 'add', '-f', '-f', ...at])
    }
    const top = (await ground.git(path, ['rev-parse', '--show-toplevel'])).trim()
    if (realpathSync(top) === realpathSync(path)) return { type: 'placed', place }
    return refused(`${path} is no worktree any more: move away what you need, and delete it`)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return refused(`the worktree ${path} is broken: ${lastLine(error)}: mend it, or move it away`)
  }
}

/** Twice: a git that a killed node began may still be at it. */
async function made(run: string, place: Place, ground: Ground): Promise<Placed> {
  try {
    return await make(run, place, ground)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
  }
  await pause(AGAIN_MS)
  try {
    return await make(run, place, ground)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return refused(`git made no worktree in ${place.path}: ${lastLine(error)}`)
  }
}

const AGAIN_MS = 500

async function make(run: string, place: Place, ground: Ground): Promise<Placed> {
  const { path, branch, base } = place
  const { repo, git } = ground
  if (existsSync(path)) {
    // Of a try that was cut short: it may be a worktree by now, or half of one.
    await isSo(ground, ['worktree', 'remove', '--force', '--force', path])
    rmSync(path, { recursive: true, force: true })
  }
  if (await hasBranch(ground, branch)) {
    const tip = (await git(repo, ['rev-parse', `refs/heads/${branch}`])).trim()
    if (tip !== base) return refused(`the branch ${branch} has commits already: rename it`)
    await git(repo, ['worktree', 'add', '-f', '-f', path, branch])
  } else await git(repo, ['worktree', 'add', '--no-track', '-f', '-f', '-b', branch, path, base])
  const whole = { ...place, isMade: true }
  writePlace(ground.folder, run, whole)
  return { type: 'placed', place: whole }
}

export function hasBranch(ground: Ground, branch: string): Promise<boolean> {
  return isSo(ground, ['show-ref', '--verify', '--quiet', `refs/heads/${branch}`])
}

async function isSo({ repo, git }: Ground, args: readonly string[]): Promise<boolean> {
  try {
    await git(repo, args)
    return true
  } catch (error) {
    if (error instanceof GitError && typeof error.code === 'number') return false
    throw error
  }
}

/** Before it stands what git was about to do. */
export function lastLine({ stderr, message }: GitError): string {
  return stderr.split('\n').findLast(Boolean) ?? message
}

/** Whoever still asks comes too late. */
export function letGo(run: string) {
  return refused(`the place of ${run} was let go of: start the issue anew`)
}

function refused(detail: string) {
  return { type: 'refused', detail } as const
}
