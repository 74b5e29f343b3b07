/** Bounded load from this process, over an undici pool, and what came of it at the sink. */
import { Pool } from 'undici'

import type { Seen, Sink } from './processes.ts'

const deadlineMs = 120_000

type Load = {
  readonly url: string
  readonly path: string
  readonly count: number
  readonly connections: number
  readonly bodyOf: (index: number) => string
  readonly headers?: Readonly<Record<string, string>>
}

/** Posts `count` bodies over `connections`; resolves with how long each took, in milliseconds. */
export async function post({ url, path, count, connections, bodyOf, headers = {} }: Load) {
  const pool = new Pool(url, { connections })
  const took: number[] = []
  let next = 0
  const worker = async () => {
    while (next < count) {
      const body = bodyOf(next++)
      const startedAt = performance.now()
      const response = await pool.request({
        method: 'POST',
        path,
        body,
        headers: { 'content-type': 'application/json', ...headers },
      })
      await response.body.dump()
      if (response.statusCode >= 300) throw new Error(`answered ${response.statusCode}`)
      took.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  await pool.close()
  return took
}

export const ringBody = (index: number): string =>
  JSON.stringify({
    kind: ['done', 'needs-human', 'frozen'][index % 3],
    issue: { repo: 'acme/web', number: index + 1 },
    threadId: `thread-${index}`,
    detail: 'merged and CI green at 0123456789abcdef, two attempts, 14 minutes',
  })

/** Until the sink has seen `count` distinct rings, or the deadline has passed. */
export async function drained(sink: Pick<Sink, 'ask'>, count: number): Promise<Seen> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const seen = await sink.ask('count')
    if (seen.distinct >= count) return seen
    if (performance.now() > deadline)
      throw new Error(`drained only ${seen.distinct} of ${count} in ${deadlineMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** NaN: there are none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN
}

export const median = (values: readonly number[]) => quantile(values, 0.5)
