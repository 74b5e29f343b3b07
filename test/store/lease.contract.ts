/** A lease: what is claimed is nobody else's until it is settled. */
import { beforeEach, expect, test } from 'vitest'

import type { Claim, Delivery } from '../../src/store/rings.ts'
import type { Store } from '../../src/store/store.ts'
import { claimOf, dead, dueAt, heard, newRing, noAnswer, settlement, storyOf } from '../rings.ts'

const FAR = 9_000_000_000_000

export function leaseContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  const claim = (wish?: Partial<Claim>) => store.claim(claimOf(wish))
  const lapsed = (now: number, limit = 100) => store.lapsed({ now, limit })
  const owe = async (count = 1) => {
    await store.accept(Array.from({ length: count }, () => newRing()))
    const { deliveries } = await claim({ limit: count })
    return deliveries as readonly [Delivery, ...Delivery[]]
  }
  const giveBack = (delivery: Delivery, at: number) =>
    store.settle([settlement(delivery, dueAt(at), { outcome: noAnswer })])

  test('a leased delivery is not handed out again, not even to a probe', async () => {
    await owe()
    expect((await claim({ now: 30_999 })).deliveries).toEqual([])
    expect((await claim({ now: 30_999, oldest: true })).deliveries).toEqual([])
  })

  test('a lease that ended is listed, and handed out only when it is settled', async () => {
    const [delivery] = await owe()
    expect(await lapsed(30_999)).toEqual([])
    expect(await lapsed(31_000)).toEqual([delivery])
    expect((await claim({ now: FAR })).deliveries).toEqual([])
    await giveBack(delivery, 40_000)
    expect(await lapsed(FAR)).toEqual([])
    const { deliveries } = await claim({ now: 40_000 })
    expect(deliveries).toMatchObject([{ id: delivery.id, tries: 2, mayHaveArrivedSince: 1_000 }])
  })

  test('listing what lapsed changes nothing', async () => {
    const [delivery] = await owe()
    const before = await storyOf(store, delivery.ring)
    expect(await lapsed(31_000)).toEqual(await lapsed(FAR))
    expect(await storyOf(store, delivery.ring)).toEqual(before)
    expect(before.deliveries).toMatchObject([{ state: 'due', isTrying: true, dueAt: 31_000 }])
  })

  test('only leases lapse: not what waits, and not what ended', async () => {
    const [taken, lost] = await owe(2)
    await store.settle([settlement(taken, heard), settlement(lost!, dead)])
    await store.accept([newRing()])
    expect(await lapsed(FAR)).toEqual([])
  })

  test('no more lapsed ones are listed than were asked for', async () => {
    await owe(5)
    expect(await lapsed(FAR, 3)).toHaveLength(3)
    expect(await lapsed(FAR, 0)).toHaveLength(0)
  })

  test('each lease has its own end', async () => {
    await store.accept([newRing(), newRing({ channels: ['team'] })])
    await claim({ leaseMs: 100 })
    await claim({ channel: 'team', leaseMs: 50 })
    expect((await lapsed(1_099)).map(({ channel }) => channel)).toEqual(['team'])
    expect(await lapsed(1_100)).toHaveLength(2)
  })

  test('a node that is alone ends every lease at once', async () => {
    const [delivery] = await owe()
    const waiting = newRing({ acceptedAt: 2_000 })
    await store.accept([waiting])
    await store.voidLeases()
    expect(await lapsed(1_001)).toEqual([delivery])
    expect((await claim({ now: 1_001 })).deliveries).toEqual([])
    await giveBack(delivery, 1_002)
    expect(await lapsed(FAR)).toEqual([])
    expect((await claim({ now: 2_000 })).deliveries.map(({ ring }) => ring.id)).toEqual([
      delivery.ring.id,
      waiting.ring.id,
    ])
  })

  test('ending leases leaves what ended as it ended', async () => {
    const [taken, lost] = await owe(2)
    await store.settle([settlement(taken, heard), settlement(lost!, dead)])
    await store.voidLeases()
    expect(await lapsed(FAR)).toEqual([])
    expect((await claim({ now: FAR })).deliveries).toEqual([])
  })

  test('what is hastened is due now: only what waits, and only its channel’s', async () => {
    const [later, taken, lost] = await owe(3)
    await giveBack(later, 900_000)
    await store.settle([settlement(taken!, heard), settlement(lost!, dead)])
    await store.accept([newRing({ acceptedAt: 900_000, channels: ['team'] })])
    await store.hasten('phone', 2_000)
    const { deliveries, nextDueAt } = await claim({ now: 2_000 })
    expect(deliveries.map(({ id }) => id)).toEqual([later.id])
    expect(nextDueAt).toBeNull()
    expect(await claim({ channel: 'team', now: 2_000 })).toMatchObject({ nextDueAt: 900_000 })
  })

  test('what is due already keeps its place when it is hastened', async () => {
    const rings = [newRing({ acceptedAt: 800 }), newRing({ acceptedAt: 500 })]
    await store.accept(rings)
    await store.hasten('phone', 2_000)
    const { deliveries } = await claim({ now: 2_000 })
    expect(deliveries.map(({ ring }) => ring.acceptedAt)).toEqual([500, 800])
  })

  test('hastening does not end a lease', async () => {
    await owe()
    await store.hasten('phone', 2_000)
    expect((await claim({ now: 2_000 })).deliveries).toEqual([])
  })
}
