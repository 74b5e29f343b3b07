/** How the bell has done, counted over what a store keeps. */
import { beforeEach, expect, test } from 'vitest'

import type { Settled } from '../../src/doorbell/settle.ts'
import type { Store } from '../../src/store/store.ts'
import { claimOf, dead, dueAt, heard, newRing, noAnswer, settlement } from '../rings.ts'

const all = { since: 0, limit: 100 }

export function bellContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  /** Claims all that is due on the channel, and settles each so. */
  const settleAll = async (channel: string, now: number, settled: Settled) => {
    const { deliveries } = await store.claim(claimOf({ channel, now }))
    await store.settle(deliveries.map((each) => settlement(each, settled)))
  }

  test('an empty store has nothing to tell', async () => {
    expect(await store.openRings()).toEqual({ count: 0, oldestAt: null })
    expect(await store.rungSince(all)).toEqual([])
    expect(await store.triesSince({ ...all, channels: ['phone'] })).toEqual([
      { channel: 'phone', lastAcceptedAt: null, failures: [] },
    ])
  })

  test('open are escalations that nobody acknowledged, and the oldest came first', async () => {
    const rings = [
      newRing({ kind: 'done', acceptedAt: 1_000 }),
      newRing({ kind: 'frozen', acceptedAt: 2_000 }),
      newRing({ kind: 'needs-human', acceptedAt: 3_000 }),
      newRing({ kind: 'frozen', acceptedAt: 4_000 }),
    ]
    await store.accept(rings)
    expect(await store.openRings()).toEqual({ count: 3, oldestAt: 2_000 })
    await store.acknowledge(rings[1]!.ring.id, { at: 5_000, by: 'ann', note: null })
    expect(await store.openRings()).toEqual({ count: 2, oldestAt: 3_000 })
  })

  test('rings are told newest first, with how long each waited for its first try', async () => {
    await store.accept([
      newRing({ kind: 'done', acceptedAt: 1_000, channels: ['phone', 'team'] }),
      newRing({ kind: 'frozen', acceptedAt: 2_000, channels: ['team'] }),
    ])
    await settleAll('phone', 1_250, dueAt(9_000))
    await settleAll('phone', 9_000, heard)
    const told = [
      { at: 2_000, kind: 'frozen', firstTryMs: null },
      { at: 1_000, kind: 'done', firstTryMs: 250 },
    ]
    expect(await store.rungSince(all)).toEqual(told)
    expect(await store.rungSince({ ...all, since: 1_001 })).toEqual(told.slice(0, 1))
    expect(await store.rungSince({ ...all, limit: 1 })).toEqual(told.slice(0, 1))
  })

  test('a channel has what it took last, and what it did not take by cause', async () => {
    await store.accept([1, 2, 3].map(() => newRing({ channels: ['phone', 'team'] })))
    await settleAll('phone', 2_000, heard)
    await settleAll('team', 2_000, dueAt(3_000))
    await settleAll('team', 3_000, dueAt(4_000))
    const { deliveries } = await store.claim(claimOf({ channel: 'team', now: 4_000, limit: 1 }))
    await store.settle(
      deliveries.map((each) => settlement(each, dueAt(5_000), { outcome: noAnswer })),
    )
    await settleAll('team', 5_000, dead)
    const channels = ['team', 'phone', 'other']
    expect(await store.triesSince({ ...all, channels })).toEqual([
      {
        channel: 'team',
        lastAcceptedAt: null,
        failures: [
          { code: 'rate-limited', count: 6 },
          { code: 'invalid', count: 3 },
          { code: 'timeout', count: 1 },
        ],
      },
      { channel: 'phone', lastAcceptedAt: 2_000, failures: [] },
      { channel: 'other', lastAcceptedAt: null, failures: [] },
    ])
  })

  test('tries that began before, or are not among the newest, are not looked at', async () => {
    await store.accept([newRing({ channels: ['phone', 'team'] })])
    await settleAll('phone', 2_000, heard)
    await settleAll('team', 3_000, dueAt(4_000))
    await settleAll('team', 4_000, dead)
    const of = async (ask: Partial<typeof all>) =>
      store.triesSince({ ...all, ...ask, channels: ['phone', 'team'] })
    expect(await of({ since: 4_000 })).toEqual([
      { channel: 'phone', lastAcceptedAt: 2_000, failures: [] },
      { channel: 'team', lastAcceptedAt: null, failures: [{ code: 'invalid', count: 1 }] },
    ])
    expect(await of({ limit: 2 })).toMatchObject([{ lastAcceptedAt: null }, {}])
  })
}
