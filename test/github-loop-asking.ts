/** A node of the loop on GitHub, asked over HTTP as its owner asks it. */
import type { z } from 'zod'

import { RunPageView, RunView } from '../src/server/run-schemas.ts'
import { RingPageView, RingView, StatusView } from '../src/server/schemas.ts'
import { read } from './bell.ts'
import { operator } from './github-loop-node.ts'

const json = { 'content-type': 'application/json' }

export type SeenRun = z.infer<typeof RunView>

export function asking(url: () => string) {
  // A node that was restarted may answer at the port of the last one, where a kept connection leads nowhere.
  const headers = { authorization: `Bearer ${operator}`, connection: 'close' }
  const get = async <T extends z.ZodType>(schema: T, path: string): Promise<z.infer<T>> =>
    read(schema, await fetch(`${url()}/v1${path}`, { headers }))
  return {
    /** Makes a run of a conversation that a person began. The status, and what is said. */
    async adopt(number: number, thread: string) {
      const body = JSON.stringify({ repo: 'infra', number, thread, by: 'kim' })
      const asked = { method: 'POST', body, headers: { ...headers, ...json } }
      const answer = await fetch(`${url()}/v1/adopt`, asked)
      return { status: answer.status, said: await answer.text() }
    },
    /** All of them whole, newest first. */
    async runs(): Promise<readonly SeenRun[]> {
      const { runs } = await get(RunPageView, '/runs?limit=200')
      return Promise.all(runs.map(({ id }) => get(RunView, `/runs/${id}`)))
    },
    async rings() {
      const { rings } = await get(RingPageView, '/rings?limit=200')
      return Promise.all(rings.map(({ id }) => get(RingView, `/rings/${id}`)))
    },
    status: () => get(StatusView, '/status'),
    /** Why the issue may not start; null: it may. */
    why: async (number: number) =>
      (await get(StatusView, `/status?why=${encodeURIComponent(`infra#${number}`)}`)).why,
  }
}
