/**
 * A steady stream of rings, fewer than a node on a calm machine takes: how long the slowest accepts take.
 *
 * A ring is due at its own instant whether or not earlier ones were answered, and its time runs from that
 * instant; so a node that stalls is charged with all who waited. Then all must have been drained.
 */
import { Pool } from 'undici'

import { drained, median, quantile, ringBody } from './load.ts'
import { startNode, temporaryFolder } from './processes.ts'
import { atMost, n } from './table.ts'

const connections = 64
const concurrency = 128
const warmUpSeconds = 2

export async function pace({ sink, perSecond, seconds, rounds }) {
  const { folder, remove } = temporaryFolder()
  const node = await startNode({ sink, folder, settings: { concurrency } })
  await stream({ sink, url: node.url, perSecond, seconds: warmUpSeconds })
  const results = []
  for (let i = 0; i < rounds; i++)
    results.push(await stream({ sink, url: node.url, perSecond, seconds }))
  await node.stop()
  remove()

  const p99 = median(results.map(({ took }) => quantile(took, 0.99)))
  const behind = median(results.map(({ behindMs }) => behindMs))
  return [
    {
      what: `paced ${perSecond}/s for ${seconds} s, all drained, p99 of the accept`,
      measured: n(p99, ' ms'),
      beside: `last drained ${n(behind, ' ms')} after its accept`,
      ...atMost(p99, { floor: 100, aim: 50, say: (limit) => `${limit} ms` }),
    },
  ]
}

async function stream({ sink, url, perSecond, seconds }) {
  const pool = new Pool(url, { connections })
  const count = perSecond * seconds
  const startedAt = performance.now()
  const answers = []
  while (answers.length < count) {
    const due = Math.min(count, ((performance.now() - startedAt) * perSecond) / 1_000)
    while (answers.length < due) {
      const dueAt = startedAt + (answers.length / perSecond) * 1_000
      answers.push(accepted({ pool, index: answers.length, dueAt }))
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const took = await Promise.all(answers)
  const lastAt = performance.now()
  await drained(sink, count)
  const behindMs = performance.now() - lastAt
  await pool.close()
  await sink.ask('reset')
  return { took, behindMs }
}

async function accepted({ pool, index, dueAt }) {
  const body = ringBody(index)
  const headers = { 'content-type': 'application/json' }
  const response = await pool.request({ method: 'POST', path: '/v1/rings', body, headers })
  await response.body.dump()
  if (response.statusCode >= 300) throw new Error(`answered ${response.statusCode}`)
  return performance.now() - dueAt
}
