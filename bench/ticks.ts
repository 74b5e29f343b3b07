/** What a look at every run under way costs, and what a run takes of memory: with few, with many, beside many ended. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { median } from './load.ts'
import { atMost, n, type Row } from './table.ts'
import type { Look } from './ticks-child.ts'

const child = fileURLToPath(new URL('ticks-child.ts', import.meta.url))

function measure(runs: number, ended: number): Look {
  const argv = ['--expose-gc', child, String(runs), String(ended)]
  return JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' })) as Look
}

type Wish = Readonly<Record<'many' | 'ended' | 'rounds', number>>

export function ticks({ many, ended, rounds }: Wish): Row[] {
  const few: Look[] = []
  const lots: Look[] = []
  const late: Look[] = []
  for (let round = 0; round < rounds; round++) {
    few.push(measure(200, 0))
    lots.push(measure(many, 0))
    late.push(measure(200, ended))
  }
  const worst = (list: readonly Look[]) => median(list.map(({ worstMs }) => worstMs))
  const mean = (list: readonly Look[]) => median(list.map(({ meanMs }) => meanMs))
  const bytes = median(few.map(({ bytesPerRun }) => bytesPerRun))
  const ms = (limit: number) => `${limit} ms`
  return [
    {
      what: 'look at 200 runs under way, CPU of the worst tick',
      measured: n(worst(few), ' ms'),
      beside: `${n(mean(few), ' ms')} on average`,
      ...atMost(worst(few), { floor: 100, say: ms }),
    },
    {
      what: `look at ${many} runs under way, CPU of the worst tick`,
      measured: n(worst(lots), ' ms'),
      beside: `${n(mean(lots), ' ms')} on average`,
      ...atMost(worst(lots), { floor: 1_000, say: ms }),
    },
    {
      what: `look at 200 runs beside ${ended} that have ended, average CPU`,
      measured: n(mean(late), ' ms'),
      beside: `${n(mean(few), ' ms')} without them`,
      ratio: `${(mean(late) / mean(few)).toFixed(2)}`,
      ...atMost(mean(late) / mean(few), { floor: 1.5, say: (limit) => `${limit}` }),
    },
    {
      what: 'memory for each run under way',
      measured: n(bytes / 1_024, ' KB'),
      ...atMost(bytes, { floor: 4_096, say: () => '4 KB' }),
    },
  ]
}
