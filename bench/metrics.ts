/**
 * What counting adds to a ring's way: the time of `tell` for one accept and one try, beside the processor time
 * that a node takes for a ring. In this process, out of the sources.
 */
import type { LogEvent } from '../src/log.ts'
import { metrics } from '../src/server/metrics.ts'
import { drained, median, post } from './load.ts'
import { cpuMs } from './process-facts.ts'
import { type Sink, startNode, temporaryFolder } from './processes.ts'
import { atMost, n, type Row } from './table.ts'

const accepted: LogEvent = {
  event: 'ring-accepted',
  ring: 'ring_1',
  kind: 'frozen',
  title: 't',
  source: 'local',
  ms: 1.5,
}
const tried: LogEvent = {
  event: 'delivery-accepted',
  outcome: 'accepted',
  ring: 'ring_1',
  delivery: 'delivery_1',
  channel: 'hook',
  tries: 1,
  at: 0,
  ms: 3,
  waitedMs: 4,
}

type Wish = Readonly<Record<'count' | 'rounds' | 'rings', number>> & { readonly sink: Sink }

/** How long `tell` takes for a ring, and beside it what a whole ring takes of a node's processor under load. */
export async function counting({ sink, count, rounds, rings }: Wish): Promise<Row[]> {
  const counted = metrics()
  const round = (size: number) => {
    const startedAt = performance.now()
    for (let i = 0; i < size; i++) {
      counted.tell(accepted)
      counted.tell(tried)
    }
    return ((performance.now() - startedAt) * 1_000) / size
  }
  round(count)
  const micros = median(Array.from({ length: rounds }, () => round(count)))
  const ringMicros = await perRing({ sink, count: rings, rounds })
  const share = (micros / ringMicros) * 100
  return [
    {
      what: 'metrics, for each ring',
      measured: n(micros, ' us'),
      beside: `a ring takes ${n(ringMicros, ' us')} of the node's processor`,
      ratio: n(share, ' %'),
      ...atMost(share, { floor: 2, say: (limit) => `${limit} %` }),
    },
  ]
}

async function perRing({ sink, count, rounds }: Omit<Wish, 'rings'>) {
  const { folder, remove } = temporaryFolder()
  const settings = { concurrency: 128 }
  const { url, path, bodyOf, pid, stop } = await startNode({ sink, folder, settings })
  const spent: number[] = []
  for (let i = 0; i <= rounds; i++) {
    const before = cpuMs(pid) ?? NaN
    await post({ url, path, bodyOf, connections: 64, count })
    await drained(sink, count)
    spent.push((((cpuMs(pid) ?? NaN) - before) / count) * 1_000)
    await sink.ask('reset')
  }
  await stop()
  remove()
  return median(spent.slice(1))
}
