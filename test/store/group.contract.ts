/** Units that arrive together share a commit, and nothing else. */
import { beforeEach, expect, test } from 'vitest'

import type { Store } from '../../src/store/store.ts'
import { claimOf, heard, mysteryRing, newRing, settlement, storyOf } from '../rings.ts'

export function groupContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  test.each([0, 20, 39])(
    'a bad call among forty (the one at %i) harms only itself',
    async (bad) => {
      const calls = Array.from({ length: 40 }, (_, index) =>
        index === bad ? [newRing(), mysteryRing()] : [newRing({ channels: ['phone', 'team'] })],
      )
      const results = await Promise.allSettled(calls.map((call) => store.accept(call)))
      const fates = results.map(({ status }) => status)
      expect(fates).toEqual(calls.map((_, i) => (i === bad ? 'rejected' : 'fulfilled')))
      const stories = await Promise.all(calls.map(([first]) => store.story(first!.ring.id)))
      expect(stories.map((story) => story?.deliveries.length)).toEqual(
        calls.map((_, index) => (index === bad ? undefined : 2)),
      )
    },
  )

  test('every second call is bad, and every other one is kept', async () => {
    const calls = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? newRing() : mysteryRing()))
    const results = await Promise.allSettled(calls.map((call) => store.accept([call])))
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(50)
    const { deliveries } = await store.claim(claimOf({ limit: 1_000 }))
    const kept = calls.filter((_, index) => index % 2 === 0).map(({ ring }) => ring.id)
    expect(deliveries.map(({ ring }) => ring.id)).toEqual(kept)
  })

  test('a bad call harms no claim, settlement or acknowledgement of the same turn', async () => {
    const [one, two] = [newRing(), newRing()]
    await store.accept([one])
    const { deliveries } = await store.claim(claimOf())
    await store.accept([two])
    const [bad, settled, claimed, acknowledged, good] = await Promise.allSettled([
      store.accept([mysteryRing()]),
      store.settle([settlement(deliveries[0]!, heard)]),
      store.claim(claimOf()),
      store.acknowledge(one.ring.id, { at: 5, by: 'ann', note: null }),
      store.accept([newRing()]),
    ])
    expect(bad.status).toBe('rejected')
    expect(settled).toEqual({ status: 'fulfilled', value: [] })
    expect(claimed).toMatchObject({ value: { deliveries: [{ ring: { id: two.ring.id } }] } })
    expect(acknowledged).toEqual({ status: 'fulfilled', value: true })
    expect(good.status).toBe('fulfilled')
    const story = await storyOf(store, one.ring)
    expect(story).toMatchObject({
      acknowledged: { by: 'ann' },
      deliveries: [{ state: 'accepted' }],
    })
  })

  test('more calls than one commit takes are all written', async () => {
    const rings = Array.from({ length: 1_500 }, () => newRing())
    await Promise.all(rings.map((each) => store.accept([each])))
    const { deliveries } = await store.claim(claimOf({ limit: 2_000 }))
    expect(deliveries.map(({ ring }) => ring.id)).toEqual(rings.map(({ ring }) => ring.id))
  })

  test('a settlement of an unknown delivery leaves nothing of its call', async () => {
    await store.accept([newRing(), newRing()])
    const { deliveries } = await store.claim(claimOf())
    const [mine, other] = [deliveries[0]!, deliveries[1]!]
    const bad = [settlement(mine, heard), settlement({ ...mine, id: 999_999 }, heard)]
    const [failed, kept] = await Promise.allSettled([
      store.settle(bad),
      store.settle([settlement(other, heard)]),
    ])
    expect([failed.status, kept.status]).toEqual(['rejected', 'fulfilled'])
    expect((await storyOf(store, mine.ring)).deliveries).toMatchObject([
      { state: 'due', tries: [] },
    ])
    expect((await storyOf(store, other.ring)).deliveries).toMatchObject([{ state: 'accepted' }])
  })

  test('what waits when the store is closed is written, and what comes after is refused', async () => {
    const waiting = Array.from({ length: 5 }, () => store.accept([newRing()]))
    const closed = store.close()
    const settled = await Promise.allSettled([...waiting, closed])
    expect(settled.filter(({ status }) => status === 'rejected')).toEqual([])
    await expect(store.accept([newRing()])).rejects.toMatchObject({ code: 'refusing' })
    // Whatever the store had still planned for the next turn must have nothing to do.
    await new Promise((resolve) => setImmediate(resolve))
  })
}
