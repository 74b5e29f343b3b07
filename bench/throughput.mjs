/**
 * Rings accepted and drained under load, beside what undici alone can post to the same sink.
 *
 * The three nodes run throughout and are warm before they are measured, as a node is that runs for
 * days; the rounds are interleaved, so that a slow minute of the machine is everyone's.
 */
import { drained, median, post, quantile, ringBody } from './load.mjs'
import { startNode, temporaryFolder } from './processes.mjs'

const connections = 64
/** Of the lane: a receiver on loopback takes as many at once as it is given. */
const concurrency = 128

const variants = {
  grouped: { settings: { concurrency } },
  single: { settings: { concurrency }, store: { groupCommit: false } },
  defaults: { settings: {} },
}

export async function throughput({ sink, count, rounds, warmUp }) {
  const nodes = {}
  for (const [name, variant] of Object.entries(variants)) {
    const { folder, remove } = temporaryFolder()
    nodes[name] = { ...(await startNode({ sink, folder, ...variant })), remove }
    await measure({ sink, node: nodes[name], count: warmUp })
  }
  const results = { raw: [], grouped: [], single: [], defaults: [] }
  for (let round = 0; round < rounds; round++) {
    results.raw.push(await raw(sink, count))
    for (const [name, node] of Object.entries(nodes))
      results[name].push(await measure({ sink, node, count }))
  }
  for (const node of Object.values(nodes)) {
    await node.stop()
    node.remove()
  }
  const of = (key) => (name) => median(results[name].map((each) => each[key]))
  return { rate: of('perSecond'), p99: of('p99') }
}

async function measure({ sink, node, count }) {
  const startedAt = performance.now()
  const took = await post({
    url: node.url,
    path: '/v1/rings',
    connections,
    count,
    bodyOf: ringBody,
  })
  await drained(sink, count)
  const perSecond = (count / (performance.now() - startedAt)) * 1_000
  await sink.ask('reset')
  return { perSecond, p99: quantile(took, 0.99) }
}

/** As many bytes as a ring's webhook has. */
async function raw(sink, count) {
  const notification = JSON.parse(ringBody(1))
  const body = JSON.stringify({ type: 'ring', notification, pad: 'x'.repeat(400) })
  const startedAt = performance.now()
  const took = await post({ url: sink.url, path: '/raw', count, connections, bodyOf: () => body })
  const perSecond = (count / (performance.now() - startedAt)) * 1_000
  await sink.ask('reset')
  return { perSecond, p99: quantile(took, 0.99) }
}
