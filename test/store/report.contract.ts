/** That a channel gave a ring up, told to its other channels. */
import { beforeEach, expect, test } from 'vitest'

import type { Delivery } from '../../src/store/rings.ts'
import type { Store } from '../../src/store/store.ts'
import * as made from '../rings.ts'

const { claimOf, dead, dueAt, heard, newRing, noAnswer, settlement, storyOf } = made

export function reportContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  const note = 'team gave this ring up: no such topic'
  const report = { channels: ['phone', 'desk', 'elsewhere'], note }
  const rung = async (channels = ['team', 'phone', 'desk']) => {
    const asked = newRing({ channels, kind: 'frozen' })
    await store.accept([asked])
    return asked.ring
  }
  const claim = async (channel: string, now = 1_000) => {
    const { deliveries } = await store.claim(claimOf({ channel, now }))
    return deliveries as readonly [Delivery, ...Delivery[]]
  }
  const hears = async (channel: string) => {
    const [delivery] = await claim(channel)
    await store.settle([settlement(delivery, heard)])
  }
  const dies = async (channel = 'team', more: object = { report }) => {
    const [delivery] = await claim(channel)
    await store.settle([settlement(delivery, dead, more)])
  }
  const deliveriesTo = async (ring: { id: string }, channel: string) =>
    (await storyOf(store, ring)).deliveries.filter((each) => each.channel === channel)

  test('goes to the ring’s other channels, and to no channel that never had the ring', async () => {
    const ring = await rung()
    await hears('phone')
    await hears('desk')
    await dies()
    for (const channel of ['phone', 'desk'])
      expect(await deliveriesTo(ring, channel)).toMatchObject([
        { state: 'accepted', purpose: 'ring', note: null },
        { state: 'due', purpose: 'report', wave: 1, note, dueAt: 1_020 },
      ])
    expect(await deliveriesTo(ring, 'elsewhere')).toEqual([])
    expect(await claim('phone', 1_020)).toMatchObject([{ purpose: 'report', note, wave: 1 }])
  })

  test('goes along with a delivery that waits, so that one message says both', async () => {
    const ring = await rung(['team', 'phone'])
    await dies()
    expect(await deliveriesTo(ring, 'phone')).toMatchObject([
      { purpose: 'ring', state: 'due', note },
    ])
    expect(await claim('phone')).toMatchObject([{ purpose: 'ring', note }])
  })

  test('two deaths are two lines of the one that waits', async () => {
    const ring = await rung()
    await dies('team')
    await dies('desk', { report: { channels: ['team', 'phone'], note: 'desk, too' } })
    expect(await deliveriesTo(ring, 'phone')).toMatchObject([{ note: `${note}\ndesk, too` }])
  })

  test.each([
    ['may have arrived', dueAt(5_000), noAnswer],
    ['is being tried', null, null],
  ] as const)('does not change a delivery that %s', async (_, settled, outcome) => {
    const ring = await rung(['team', 'phone'])
    const [delivery] = await claim('phone')
    if (settled) await store.settle([settlement(delivery, settled, { outcome })])
    await dies()
    expect(await deliveriesTo(ring, 'phone')).toMatchObject([
      { purpose: 'ring', note: null },
      { purpose: 'report', note, state: 'due' },
    ])
  })

  test('leaves a delivery that is tried again as it is: the report supersedes nothing', async () => {
    const ring = await rung(['team', 'phone'])
    const [delivery] = await claim('phone')
    await dies()
    await store.settle([settlement(delivery, dueAt(2_000), { outcome: noAnswer })])
    expect(await deliveriesTo(ring, 'phone')).toMatchObject([
      { purpose: 'ring', state: 'due' },
      { purpose: 'report', state: 'due' },
    ])
  })

  test('goes to nobody where somebody has acknowledged the ring', async () => {
    const ring = await rung(['team', 'phone'])
    await hears('phone')
    const [delivery] = await claim('team')
    await store.acknowledge(ring.id, { at: 1_010, by: 'someone', note: null })
    await store.settle([settlement(delivery, dead, { report })])
    expect(await deliveriesTo(ring, 'phone')).toMatchObject([{ state: 'accepted' }])
  })

  test('does not go to a channel that gave the ring up, too, until it was sent there again', async () => {
    const ring = await rung(['team', 'phone'])
    await dies('phone', {})
    await dies()
    expect(await deliveriesTo(ring, 'phone')).toHaveLength(1)

    await store.resend({ id: ring.id, channels: ['phone', 'team'], now: 2_000 })
    const [again] = await claim('phone', 2_000)
    await store.settle([settlement(again, heard)])
    const [team] = await claim('team', 2_000)
    await store.settle([settlement(team, dead, { report })])
    expect((await deliveriesTo(ring, 'phone')).at(-1)).toMatchObject({ purpose: 'report', note })
  })

  test('is not owed for a death that came too late to count', async () => {
    const ring = await rung(['team', 'phone'])
    await hears('phone')
    const [slow] = await claim('team')
    await store.settle([settlement(slow, dueAt(40_000), { outcome: noAnswer })])
    await claim('team', 40_000)
    await store.settle([settlement(slow, dead, { report })])
    expect(await deliveriesTo(ring, 'phone')).toHaveLength(1)
  })

  test('a channel that gave up counts as dead whatever is reported to it, until it is sent again', async () => {
    const ring = await rung(['team', 'phone'])
    const [phone] = await claim('phone')
    await dies()
    await store.settle([settlement(phone, dead)])
    const [told] = await claim('phone', 2_000)
    expect(told).toMatchObject({ purpose: 'report' })
    await store.settle([settlement(told, heard)])
    const dead2 = async () => (await store.tallies()).find((each) => each.channel === 'phone')?.dead
    expect(await dead2()).toBe(1)
    const page = await store.list({ kind: null, state: 'dead', limit: 10, before: null })
    expect(page.rings.map((story) => story.ring.id)).toEqual([ring.id])
    await store.resend({ id: ring.id, channels: ['phone'], now: 3_000 })
    expect(await dead2()).toBe(0)
  })

  test('an acknowledgement drops a report that waits', async () => {
    const ring = await rung(['team', 'phone'])
    await hears('phone')
    await dies()
    await store.acknowledge(ring.id, { at: 1_030, by: 'someone', note: null })
    expect((await deliveriesTo(ring, 'phone')).at(-1)).toMatchObject({
      purpose: 'report',
      state: 'dropped',
      code: 'acknowledged',
    })
  })

  test('a report that was tried and has to wait is not superseded by a resend', async () => {
    const ring = await rung(['team', 'phone'])
    await hears('phone')
    await dies()
    const [told] = await claim('phone', 1_020)
    await store.resend({ id: ring.id, channels: ['phone'], now: 1_030 })
    await store.settle([settlement(told, dueAt(5_000))])
    expect(await deliveriesTo(ring, 'phone')).toMatchObject([
      { purpose: 'ring', state: 'accepted' },
      { purpose: 'report', state: 'due', note },
      { purpose: 'resend', state: 'due', note: null },
    ])
  })

  test('goes along with one of several that wait, and with no other', async () => {
    const ring = await rung()
    await hears('phone')
    await dies('team')
    await store.resend({ id: ring.id, channels: ['phone'], now: 2_000 })
    await dies('desk', { report: { channels: ['team', 'phone'], note: 'desk, too' } })
    const told = (await deliveriesTo(ring, 'phone')).filter((each) => each.note?.includes('desk'))
    expect(told).toHaveLength(1)
  })

  test('and a resend know the waves of a key that was forgotten', async () => {
    const wish = { key: 'news', channels: ['team', 'phone'], acceptedAt: 1_000 }
    await store.accept([newRing({ ...wish, fingerprint: 'a' })])
    await hears('phone')
    await hears('team')
    await store.forget({ before: 2_000, now: 9_000, limit: 1 })
    const again = newRing({ ...wish, fingerprint: 'b', channels: ['phone'] })
    await store.accept([again])
    await store.resend({ id: again.ring.id, channels: ['team'], now: 2_000 })
    expect(await deliveriesTo(again.ring, 'team')).toMatchObject([{ wave: 1 }])
  })
}
