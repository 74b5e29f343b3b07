/** What the API takes and gives of kept worktrees. Every text in an answer is one line. */
import * as z from 'zod'

import { PhaseName } from './run-schemas.ts'

export const CleanBody = z
  .strictObject({
    discard: z.boolean().default(false).describe('also what is not committed; never a commit'),
  })
  .meta({ id: 'CleanBody' })

export const PlaceView = z
  .object({
    run: z.string(),
    repo: z.string(),
    issueRef: z.string().nullable().describe('null: the store has no such run'),
    phase: PhaseName.nullable().describe('how the run ended; null: the store has no such run'),
    path: z.string(),
    branch: z.string().nullable().describe('null: not known'),
    why: z
      .string()
      .nullable()
      .describe('what would be lost with it, or who is in it; null: nothing'),
  })
  .meta({ id: 'Place' })

export const PlacesView = z
  .object({
    places: z.array(PlaceView).describe('whose run ended last is last'),
    faults: z
      .array(z.object({ repo: z.string(), detail: z.string() }))
      .describe('repositories that could not be looked at'),
  })
  .meta({ id: 'Places' })

export const CleanedView = z
  .object({
    run: z.string(),
    removed: z.boolean().describe('false: it was kept'),
    path: z.string().nullable().describe('of what was kept'),
    why: z.string().nullable().describe('why it was kept'),
    left: z.array(z.string()).describe('branches that stay, for commits that nothing else has'),
  })
  .meta({ id: 'Cleaned' })
