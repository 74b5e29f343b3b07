/** What is kept, and what may be forgotten. */
import { beforeEach, expect, test } from 'vitest'

import type { Settled } from '../../src/doorbell/settle.ts'
import type { Store } from '../../src/store/store.ts'
import * as made from '../rings.ts'

const { claimOf, dead, heard, newRing, settlement } = made

export function forgetContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  const rung = async (wish: Parameters<typeof newRing>[0] = {}) => {
    const asked = newRing({ acceptedAt: 1_000, ...wish })
    await store.accept([asked])
    return asked.ring
  }
  const ends = async (end: Settled, channel = 'phone') => {
    const { deliveries } = await store.claim(claimOf({ channel }))
    await store.settle(deliveries.map((delivery) => settlement(delivery, end)))
  }
  const forget = (limit = 10) => store.forget({ before: 2_000, now: 9_000, limit })

  test('a ring that a channel took is forgotten once it is old', async () => {
    const ring = await rung()
    await ends(heard)
    expect(await store.forget({ before: 1_000, now: 9_000, limit: 10 })).toBe(0)
    expect(await forget()).toBe(1)
    expect(await store.story(ring.id)).toBeUndefined()
    expect(await store.tallies()).toEqual([])
  })

  test('a ring that was given up and acknowledged is forgotten', async () => {
    const ring = await rung()
    await ends(dead)
    await store.acknowledge(ring.id, { at: 1_500, by: 'ada', note: null })
    expect(await forget()).toBe(1)
  })

  test.each([
    ['something is due', async () => rung()],
    [
      'another channel has still to take',
      async () => {
        const ring = await rung({ channels: ['phone', 'team'] })
        await ends(heard)
        return ring
      },
    ],
    [
      'nobody ever heard',
      async () => {
        const ring = await rung()
        await ends(dead)
        return ring
      },
    ],
  ])('a ring of which %s is kept, however old', async (_, make) => {
    const ring = await make()
    expect(await forget()).toBe(0)
    expect(await store.story(ring.id)).toBeDefined()
  })

  test('so many at a time, the oldest first, and the young ones stay', async () => {
    const old = [await rung(), await rung(), await rung()]
    const young = await rung({ acceptedAt: 2_000 })
    await ends(heard)
    const { deliveries } = await store.claim(claimOf({ now: 3_000 }))
    await store.settle(deliveries.map((delivery) => settlement(delivery, heard)))
    expect(await forget(2)).toBe(2)
    expect(await store.story(old[2]?.id ?? '')).toBeDefined()
    expect(await forget(2)).toBe(1)
    expect(await forget(2)).toBe(0)
    expect(await store.story(young.id)).toBeDefined()
  })

  test('a ring that claims to be of the future keeps no other', async () => {
    await rung({ acceptedAt: 99_000 })
    await rung()
    const { deliveries } = await store.claim(claimOf({ now: 99_000 }))
    await store.settle(deliveries.map((delivery) => settlement(delivery, heard)))
    expect(await forget()).toBe(1)
  })

  test('its key is free again, and no receiver takes the next ring under it for a repeat', async () => {
    for (let times = 0; times < 3; times += 1) {
      await rung({ key: 'news', fingerprint: `${times}` })
      const { deliveries } = await store.claim(claimOf())
      expect(deliveries).toMatchObject([{ wave: times }])
      await store.settle(deliveries.map((delivery) => settlement(delivery, heard)))
      expect(await forget()).toBe(1)
    }
  })
}
