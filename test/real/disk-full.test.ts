import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'

import type { Delivery, NewRing } from '../../src/store/rings.ts'
import type { Store } from '../../src/store/store.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { claimOf, heard, newRing, settlement, storyOf } from '../rings.ts'
import {
  abort,
  canFreeze,
  canMount,
  fill,
  freeze,
  remount,
  smallDisk,
  unmountAndMount,
} from '../small-disk.ts'
import { openStore, temporaryFile } from '../temporary.ts'

const noDisk = !canMount('tmpfs')
const noImage = !canMount('ext4')
const noFreezing = !canFreeze()

const refusing = { name: 'StoreError', code: 'refusing' }

describe.skipIf(noDisk)(
  `${noDisk ? 'skipped: cannot mount a small file system' : 'a full disk'}`,
  () => {
    test('refuses with nothing half-written, and goes on by itself when there is room', async () => {
      const disk = smallDisk()
      const node = await busyNode(join(disk, 'afk.db'))
      const makeRoom = fill(disk)
      await fillUp(node)
      await expectRefused(node)
      makeRoom()
      await expectGoingOn(node)
    })

    test('that is full again and again loses no ring', async () => {
      const disk = smallDisk()
      const node = await busyNode(join(disk, 'afk.db'))
      for (let round = 0; round < 5; round += 1) {
        const makeRoom = fill(disk)
        await fillUp(node)
        expect(await fates(node, 20)).toEqual(new Set(['refusing']))
        makeRoom()
        expect(await fates(node, 20)).toEqual(new Set(['accepted']))
      }
      await expectGoingOn(node)
    })

    test('fails none of the rings of a turn alone: all of its commit, or none', async () => {
      const disk = smallDisk()
      const node = await busyNode(join(disk, 'afk.db'))
      fill(disk)
      const seen: Array<ReadonlySet<string>> = []
      for (let turn = 0; turn < 100; turn += 1) seen.push(await fates(node, 10))
      expect(seen.every((turn) => turn.size === 1)).toBe(true)
      expect(seen.some((turn) => turn.has('refusing'))).toBe(true)
      await expectAllThere(node)
    })

    test('that stays full until the node is killed off has every accepted ring for the next', async () => {
      const disk = smallDisk()
      const node = await busyNode(join(disk, 'afk.db'))
      const makeRoom = fill(disk)
      await fillUp(node)
      await node.store.close()
      makeRoom()
      await expectGoingOn({ ...node, store: openStore({ path: node.path, minFreeBytes: 0 }) })
    })

    test('mounted read-only at the start refuses the node by name, and is whole after', async () => {
      const disk = smallDisk()
      const node = await busyNode(join(disk, 'afk.db'))
      await node.store.close()
      remount(disk, 'ro')
      expect(() => sqliteStore({ path: node.path })).toThrow(StoreError)
      remount(disk, 'rw')
      await expectGoingOn({ ...node, store: openStore({ path: node.path, minFreeBytes: 0 }) })
    })
  },
)

/** The kernel turns no disk read-only on request while a node has files open there: only an error does. */
describe.skipIf(noImage)(
  `${noImage ? 'skipped: cannot mount an ext4 image' : 'a disk that fails'}`,
  () => {
    test('turns read-only: refuses with nothing half-written, and the next node has every ring', async () => {
      const disk = smallDisk('ext4')
      const node = await busyNode(join(disk, 'afk.db'))
      abort(disk)
      await expectRefused(node)
      await node.store.close()
      unmountAndMount(disk)
      await expectGoingOn({ ...node, store: openStore({ path: node.path, minFreeBytes: 0 }) })
    })
  },
)

describe.skipIf(noFreezing)(
  `${noFreezing ? 'skipped: cannot make a file immutable' : 'a file that may not be written'}`,
  () => {
    test('refuses with nothing half-written, and goes on by itself when it may be again', async () => {
      const node = await busyNode(temporaryFile())
      const thaw = freeze(`${node.path}-wal`)
      await expectRefused(node)
      thaw()
      await expectGoingOn(node)
    })
  },
)

