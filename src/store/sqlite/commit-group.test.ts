import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'

import { claimOf, heard, newRing, settlement } from '../../../test/rings.ts'
import { openStore, temporaryFile } from '../../../test/temporary.ts'
import { commitsIn } from '../../../test/wal.ts'

/** A reader that stays where it is keeps SQLite from beginning its log anew, so that commits can be counted. */
function hold(path: string): void {
  const reader = new DatabaseSync(path, { readOnly: true })
  reader.exec('begin; select count(*) from ring')
  onTestFinished(() => reader.close())
}

const accepts = (count: number) => Array.from({ length: count }, () => [newRing()])

test.each([
  [true, 100, 1],
  [false, 100, 100],
  [true, 600, 2],
])('grouped (%s), %i accepts of one turn are %i commits', async (groupCommit, count, commits) => {
  const path = temporaryFile()
  const store = openStore({ path, groupCommit })
  hold(path)
  const before = commitsIn(path)
  await Promise.all(accepts(count).map((rings) => store.accept(rings)))
  expect(commitsIn(path) - before).toBe(commits)
})

test('accepts, claims and settlements of one turn are one commit', async () => {
  const path = temporaryFile()
  const store = openStore({ path })
  await store.accept([newRing(), newRing()])
  const { deliveries } = await store.claim(claimOf({ limit: 1 }))
  const before = commitsIn(path)
  await Promise.all([
    ...accepts(10).map((rings) => store.accept(rings)),
    store.claim(claimOf()),
    store.settle([settlement(deliveries[0]!, heard)]),
    store.proveWritable(1),
  ])
  expect(commitsIn(path) - before).toBe(1)
})

test('accepts of two turns are two commits', async () => {
  const path = temporaryFile()
  const store = openStore({ path })
  const before = commitsIn(path)
  await store.accept([newRing()])
  await store.accept([newRing()])
  expect(commitsIn(path) - before).toBe(2)
})

test('a promise is kept only once its commit is in the log', async () => {
  const path = temporaryFile()
  const store = openStore({ path })
  const reader = new DatabaseSync(path, { readOnly: true })
  onTestFinished(() => reader.close())
  const count = reader.prepare('select count(*) as count from ring')
  const seen = accepts(20).map(async (rings) => {
    await store.accept(rings)
    return count.get()?.['count']
  })
  expect(await Promise.all(seen)).toEqual(Array.from({ length: 20 }, () => 20))
})
