/** An idle node: how long one ring takes to be on disk, and on the wire; what it keeps in memory. */
import { drained, post, ringBody } from './load.mjs'
import { startNode, temporaryFolder } from './processes.mjs'

const warmUp = 200
const restMs = 3_000

export async function idle({ sink, count }) {
  const { folder, remove } = temporaryFolder()
  const node = await startNode({ sink, folder })
  await new Promise((resolve) => setTimeout(resolve, restMs))
  const residentMb = node.rssMb()

  const [sentAt, accepts] = [[], []]
  for (let i = 0; i < warmUp + count; i++) {
    const ask = { url: node.url, path: '/v1/rings', count: 1, connections: 1 }
    sentAt.push(performance.timeOrigin + performance.now())
    accepts.push(...(await post({ ...ask, bodyOf: () => ringBody(i) })))
    await drained(sink, i + 1)
  }
  const { times } = await sink.ask('times')
  await sink.ask('reset')
  await node.stop()
  remove()
  const firstTries = times.map((at, i) => at - sentAt[i])
  return { residentMb, accepts: accepts.slice(warmUp), firstTries: firstTries.slice(warmUp) }
}
