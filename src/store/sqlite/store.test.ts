import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { claimOf, heard, newRing, settlement, storyOf } from '../../../test/rings.ts'
import { groupContract } from '../../../test/store/group.contract.ts'
import { storeContract } from '../../../test/store.contract.ts'
import { openStore, temporaryFile, temporaryFolder } from '../../../test/temporary.ts'
import type { Closed } from '../../doorbell/gate.ts'

describe('sqlite store', () => {
  storeContract(() => openStore())
})

describe('sqlite store without group commit', () => {
  groupContract(() => openStore({ groupCommit: false }))
})

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

test('the store and what belongs to it can be read by their owner alone', async () => {
  const path = temporaryFile()
  const store = openStore({ path })
  await store.accept([newRing()])
  expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual(['600', '600', '600'])
})

test('a store that others could read is closed to them', () => {
  const path = temporaryFile()
  writeFileSync(path, '')
  chmodSync(path, 0o644)
  openStore({ path })
  expect(modeOf(path)).toBe('600')
})

test('the folder is made where there is none', () => {
  const path = join(temporaryFolder(), 'a', 'b', 'afk.db')
  openStore({ path })
  expect(existsSync(path)).toBe(true)
})

test('rings, tries, leases, acknowledgements and gates are there after a restart', async () => {
  const path = temporaryFile()
  const first = openStore({ path })
  const gate: Closed = { state: 'closed', closedAt: 1, detail: 'no', probeAt: 2 }
  const asked = [newRing(), newRing({ acceptedAt: 900 }), newRing({ channels: ['team'] })]
  await first.accept(asked)
  await first.setGate('phone', { gate, credential: 'abc' })
  const { deliveries } = await first.claim(claimOf({ limit: 2 }))
  await first.settle([settlement(deliveries[0]!, heard)])
  await first.acknowledge(asked[2]!.ring.id, { at: 5, by: 'ann', note: 'ok' })
  const before = await Promise.all(asked.map(({ ring }) => storyOf(first, ring)))
  await first.close()

  const second = openStore({ path })
  expect(await Promise.all(asked.map(({ ring }) => storyOf(second, ring)))).toEqual(before)
  expect(await second.gate('phone')).toEqual({ gate, credential: 'abc' })
  expect(await second.lapsed({ now: 31_000, limit: 9 })).toEqual([deliveries[1]])
})

test('the key of a ring means it after a restart too', async () => {
  const path = temporaryFile()
  const first = openStore({ path })
  const [accepted] = await first.accept([newRing({ key: 'k' })])
  await first.close()
  const [duplicate] = await openStore({ path }).accept([newRing({ key: 'k' })])
  expect(duplicate).toEqual({ ...accepted, type: 'duplicate' })
})

describe('with as many accepts waiting as may', () => {
  test('the next is overloaded, with nothing of it written, until there is room again', async () => {
    const store = openStore({ maxWaitingAccepts: 3 })
    const calls = Array.from({ length: 5 }, () => [newRing(), newRing()])
    const results = await Promise.allSettled(calls.map((call) => store.accept(call)))
    const overloaded = { status: 'rejected', reason: { name: 'StoreError', code: 'overloaded' } }
    expect(results.slice(0, 3).map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'))
    expect(results.slice(3)).toMatchObject([overloaded, overloaded])
    for (const [index, call] of calls.entries())
      for (const { ring } of call)
        expect((await store.story(ring.id)) !== undefined).toBe(index < 3)
    expect(await store.accept(calls[4]!)).toMatchObject([
      { type: 'accepted' },
      { type: 'accepted' },
    ])
  })

  test('claims, settlements and acknowledgements are taken all the same', async () => {
    const store = openStore({ maxWaitingAccepts: 1 })
    const asked = newRing()
    await store.accept([asked])
    const { deliveries } = await store.claim(claimOf())
    const [, claimed, settled, acknowledged] = await Promise.all([
      store.accept([newRing()]),
      store.claim(claimOf()),
      store.settle([settlement(deliveries[0]!, heard)]),
      store.acknowledge(asked.ring.id, { at: 5, by: 'ann', note: null }),
    ])
    expect(claimed.deliveries).toHaveLength(1)
    expect([settled, acknowledged]).toEqual([[], true])
  })

  test('only accepts count: what else waits does not push a ring out', async () => {
    const store = openStore({ maxWaitingAccepts: 2 })
    const others = Array.from({ length: 5 }, () => store.claim(claimOf()))
    expect(await store.accept([newRing()])).toMatchObject([{ type: 'accepted' }])
    await Promise.all(others)
  })
})

test('on a disk that is almost full rings are refused, and what was accepted can be settled', async () => {
  const path = temporaryFile()
  const first = openStore({ path })
  await first.accept([newRing()])
  await first.close()

  const store = openStore({ path, minFreeBytes: Number.MAX_SAFE_INTEGER })
  const refused = newRing()
  const refusal = { name: 'StoreError', code: 'refusing' }
  await expect(store.accept([refused])).rejects.toMatchObject(refusal)
  await expect(store.accept([newRing()])).rejects.toMatchObject(refusal)
  expect(await store.story(refused.ring.id)).toBeUndefined()
  const { deliveries } = await store.claim(claimOf())
  expect(await store.settle([settlement(deliveries[0]!, heard)])).toEqual([])
  expect(await storyOf(store, deliveries[0]!.ring)).toMatchObject({
    deliveries: [{ state: 'accepted' }],
  })
})
