/**
 * Where the rings of all worlds go: a receiver that takes every one, and keeps under which names each came.
 *
 * It takes its time to answer, so that a node can be killed when its ring was heard and it does not know.
 */
import { listen } from './listen.ts'
import type { Heard } from './loop-world-wrongs.ts'

export type Sink = {
  readonly url: string
  readonly heard: Heard
  /** Repeats count. */
  requests(): number
}

const answerMs = 40

export async function ringSink(): Promise<Sink> {
  const heard = new Map<string, Set<string>>()
  let requests = 0
  const url = await listen((req, res, body) => {
    const { ring } = JSON.parse(body) as { ring: { id: string; key: string } }
    const names = heard.get(ring.key) ?? new Set()
    heard.set(ring.key, names.add(`${ring.id} ${String(req.headers['webhook-id'])}`))
    requests += 1
    setTimeout(() => res.writeHead(204).end(), answerMs)
  })
  return { url, heard, requests: () => requests }
}
