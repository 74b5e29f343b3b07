/** A node that starts on a large backlog: how fast it drains, and whether its memory stays flat. */
import { join } from 'node:path'

import { sqliteStore } from '../src/store/sqlite/store.ts'
import type { NewRing } from '../src/store/rings.ts'
import { drained } from './load.ts'
import { type Sink, startNode, temporaryFolder } from './processes.ts'
import { n, type Row } from './table.ts'

type Wish = { readonly sink: Sink; readonly rings: number }

export async function backlog({ sink, rings }: Wish): Promise<Row[]> {
  const { folder, remove } = temporaryFolder()
  await fill(join(folder, 'afk.db'), rings)
  const startedAt = performance.now()
  const node = await startNode({ sink, folder, settings: { concurrency: 64 } })
  const quarters: number[] = []
  for (const part of [0.25, 0.5, 0.75, 1]) {
    await drained(sink, Math.floor(rings * part))
    quarters.push(node.rssMb() ?? 0)
  }
  const perSecond = (rings / (performance.now() - startedAt)) * 1_000
  await node.stop()
  await sink.ask('reset')
  remove()
  // The first half fills what V8 allows for short-lived objects; from then on nothing may grow.
  const [, half = NaN, , whole = NaN] = quarters
  const isFlat = whole < half * 1.1
  return [
    {
      what: `backlog of ${rings} after a restart`,
      measured: n(perSecond, '/s'),
      beside: `memory ${quarters.map((mb) => n(mb)).join(' -> ')} MB by quarters`,
      floor: 'flat',
      holds: isFlat ? 'yes' : 'NO',
    },
  ]
}

async function fill(path: string, rings: number) {
  const store = sqliteStore({ path })
  const batch = 1_000
  for (let first = 0; first < rings; first += batch)
    await store.accept(Array.from({ length: batch }, (_, offset) => newRing(first + offset)))
  await store.close()
}

function newRing(index: number): NewRing {
  const id = `ring_${index}`
  const notification: NewRing['ring']['notification'] = {
    kind: 'done',
    issueRef: `acme/web#${index}`,
    title: `[DONE] acme/web#${index} landed`,
    body: 'merged and CI green',
    link: null,
    priority: 'low',
    tags: ['afk', 'done'],
  }
  const issue = { repo: 'acme/web', number: index }
  const ring = {
    id,
    key: id,
    issue,
    threadId: null,
    notification,
    source: 'loop',
    acceptedAt: Date.now(),
  }
  return { ring, fingerprint: id, channels: ['sink'], dedupeForMs: 86_400_000 }
}
