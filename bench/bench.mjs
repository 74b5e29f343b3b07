/**
 * Measures the built bundle on this machine, each number beside the machine's own limit, in interleaved
 * rounds, and prints a table of medians. Bounded in count and time; never run as a test.
 *
 * `npm run bench` takes a few minutes; `npm run bench -- --quick` a third of the load.
 */
import { spawnSync } from 'node:child_process'
import { backlog } from './backlog.mjs'
import { drained, median, post, quantile, ringBody } from './load.mjs'
import { bundle, startNode, startSink, temporaryFolder } from './processes.mjs'

const isQuick = process.argv.includes('--quick')
const count = isQuick ? 2_000 : 6_000
const rounds = isQuick ? 3 : 5
const connections = 64

const table = []
const row = (what, value, beside, floor, holds) => table.push({ what, value, beside, floor, holds })
const n = (value, unit = '') => `${value >= 100 ? Math.round(value) : value.toFixed(1)}${unit}`

const sink = await startSink()

/** Rings per second, accepted and drained. */
async function throughput(store, concurrency) {
  const { folder, remove } = temporaryFolder()
  const node = await startNode({ sink, folder, settings: { concurrency }, store })
  const ask = { url: node.url, path: '/v1/rings', connections }
  await post({ ...ask, count: 500, bodyOf: (i) => ringBody(1_000_000 + i) })
  await drained(sink, 500)
  await sink.ask('reset')
  const startedAt = performance.now()
  const took = await post({ ...ask, count, bodyOf: ringBody })
  await drained(sink, count)
  const perSecond = (count / (performance.now() - startedAt)) * 1_000
  await node.stop()
  await sink.ask('reset')
  remove()
  return { perSecond, p99: quantile(took, 0.99) }
}

async function raw() {
  const body = JSON.stringify({
    type: 'ring',
    notification: JSON.parse(ringBody(1)),
    pad: 'x'.repeat(400),
  })
  const startedAt = performance.now()
  await post({ url: sink.url, path: '/raw', count, connections, bodyOf: () => body })
  const perSecond = (count / (performance.now() - startedAt)) * 1_000
  await sink.ask('reset')
  return perSecond
}

const results = { raw: [], grouped: [], single: [], defaults: [] }
for (let round = 0; round < rounds; round++) {
  results.raw.push(await raw())
  results.grouped.push(await throughput({}, connections))
  results.single.push(await throughput({ groupCommit: false }, connections))
  results.defaults.push(await throughput({}, 4))
}
const rate = (each) => median(each.map(({ perSecond }) => perSecond))
const [rawRate, grouped, single, defaults] = [
  median(results.raw),
  rate(results.grouped),
  rate(results.single),
  rate(results.defaults),
]
row(
  'accept + drain, 64 connections',
  n(grouped, '/s'),
  `undici alone ${n(rawRate, '/s')}`,
  '>= 1/5',
  grouped * 5 >= rawRate,
)
row(
  'the same without group commit',
  n(single, '/s'),
  `${n(grouped / single)}x slower`,
  '>= 2x',
  grouped >= 2 * single,
)
row('the same, lane of 4 (default)', n(defaults, '/s'), '', '', null)
row(
  'p99 of the accept under that load',
  n(median(results.grouped.map(({ p99 }) => p99)), ' ms'),
  '',
  '',
  null,
)

{
  const { folder, remove } = temporaryFolder()
  const node = await startNode({ sink, folder })
  const sent = []
  const ask = { url: node.url, path: '/v1/rings', count: 1, connections: 1 }
  const accepts = []
  for (let i = 0; i < 220; i++) {
    sent.push(performance.timeOrigin + performance.now())
    accepts.push(...(await post({ ...ask, bodyOf: () => ringBody(2_000_000 + i) })))
    await drained(sink, i + 1)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const { times } = await sink.ask('times')
  await sink.ask('reset')
  const firstTry = times.map((at, i) => at - sent[i]).slice(20)
  row(
    'one durable ring over HTTP, idle, p50',
    n(median(accepts.slice(20)), ' ms'),
    `p99 ${n(quantile(accepts.slice(20), 0.99), ' ms')}`,
    '< 5 ms',
    median(accepts.slice(20)) < 5,
  )
  row(
    'event -> first try on the wire, idle, p99',
    n(quantile(firstTry, 0.99), ' ms'),
    `p50 ${n(median(firstTry), ' ms')}`,
    '< 100 ms',
    quantile(firstTry, 0.99) < 100,
  )
  await node.stop()
  remove()
}

{
  const { folder, remove } = temporaryFolder()
  const node = await startNode({ sink, folder })
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  const rss = node.rssMb()
  if (rss !== null) row('resident memory, idle', n(rss, ' MB'), '', '< 90 MB', rss < 90)
  await node.stop()
  remove()
}

{
  const time = (args) => {
    const startedAt = performance.now()
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
    if (status !== 0) throw new Error(`${args.join(' ')} exited ${status}`)
    return performance.now() - startedAt
  }
  const [bare, version] = [[], []]
  for (let i = 0; i < 20; i++) {
    bare.push(time(['-e', '0']))
    version.push(time([bundle, '--version']))
  }
  const over = median(version) - median(bare)
  row(
    'afk --version',
    n(median(version), ' ms'),
    `node -e 0: ${n(median(bare), ' ms')}`,
    '+ 25 ms',
    over < 25,
  )
}

const drainedBacklog = await backlog({ sink, rings: isQuick ? 20_000 : 100_000 })
row(
  `backlog of ${drainedBacklog.rings} after a restart`,
  n(drainedBacklog.perSecond, '/s'),
  `memory ${drainedBacklog.firstMb.map((mb) => n(mb)).join(' -> ')} MB by quarters`,
  'flat',
  drainedBacklog.isFlat,
)
sink.stop()

console.log(
  `\n${process.version}, ${count} rings a round, medians of ${rounds} interleaved rounds\n`,
)
console.log('| what | measured | beside | floor | holds |')
console.log('|---|---|---|---|---|')
for (const { what, value, beside, floor, holds } of table) {
  const mark = holds === null ? '' : holds ? 'yes' : 'NO'
  console.log(`| ${what} | ${value} | ${beside} | ${floor} | ${mark} |`)
}
