/**
 * The routes of kept worktrees: which there are, and what would be lost; and letting go of one.
 *
 * Both are refused where the loop is disarmed, with what is missing. A worktree that was kept is no refusal:
 * the answer says why. What the loop refuses changed nothing.
 */
import { Hono } from 'hono'
import type { z } from 'zod'

import { oneLine } from '../doorbell/text.ts'
import { ApiError } from '../errors.ts'
import type { Cleaned, Housekeeper, KeptPlace } from '../loop/housekeeper.ts'
import { phaseOf } from '../run/run.ts'
import type { Asked } from './auth.ts'
import { CleanBody, type CleanedView, type PlacesView, type PlaceView } from './place-schemas.ts'
import { parseWith, readJson } from './read-body.ts'
import { type LoopRoutes, missing, refused, runOf } from './runs.ts'

export function placeRoutes(parts: LoopRoutes) {
  return new Hono<Asked>()
    .get('/places', async (c) => {
      const { places, faults } = await (await keeperOf(parts)).places()
      const view: z.infer<typeof PlacesView> = {
        places: places.map(placeView),
        faults: faults.map(({ repo, detail }) => ({ repo, detail: oneLine(detail) })),
      }
      return c.json(view)
    })
    .post('/runs/:id/clean', async (c) => {
      const how = parseWith(CleanBody, await readJson(c), 'invalid_body')
      const { id } = await runOf(c.req.param('id'), parts)
      return c.json(cleanedView(id, await (await keeperOf(parts)).clean(id, how)))
    })
}

async function keeperOf(parts: LoopRoutes): Promise<Housekeeper> {
  const { housekeeper } = parts.loop
  if (housekeeper === null) throw new ApiError('loop_disarmed', await missing(parts))
  return housekeeper
}

function placeView({ run, repo, of, path, branch, why }: KeptPlace): z.infer<typeof PlaceView> {
  return {
    run: oneLine(run),
    repo: oneLine(repo),
    issueRef: of === undefined ? null : `${oneLine(of.issue.repo)}#${of.issue.number}`,
    phase: of === undefined ? null : phaseOf(of),
    path: oneLine(path),
    branch: branch === '' ? null : oneLine(branch),
    why: why === null ? null : oneLine(why),
  }
}

function cleanedView(run: string, cleaned: Cleaned): z.infer<typeof CleanedView> {
  switch (cleaned.type) {
    case 'removed':
      return { run, removed: true, path: null, why: null, left: cleaned.left.map(oneLine) }
    case 'kept': {
      const { path, why } = cleaned
      return { run, removed: false, path: oneLine(path), why: oneLine(why), left: [] }
    }
    case 'refused':
      throw refused(cleaned.why)
  }
}
