/**
 * Every place that is there, with what would be lost if it went: as tidying it would say.
 *
 * Of runs that share one, the last. Nothing is changed but what a fetch changes. A worktree that no record
 * names is told as it is found.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import type { Kept } from '../executors/executor.ts'
import type { Ground } from './ground.ts'
import { readPlaces } from './places.ts'
import { namesIn } from './records.ts'
import { type Standing, standingOf } from './standing.ts'
import { realPath, type Survey, surveyOf } from './survey.ts'
import { asideOf } from './tidy-place.ts'
import { whatWouldBeLost } from './what-would-be-lost.ts'

export async function keptPlaces(ground: Ground): Promise<readonly Kept[]> {
  const { folder } = ground
  const places = readPlaces(folder)
  const paths = new Set([...places.values()].map((place) => place?.path))
  const lost = namesIn(join(folder, 'worktrees')).filter(
    (name) => !paths.has(join(folder, 'worktrees', name)),
  )
  if (places.size + lost.length === 0) return []
  const survey = await surveyOf(ground)
  const kept: Kept[] = []
  for (const [run, place] of places) {
    const each = place && (await keptPlace(run, standingOf(place, places), { survey, ground }))
    if (each !== null) kept.push(each)
  }
  return [...kept, ...lost.map((run) => withoutRecord(run, folder, survey))]
}

type Around = { readonly survey: Survey; readonly ground: Ground }

/** Null: a later run has it, or nothing of it is there. */
async function keptPlace(run: string, standing: Standing, { survey, ground }: Around) {
  const { path, branch, branches, runs, successor, isMade } = standing
  const { folder } = ground
  if (successor !== null) return null
  const kept = (why: string | null): Kept => ({ run, path, branch, why })
  const visitor = survey.whoIsIn(path, runs)
  if (visitor !== null) return kept(visitor)
  const aside = asideOf(folder, path)
  if (!existsSync(path) && existsSync(aside)) return { ...kept(null), path: aside }
  const isThere = existsSync(path) || branches.some((each) => survey.branches.has(each))
  if (!isThere) return null
  return kept(isMade ? await whatWouldBeLost(standing, survey, ground) : null)
}

function withoutRecord(run: string, folder: string, { worktrees, whoIsIn }: Survey): Kept {
  const path = join(folder, 'worktrees', run)
  const branch = worktrees.get(realPath(path))?.branch ?? ''
  return { run, path, branch, why: whoIsIn(path, [run]) ?? 'the record of its place is gone' }
}
