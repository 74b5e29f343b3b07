/**
 * A node at rest: how long one ring takes to be on disk, and on the wire; what it keeps in memory. Beside it,
 * in turns, how long Alertmanager takes to accept one alert.
 */
import { startAlertmanager } from './alertmanager.mjs'
import { drained, median, post, quantile } from './load.ts'
import { startNode, temporaryFolder } from './processes.ts'
import { atMost, missing, n, times } from './table.ts'

const warmUp = 200
const restMs = 3_000

export async function idle({ sink, count, rounds }) {
  const { folder, remove } = temporaryFolder()
  const node = await startNode({ sink, folder })
  const peer = await startAlertmanager({ sink })
  await new Promise((resolve) => setTimeout(resolve, restMs))
  const residentMb = node.rssMb()

  const [ours, theirs] = [[], []]
  await oneByOne({ sink, server: node, count: warmUp })
  if (peer) await oneByOne({ sink, server: peer, count: warmUp })
  for (let i = 0; i < rounds; i++) {
    ours.push(await oneByOne({ sink, server: node, count }))
    if (peer) theirs.push(await oneByOne({ sink, server: peer, count }))
  }
  await node.stop()
  await peer?.stop()
  remove()
  return rows({ residentMb, ours, theirs })
}

/** Each is posted when the sink has seen the one before it, so that they arrive there in their order. */
export async function oneByOne({ sink, server, count }) {
  const { url, path, bodyOf } = server
  const [sentAt, accepts] = [[], []]
  for (let i = 0; i < count; i++) {
    sentAt.push(performance.timeOrigin + performance.now())
    accepts.push(...(await post({ url, path, count: 1, connections: 1, bodyOf: () => bodyOf(i) })))
    await drained(sink, i + 1)
  }
  const { times: seenAt } = await sink.ask('times')
  await sink.ask('reset')
  return { accepts, firstTries: seenAt.map((at, i) => at - sentAt[i]) }
}

function rows({ residentMb, ours, theirs }) {
  const of = (key, q, results = ours) => median(results.map((each) => quantile(each[key], q)))
  const p50 = of('accepts', 0.5)
  const late = of('firstTries', 0.99)
  const ms = (value) => n(value, ' ms')
  const resident = residentMb && {
    what: 'resident memory, idle',
    measured: n(residentMb, ' MB'),
    ...atMost(residentMb, { floor: 90, aim: 70, say: (mb) => `${mb} MB` }),
  }
  return [
    {
      what: 'one durable ring over HTTP, idle, p50',
      measured: ms(p50),
      beside: `p99 ${ms(of('accepts', 0.99))}`,
      ...atMost(p50, { floor: 5, say: (limit) => `${limit} ms` }),
    },
    besidePeer(p50, theirs.length > 0 ? of('accepts', 0.5, theirs) : null),
    {
      what: 'event -> first try on the wire, idle, p99',
      measured: ms(late),
      beside: `p50 ${ms(of('firstTries', 0.5))}`,
      ...atMost(late, { floor: 100, aim: 20, say: (limit) => `${limit} ms` }),
    },
    resident,
  ].filter(Boolean)
}

function besidePeer(ours, theirs) {
  const what = 'the same against Alertmanager (not durable)'
  if (theirs === null) return missing(what)
  const limits = { floor: 2, aim: 1.25, say: (limit) => `${limit}x` }
  return {
    what,
    measured: n(ours, ' ms'),
    beside: `theirs ${n(theirs, ' ms')}`,
    ratio: times(ours / theirs),
    ...atMost(ours / theirs, limits),
  }
}
