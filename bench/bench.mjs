/**
 * Measures the built bundle on this machine, each number beside the machine's own limit, in interleaved
 * rounds, and prints a table of medians. Bounded in count and time; never run as a test.
 *
 * `npm run bench` takes a few minutes; `npm run bench -- --quick` a third of the load.
 */
import { spawnSync } from 'node:child_process'

import { backlog } from './backlog.mjs'
import { idle } from './idle.mjs'
import { median, quantile } from './load.mjs'
import { bundle, startSink } from './processes.mjs'
import { throughput } from './throughput.mjs'

const isQuick = process.argv.includes('--quick')
const count = isQuick ? 2_000 : 6_000
const rounds = isQuick ? 3 : 5

const table = []
const row = (what, value, beside = '', floor = '', holds = null) =>
  table.push({ what, value, beside, floor, holds })
const n = (value, unit = '') => `${value >= 100 ? Math.round(value) : value.toFixed(1)}${unit}`

const sink = await startSink()

{
  const { rate, p99 } = await throughput({ sink, count, rounds, warmUp: 2 * count })
  const [raw, grouped, single] = [rate('raw'), rate('grouped'), rate('single')]
  const share = `undici alone ${n(raw, '/s')}: 1/${(raw / grouped).toFixed(1)}`
  row('accept + drain, 64 connections', n(grouped, '/s'), share, '>= 1/5', grouped * 5 >= raw)
  const gain = `${n(grouped / single)}x slower`
  row('the same without group commit', n(single, '/s'), gain, '>= 2x', grouped >= 2 * single)
  row('the same, lane of 4 (default)', n(rate('defaults'), '/s'))
  row('p99 of the accept under that load', n(p99('grouped'), ' ms'))
}

{
  const { residentMb, accepts, firstTries } = await idle({ sink, count: isQuick ? 100 : 300 })
  const [p50, p99] = [median(accepts), quantile(accepts, 0.99)]
  row(
    'one durable ring over HTTP, idle, p50',
    n(p50, ' ms'),
    `p99 ${n(p99, ' ms')}`,
    '< 5 ms',
    p50 < 5,
  )
  const late = quantile(firstTries, 0.99)
  const half = `p50 ${n(median(firstTries), ' ms')}`
  row('event -> first try on the wire, idle, p99', n(late, ' ms'), half, '< 100 ms', late < 100)
  if (residentMb !== null)
    row('resident memory, idle', n(residentMb, ' MB'), '', '< 90 MB', residentMb < 90)
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
  const beside = `node -e 0: ${n(median(bare), ' ms')}`
  row('afk --version', n(median(version), ' ms'), beside, '+ 25 ms', over < 25)
}

{
  const { rings, perSecond, quarters, isFlat } = await backlog({
    sink,
    rings: isQuick ? 20_000 : 100_000,
  })
  const memory = `memory ${quarters.map((mb) => n(mb)).join(' -> ')} MB by quarters`
  row(`backlog of ${rings} after a restart`, n(perSecond, '/s'), memory, 'flat', isFlat)
}
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