type Node = {
  readonly path: string
  readonly store: Store
  /** Every ring that was accepted. */
  readonly accepted: NewRing[]
  readonly refused: NewRing[]
  readonly trying: Delivery
}

/** Twenty rings, one of them being tried. */
async function busyNode(path: string): Promise<Node> {
  const store = openStore({ path, minFreeBytes: 0 })
  const accepted = Array.from({ length: 20 }, () => newRing())
  await store.accept(accepted)
  const { deliveries } = await store.claim(claimOf({ limit: 1 }))
  return { path, store, accepted, refused: [], trying: deliveries[0]! }
}

/** The ends of so many accepts in one turn. */
async function fates({ store, accepted, refused }: Node, count: number) {
  const asked = Array.from({ length: count }, () => newRing())
  const results = await Promise.allSettled(asked.map((each) => store.accept([each])))
  const ends = results.map((result, index) => {
    const isRefused = result.status === 'rejected'
    ;(isRefused ? refused : accepted).push(asked[index]!)
    return isRefused ? (result.reason as StoreError).code : 'accepted'
  })
  return new Set<string>(ends)
}

/** The log may have room for some commits yet, and the smallest is one page: until that one fails. */
async function fillUp(node: Node): Promise<void> {
  for (let turn = 0; turn < 1_000; turn += 1) {
    const end = await node.store.proveWritable(turn).catch((error: unknown) => error)
    if (end !== undefined) return expect(end).toMatchObject(refusing)
  }
  throw new Error('a full disk still took a thousand commits')
}

function rowsOf({ path }: Node) {
  const reader = new DatabaseSync(path, { readOnly: true })
  const count = (table: string) =>
    reader.prepare(`select count(*) as count from ${table}`).get()?.['count']
  const rows = ['ring', 'delivery', 'try'].map(count)
  reader.close()
  return rows
}

async function expectRefused(node: Node): Promise<void> {
  const { store, trying } = node
  const before = { rows: rowsOf(node), tallies: await store.tallies() }
  for (let turn = 0; turn < 3; turn += 1) {
    expect(await fates(node, 10)).toEqual(new Set(['refusing']))
    await expect(store.claim(claimOf())).rejects.toMatchObject(refusing)
    await expect(store.settle([settlement(trying, heard)])).rejects.toMatchObject(refusing)
    const acknowledgement = { at: 5, by: 'ann', note: null }
    await expect(store.acknowledge(trying.ring.id, acknowledgement)).rejects.toMatchObject(refusing)
    await expect(store.proveWritable(5)).rejects.toMatchObject(refusing)
  }
  expect({ rows: rowsOf(node), tallies: await store.tallies() }).toEqual(before)
  expect(await storyOf(store, trying.ring)).toMatchObject({
    acknowledged: null,
    deliveries: [{ state: 'due', isTrying: true, tries: [] }],
  })
}

async function expectGoingOn(node: Node): Promise<void> {
  const { store, trying, accepted, path } = node
  await store.proveWritable(1)
  expect(await store.settle([settlement(trying, heard)])).toEqual([])
  expect(await fates(node, 10)).toEqual(new Set(['accepted']))
  await expectAllThere(node)
  const { deliveries } = await store.claim(claimOf({ limit: 10_000 }))
  const owed = accepted.map(({ ring }) => ring.id).filter((id) => id !== trying.ring.id)
  expect(deliveries.map(({ ring }) => ring.id)).toEqual(owed)
  await store.close()
  const reader = new DatabaseSync(path, { readOnly: true })
  expect(reader.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
  reader.close()
}

async function expectAllThere({ store, accepted, refused }: Node): Promise<void> {
  const stories = await Promise.all(accepted.map(({ ring }) => storyOf(store, ring)))
  expect(stories.filter(({ deliveries }) => deliveries.length !== 1)).toEqual([])
  const never = await Promise.all(refused.map(({ ring }) => store.story(ring.id)))
  expect(never.filter((story) => story !== undefined)).toEqual([])
}
