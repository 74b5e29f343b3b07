/**
 * Lets go of a run's place: its worktree, its branch, and the records of its turns.
 *
 * Kept, with the reason, is what somebody is in, what another run goes on in, and, unless it is to be
 * discarded, what would lose something. A commit of the clone is never lost: a branch goes only from the commit that was
 * looked at, and only if origin's landing branch has it; what no branch leads to gets one. Every step may be
 * the last before a crash: asked again, it goes on. Of a place that several runs had one after the other,
 * the last one lets go for all.
 */
import { existsSync, mkdirSync, realpathSync, renameSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import type { Tidied } from '../executors/executor.ts'
import { GitError } from '../git/git.ts'
import { moveAway, readNote, turnsOf, writeNote } from './ended.ts'
import type { Ground } from './ground.ts'
import { branchesLeft, type LeftBranches } from './left-branches.ts'
import { hasBranch, lastLine } from './place.ts'
import { readPlace, readPlaces } from './places.ts'
import { type Standing, standingOf } from './standing.ts'
import { realPath, type Survey, surveyOf } from './survey.ts'
import { whatIsOpen, whatWouldBeLost } from './what-would-be-lost.ts'

export type Tidying = {
  readonly ground: Ground
  readonly discard: boolean
  readonly now: number
}

export async function tidyPlace(run: string, { ground, discard, now }: Tidying): Promise<Tidied> {
  const { folder } = ground
  const place = readPlace(folder, run)
  if (place === null) return withoutPlace(run, ground)
  const { path } = place
  const kept = (why: string): Tidied => ({ type: 'kept', path, why })
  if (!isBelow(path, folder)) return kept('the record of its place was changed')
  const standing = standingOf(place, readPlaces(folder))
  if (standing.successor !== null) return kept(`${standing.successor} goes on in it`)

  const survey = await surveyOf(ground)
  const visitor = survey.whoIsIn(path, standing.runs)
  if (visitor !== null) return kept(visitor)
  const mayGo = discard || !standing.isMade || isDecided(standing, folder)
  const why = mayGo ? null : await whatWouldBeLost(standing, survey, ground)
  if (why !== null) return kept(why)
  try {
    const branches = await branchesLeft(standing, survey, ground)
    writeDown(standing, { folder, at: now, left: branches.left })
    // Some time has passed since: origin was asked.
    const late = mayGo ? null : await whatIsOpen(standing, survey, ground)
    if (late !== null) return kept(late)
    await remove(standing, { survey, ground, branches })
    moveAway(folder, standing.runs)
    return removed(run, ground)
  } catch (error) {
    if (error instanceof GitError) return kept(`git would not: ${lastLine(error)}`)
    throw error
  }
}

/** Where a worktree is put aside while it is removed: at its own path nobody finds half of one. */
export const asideOf = (folder: string, path: string) => join(folder, 'removed', basename(path))

/** An earlier try got so far that nothing is where it was. */
function isDecided({ path, runs }: Standing, folder: string): boolean {
  return !existsSync(path) && runs.some((run) => readNote(folder, run) !== null)
}

type Decision = { readonly folder: string; readonly at: number; readonly left: readonly string[] }

/** Before anything goes. What an earlier try left stays known. */
function writeDown({ runs }: Standing, { folder, at, left }: Decision): void {
  for (const run of runs) {
    const before = readNote(folder, run)?.left ?? []
    writeNote(folder, run, { at, left: [...new Set([...before, ...left])] })
  }
}

function isBelow(path: string, folder: string): boolean {
  const [mine, worktrees] = [dirname(path), join(folder, 'worktrees')]
  if (mine === worktrees) return true
  return existsSync(mine) && existsSync(worktrees) && realpathSync(mine) === realpathSync(worktrees)
}

type Removal = {
  readonly survey: Survey
  readonly ground: Ground
  readonly branches: LeftBranches
}

async function remove({ path }: Standing, { survey, ground, branches }: Removal): Promise<void> {
  const { folder, repo, git } = ground
  const aside = asideOf(folder, path)
  if (existsSync(path)) {
    mkdirSync(dirname(aside), { recursive: true, mode: 0o700 })
    await rm(aside, { recursive: true, force: true })
    renameSync(path, aside)
  }
  const listed = realPath(path)
  if (survey.worktrees.has(listed))
    await git(repo, ['worktree', 'remove', '--force', '--force', listed])
  for (const [branch, tip] of branches.landed)
    await git(repo, ['update-ref', '-d', `refs/heads/${branch}`, tip])
  await rm(aside, { recursive: true, force: true })
}

/** It never had one, or it is gone already, or its agent removed the record of it. */
async function withoutPlace(run: string, ground: Ground): Promise<Tidied> {
  const { folder } = ground
  const path = join(folder, 'worktrees', run)
  if (existsSync(path)) return { type: 'kept', path, why: 'the record of its place is gone' }
  if (turnsOf(folder, [run]).length === 0) return removed(run, ground)
  const visitor = (await ground.occupants())(path, [run])
  if (visitor !== null) return { type: 'kept', path, why: visitor }
  moveAway(folder, [run])
  return removed(run, ground)
}

/** A branch that a person deleted since is not left any more. */
async function removed(run: string, ground: Ground): Promise<Tidied> {
  const left: string[] = []
  for (const branch of readNote(ground.folder, run)?.left ?? [])
    if (await hasBranch(ground, branch)) left.push(branch)
  return { type: 'removed', left }
}
