/**
 * What 200 clients of the live events cost a node: its processor time over some seconds of rings, two events
 * each, with the clients and without them, in turns. Linux only.
 */
import { Agent, request } from 'node:http'

import { median, post, ringBody } from './load.ts'
import { startNode, temporaryFolder } from './processes.ts'
import { cpuMs } from './process-facts.ts'
import { atMost, n } from './table.ts'

const ringsPerSecond = 5
const clients = 200

export async function live({ sink, seconds, rounds }) {
  const { folder, remove } = temporaryFolder()
  const node = await startNode({ sink, folder })
  const measure = async (count) => {
    const followers = await Promise.all(Array.from({ length: count }, () => follow(node.url)))
    const before = cpuMs(node.pid)
    const startedAt = performance.now()
    await ringFor(node.url, seconds)
    const share = ((cpuMs(node.pid) - before) / (performance.now() - startedAt)) * 100
    for (const { close } of followers) close()
    const events = followers.map(({ events }) => events())
    if (count > 0 && Math.min(...events) < 2 * ringsPerSecond * seconds - 2)
      throw new Error(`a client saw only ${Math.min(...events)} events`)
    return share
  }
  await measure(0)
  const [without, withClients] = [[], []]
  for (let round = 0; round < rounds; round++) {
    without.push(await measure(0))
    withClients.push(await measure(clients))
  }
  await node.stop()
  remove()
  const cost = Math.max(0, median(withClients) - median(without))
  return [
    {
      what: `${clients} clients of /v1/events, 10 events a second: share of a core`,
      measured: n(cost, ' %'),
      beside: `node with them ${n(median(withClients), ' %')}, without ${n(median(without), ' %')}`,
      ...atMost(cost, { floor: 10, say: (limit) => `${limit} %` }),
    },
  ]
}

/** As evenly as a timer can. */
async function ringFor(url, seconds) {
  for (let index = 0; index < seconds * ringsPerSecond; index++) {
    const next = new Promise((resolve) => setTimeout(resolve, 1_000 / ringsPerSecond))
    await post({ url, path: '/v1/rings', count: 1, connections: 1, bodyOf: () => ringBody(index) })
    await next
  }
}

const agent = new Agent({ keepAlive: false, maxSockets: Infinity })

function follow(url) {
  return new Promise((resolve, reject) => {
    let events = 0
    const asked = request(`${url}/v1/events`, { agent }, (response) => {
      response.on('data', (chunk) => (events += chunk.toString().split('\ndata: ').length - 1))
      response.on('error', () => {})
      resolve({ events: () => events, close: () => asked.destroy() })
    })
    asked.on('error', reject)
    asked.end()
  })
}
