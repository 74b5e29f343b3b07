/**
 * Measures the built bundle on this machine, each number beside the machine's own limit or a peer, in
 * interleaved rounds, and prints a table of medians. Bounded in count and time; never run as a test.
 *
 * `npm run bench` takes a few minutes; `npm run bench -- --quick` a third of the load. Names of parts, as in
 * `npm run bench -- idle pace`, run only those. Peers come with scripts/fetch-peers.sh.
 */
import { loadavg } from 'node:os'

import { backlog } from './backlog.ts'
import { github } from './github.ts'
import { hang } from './hang.mjs'
import { idle } from './idle.mjs'
import { kept } from './kept.ts'
import { live } from './live.mjs'
import { counting } from './metrics.ts'
import { pace } from './pace.mjs'
import { pageOpens } from './page.ts'
import { startSink } from './processes.ts'
import { ring, version } from './command.mjs'
import { t3 } from './t3.ts'
import { print } from './table.ts'
import { throughput } from './throughput.mjs'
import { ticks } from './ticks.ts'
import { verdicts } from './verdicts.ts'

const isQuick = process.argv.includes('--quick')
const only = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const count = isQuick ? 2_000 : 6_000
const rounds = isQuick ? 3 : 5

const sink = await startSink()
/** Each resolves with its rows, and leaves the sink as it was. */
const parts = {
  throughput: () => throughput({ sink, count, rounds, warmUp: 2 * count }),
  idle: () => idle({ sink, count: isQuick ? 50 : 100, rounds }),
  pace: () => pace({ sink, perSecond: 3_000, seconds: isQuick ? 3 : 10, rounds }),
  hang: () => hang({ sink, count: isQuick ? 50 : 100, rounds }),
  live: () => live({ sink, seconds: isQuick ? 3 : 6, rounds: 3 }),
  metrics: () => counting({ sink, count: 100_000, rounds, rings: count }),
  version: () => version({ rounds: 20 }),
  ring: () => ring({ sink, rounds: isQuick ? 5 : 10 }),
  ticks: () => ticks({ many: 10_000, ended: 100_000, rounds: isQuick ? 1 : 3 }),
  verdicts: () => verdicts({ count: isQuick ? 5 : 15 }),
  kept: () => kept({ runs: isQuick ? 1_000 : 4_000 }),
  github: () =>
    github(
      isQuick
        ? { runs: 50, judged: { polled: 4, hooked: 3, twice: 1 }, seconds: 20 }
        : { runs: 200, judged: { polled: 8, hooked: 5, twice: 2 }, seconds: 25 },
    ),
  t3: () => t3({ threads: 10_000, runs: 50, verdicts: isQuick ? 4 : 10 }),
  page: () => pageOpens({ rounds: isQuick ? 3 : 9 }),
  backlog: () => backlog({ sink, rings: isQuick ? 20_000 : 100_000 }),
}
const unknown = only.find((name) => !Object.hasOwn(parts, name))
if (unknown) throw new Error(`no part ${unknown}: ${Object.keys(parts).join(', ')}`)

const load = () =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')
const loadBefore = load()
const table = []
for (const [name, part] of Object.entries(parts))
  if (only.length === 0 || only.includes(name)) table.push(...(await part()))
sink.stop()

console.log(
  `\n${process.version}, ${count} rings a round, medians of ${rounds} interleaved rounds;`,
  `load average ${loadBefore} before, ${load()} after\n`,
)
print(table)
