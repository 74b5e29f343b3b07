/** What becomes of a delivery after a try, and what a late word still counts for. */
import { beforeEach, expect, test } from 'vitest'

import type { Settled } from '../../src/doorbell/settle.ts'
import type { Claim, Delivery } from '../../src/store/rings.ts'
import type { Store } from '../../src/store/store.ts'
import * as made from '../rings.ts'

const { badToken, busy, dead, dueAt, heard, held, newRing, noAnswer, settlement, storyOf } = made
const FAR = 9_000_000_000_000

export function settleContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  const claim = async (wish?: Partial<Claim>) => {
    const { deliveries } = await store.claim(made.claimOf(wish))
    return deliveries as readonly [Delivery, ...Delivery[]]
  }
  const owe = async (count = 1) => {
    await store.accept(Array.from({ length: count }, () => newRing()))
    return claim({ limit: count })
  }
  /** The first courier was too slow: its lease ended, and another one tries since 40,000. */
  const overtaken = async () => {
    const [slow] = await owe()
    await store.settle([settlement(slow, dueAt(40_000), { outcome: noAnswer })])
    const [second] = await claim({ now: 40_000 })
    return { slow, second }
  }
  const deliveryOf = async ({ ring, id }: Delivery) =>
    (await storyOf(store, ring)).deliveries.find((each) => each.id === id)

  test('accepted: under the receiver’s own name, and over', async () => {
    const [delivery] = await owe()
    expect(await store.settle([settlement(delivery, heard, { at: 1_010, ms: 33 })])).toEqual([])
    const tries = [{ number: 1, at: 1_010, ms: 33, outcome: 'accepted', code: null, detail: null }]
    const end = { state: 'accepted', reference: 'm1', isTrying: false, code: null, detail: null }
    expect(await deliveryOf(delivery)).toMatchObject({ ...end, tries })
    expect(await claim({ now: FAR })).toEqual([])
  })

  test('dead: with its reason, and over', async () => {
    const [delivery] = await owe()
    expect(await store.settle([settlement(delivery, dead)])).toEqual([])
    const why = { code: 'invalid', detail: 'no such topic' }
    const tries = [{ number: 1, at: 1_000, ms: 20, outcome: 'refused', ...why }]
    const end = { state: 'dead', reference: null, isTrying: false, ...why, tries }
    expect(await deliveryOf(delivery)).toMatchObject(end)
    expect(await claim({ now: FAR })).toEqual([])
  })

  test('due: back when it said it would be, and no sooner', async () => {
    const [delivery] = await owe()
    expect(await store.settle([settlement(delivery, dueAt(5_000))])).toEqual([])
    expect(await deliveryOf(delivery)).toMatchObject({
      state: 'due',
      isTrying: false,
      dueAt: 5_000,
    })
    expect(await claim({ now: 4_999 })).toEqual([])
    const counts = { tries: 2, waived: 0, firstTriedAt: 1_000, claimedAt: 5_000 }
    expect(await claim({ now: 5_000 })).toMatchObject([{ id: delivery.id, ...counts }])
  })

  test('held: still due, as if the try had not been', async () => {
    const [delivery] = await owe()
    await store.settle([settlement(delivery, held)])
    const tries = [{ number: 1, outcome: 'refused', code: badToken.code }]
    expect(await deliveryOf(delivery)).toMatchObject({ state: 'due', isTrying: false, tries })
    const [again] = await claim({ now: 7_000 })
    expect(again).toMatchObject({ tries: 2, waived: 1, firstTriedAt: 7_000, claimedAt: 7_000 })
    await store.settle([settlement(again, dueAt(8_000))])
    expect(await claim({ now: 8_000 })).toMatchObject([
      { tries: 3, waived: 1, firstTriedAt: 7_000 },
    ])
  })

  test('held again and again, no try counts', async () => {
    await owe()
    await store.voidLeases()
    for (let now = 2_000; now < 6_000; now += 1_000) {
      const [delivery] =
        now === 2_000 ? await store.lapsed({ now, limit: 1 }) : await claim({ now })
      await store.settle([settlement(delivery!, held, { at: now })])
    }
    expect(await claim({ now: 9_000 })).toMatchObject([
      { tries: 5, waived: 4, firstTriedAt: 9_000 },
    ])
  })

  test('what may have arrived is known from the first such try on, and for good', async () => {
    const [first] = await owe()
    await store.settle([settlement(first, dueAt(2_000), { outcome: busy })])
    const [second] = await claim({ now: 2_000 })
    expect(second.mayHaveArrivedSince).toBeNull()
    await store.settle([settlement(second, dueAt(3_000), { outcome: noAnswer, at: 2_005 })])
    const [third] = await claim({ now: 3_000 })
    expect(third.mayHaveArrivedSince).toBe(2_005)
    await store.settle([settlement(third, dueAt(4_000), { outcome: noAnswer, at: 3_005 })])
    const [fourth] = await claim({ now: 4_000 })
    await store.settle([settlement(fourth, held)])
    const [fifth] = await claim({ now: 5_000 })
    await store.settle([settlement(fifth, dueAt(6_000), { outcome: busy })])
    expect(await claim({ now: 6_000 })).toMatchObject([{ mayHaveArrivedSince: 2_005, tries: 6 }])
  })

  test('a late acceptance is believed while another courier tries', async () => {
    const { slow, second } = await overtaken()
    expect(await store.settle([settlement(slow, heard)])).toEqual([])
    expect(await deliveryOf(slow)).toMatchObject({ state: 'accepted', reference: 'm1' })
    expect(await store.settle([settlement(second, dueAt(50_000))])).toMatchObject([
      { id: second.id, tries: 2 },
    ])
    expect(await deliveryOf(slow)).toMatchObject({ state: 'accepted', isTrying: false })
    expect(await claim({ now: FAR })).toEqual([])
    expect(await store.lapsed({ now: FAR, limit: 9 })).toEqual([])
  })

  test('a late acceptance is believed while the delivery waits for its next try', async () => {
    const [slow] = await owe()
    await store.settle([settlement(slow, dueAt(40_000), { outcome: noAnswer })])
    expect(await store.settle([settlement(slow, heard)])).toEqual([])
    expect(await claim({ now: FAR })).toEqual([])
  })

  test.each<[string, Settled]>([
    ['due', dueAt(99_000)],
    ['dead', dead],
    ['held', held],
  ])('a late %s changes nothing and is told apart, but its try is written', async (_, late) => {
    const { slow, second } = await overtaken()
    const before = await deliveryOf(second)
    expect(await store.settle([settlement(slow, late, { at: 1_001 })])).toMatchObject([
      { id: slow.id, tries: 1 },
    ])
    const after = await deliveryOf(second)
    expect({ ...after, tries: [] }).toEqual({ ...before, tries: [] })
    expect(after?.tries.map(({ number, at }) => [number, at])).toEqual([
      [1, 1_000],
      [1, 1_001],
    ])
    expect(await store.settle([settlement(second, dueAt(50_000))])).toEqual([])
    expect(await claim({ now: 50_000 })).toMatchObject([{ tries: 3, waived: 0 }])
  })

  test.each<[string, Settled]>([
    ['accepted', { ...heard, reference: 'm2' } as Settled],
    ['due', dueAt(2_000)],
    ['dead', { ...dead, code: 'server' } as Settled],
    ['held', held],
  ])('nothing changes how a delivery ended: a later %s comes too late', async (_, later) => {
    const [taken, lost] = await owe(2)
    await store.settle([settlement(taken, heard), settlement(lost!, dead)])
    const late = [settlement(taken, later), settlement(lost!, later)]
    expect(await store.settle(late)).toMatchObject([{ id: taken.id }, { id: lost!.id }])
    expect(await deliveryOf(taken)).toMatchObject({ state: 'accepted', reference: 'm1' })
    expect(await deliveryOf(lost!)).toMatchObject({ state: 'dead', code: 'invalid' })
    expect((await deliveryOf(taken))?.tries).toHaveLength(2)
    expect(await claim({ now: FAR })).toEqual([])
  })

  test('of many settlements in one call only the late ones come back', async () => {
    const { slow, second } = await overtaken()
    const [fresh, other] = await owe(2)
    const late = await store.settle([
      settlement(fresh, heard),
      settlement(slow, dead),
      settlement(other!, dead),
      settlement(second, heard),
    ])
    expect(late).toMatchObject([{ id: slow.id, tries: 1 }])
    expect(late).toHaveLength(1)
    expect(await deliveryOf(second)).toMatchObject({ state: 'accepted' })
  })

  test('no settlements at all are settled as such', async () => {
    expect(await store.settle([])).toEqual([])
  })
}
