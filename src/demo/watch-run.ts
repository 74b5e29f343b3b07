/** Where an issue's run is, as the node tells anybody who asks its API. */
import type { z } from 'zod'

import type { RunPageView, RunView } from '../server/run-schemas.ts'
import { type Api, get } from './api.ts'

export type Doing = {
  /** In the API's words: `working`, `checking`, `done`. */
  readonly phase: string
  /** Which corrective turn of how many it is in; null: none. */
  readonly fix: { readonly number: number; readonly limit: number | null } | null
}

/** Null: no run of the issue is under way. */
export async function watchRun(issueRef: string, api: Api): Promise<Doing | null> {
  const page = await get<z.infer<typeof RunPageView>>('/v1/runs?live=true', api)
  const found = page.runs.find((run) => run.issueRef === issueRef)
  if (found === undefined) return null
  const { phase, turn, budget } = await get<z.infer<typeof RunView>>(`/v1/runs/${found.id}`, api)
  const { used, limit } = budget.attempts
  return { phase, fix: turn?.purpose === 'fix' ? { number: used, limit } : null }
}
