/** The demo's own node, asked over HTTP as anybody asks one. */
import { setTimeout as pause } from 'node:timers/promises'
import type { z } from 'zod'

import type { RunPageView, RunView } from '../server/run-schemas.ts'

export type Api = { readonly url: string; readonly headers: Readonly<Record<string, string>> }

export async function get<T>(path: string, { url, headers }: Api): Promise<T> {
  const answer = await fetch(`${url}${path}`, { headers })
  return (await answer.json()) as T
}

/** Whether it was done. */
export async function post({ url, headers }: Api, path: string, body: object): Promise<boolean> {
  const init = { method: 'POST', headers, body: JSON.stringify(body) }
  const answer = await fetch(`${url}${path}`, init)
  return answer.ok
}

const patienceMs = 15_000

/** Ends what is under way; resolves when nothing of an agent runs any more, or patience is at its end. */
export async function stopRuns(api: Api): Promise<void> {
  const { runs } = await get<z.infer<typeof RunPageView>>('/v1/runs?live=true', api)
  const deadline = performance.now() + patienceMs
  for (const { id } of runs) {
    await post(api, `/v1/runs/${id}/stop`, {})
    while (performance.now() < deadline && !(await isTidied(id, api))) await pause(50)
  }
}

async function isTidied(id: string, api: Api): Promise<boolean> {
  const { chores } = await get<z.infer<typeof RunView>>(`/v1/runs/${id}`, api)
  return chores.every(({ state }) => state === 'done')
}
