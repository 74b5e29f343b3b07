/** A ring owed once more: on request, or because its channel is gone. */
import { beforeEach, expect, test } from 'vitest'

import type { Delivery, Orphan } from '../../src/store/rings.ts'
import type { Store } from '../../src/store/store.ts'
import { claimOf, dead, dueAt, heard, newRing, settlement, storyOf } from '../rings.ts'

const FAR = 9_000_000_000_000

export function owedContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  const rung = async (channels = ['phone'], kind: 'done' | 'frozen' = 'frozen') => {
    const asked = newRing({ channels, kind })
    await store.accept([asked])
    return asked.ring
  }
  const claim = async (channel = 'phone', now = 1_000) => {
    const { deliveries } = await store.claim(claimOf({ channel, now }))
    return deliveries as readonly [Delivery, ...Delivery[]]
  }
  const orphan = async (known: readonly string[]): Promise<Orphan> => {
    const [first] = await store.orphans(known)
    if (first === undefined) throw new Error('there is no orphan')
    return first
  }

  test('nothing is owed of a ring that never was', async () => {
    expect(await store.resend({ id: 'ring_none', channels: ['phone'], now: 1 })).toEqual([])
    expect(await claim('phone', FAR)).toEqual([])
  })

  test('a resend is a wave of its own, and supersedes what was still due there', async () => {
    const ring = await rung(['phone', 'team'])
    const owed = await store.resend({ id: ring.id, channels: ['phone'], now: 2_000 })
    const { deliveries } = await storyOf(store, ring)
    expect(deliveries).toMatchObject([
      { channel: 'phone', wave: 0, state: 'dropped', code: 'superseded' },
      { channel: 'team', wave: 0, state: 'due', purpose: 'ring' },
      { channel: 'phone', wave: 1, state: 'due', purpose: 'resend', dueAt: 2_000, tries: [] },
    ])
    expect(owed).toEqual([{ id: deliveries[2]?.id, channel: 'phone' }])
    expect(await claim('phone', 2_000)).toMatchObject([{ wave: 1, purpose: 'resend', tries: 1 }])
  })

  test('a resend goes to several channels, also to one that never had the ring', async () => {
    const ring = await rung()
    const channels = ['team', 'phone']
    const owed = await store.resend({ id: ring.id, channels, now: 2_000 })
    expect(owed.map(({ channel }) => channel)).toEqual(channels)
    expect(await claim('team', 2_000)).toMatchObject([{ purpose: 'resend', ring }])
  })

  test.each([dead, heard])(
    'what ended $state can be resent, and stays as it ended',
    async (end) => {
      const ring = await rung()
      const [delivery] = await claim()
      await store.settle([settlement(delivery, end)])
      await store.resend({ id: ring.id, channels: ['phone'], now: 2_000 })
      expect((await storyOf(store, ring)).deliveries).toMatchObject([
        { state: end.state, wave: 0 },
        { state: 'due', wave: 1 },
      ])
      const [again] = await claim('phone', 2_000)
      expect(again).toMatchObject({ wave: 1, tries: 1, mayHaveArrivedSince: null })
    },
  )

  test('a try under way when its ring is resent may still be accepted', async () => {
    const ring = await rung()
    const [delivery] = await claim()
    await store.resend({ id: ring.id, channels: ['phone'], now: 2_000 })
    expect(await store.settle([settlement(delivery, heard)])).toEqual([])
    expect((await storyOf(store, ring)).deliveries).toMatchObject([
      { state: 'accepted' },
      { state: 'due', purpose: 'resend' },
    ])
  })

  test('a try under way when its ring is resent is not repeated beside the resend', async () => {
    const ring = await rung()
    const [delivery] = await claim()
    await store.resend({ id: ring.id, channels: ['phone'], now: 2_000 })
    await store.settle([settlement(delivery, dueAt(3_000))])
    expect((await storyOf(store, ring)).deliveries).toMatchObject([
      { wave: 0, state: 'dropped', code: 'superseded' },
      { wave: 1, state: 'due' },
    ])
    expect(await claim('phone', FAR)).toMatchObject([{ wave: 1 }])
  })

  test('of two resends only the last is due', async () => {
    const ring = await rung()
    const ask = { id: ring.id, channels: ['phone'], now: 2_000 }
    await Promise.all([store.resend(ask), store.resend(ask)])
    expect(await claim('phone', 2_000)).toMatchObject([{ wave: 2, purpose: 'resend' }])
  })

  test('a resent escalation still goes before a done', async () => {
    const quiet = await rung(['phone'], 'done')
    const loud = await rung()
    await store.resend({ id: quiet.id, channels: ['phone'], now: 1_500 })
    await store.resend({ id: loud.id, channels: ['phone'], now: 2_000 })
    const deliveries = await claim('phone', 2_000)
    expect(deliveries.map(({ ring }) => ring.id)).toEqual([loud.id, quiet.id])
  })

  test('a repeat of a resent ring is owed all of its waves', async () => {
    const asked = newRing({ key: 'k' })
    const [accepted] = await store.accept([asked])
    const owed = await store.resend({ id: asked.ring.id, channels: ['phone'], now: 2_000 })
    const first = accepted !== undefined && 'owed' in accepted ? accepted.owed : []
    expect(await store.accept([newRing({ key: 'k' })])).toEqual([
      { type: 'duplicate', id: asked.ring.id, owed: [...first, ...owed] },
    ])
  })

  test('with every channel known there are no orphans', async () => {
    await rung(['phone', 'team'])
    expect(await store.orphans(['team', 'phone', 'log'])).toEqual([])
  })

  test('what is due to a channel that is gone is an orphan; what ended there is not', async () => {
    const ring = await rung(['gone'])
    await rung(['gone'])
    const [, ended] = await claim('gone')
    await store.settle([settlement(ended!, dead)])
    const [first, ...more] = await store.orphans(['phone'])
    expect(more).toEqual([])
    expect(first).toMatchObject({ delivery: { channel: 'gone' }, ring, hasOther: false })
    expect(await store.orphans([])).toHaveLength(1)
  })

  test.each<[string, boolean, typeof heard | null]>([
    ['waits for another channel', true, null],
    ['was accepted by another channel', true, heard],
    ['is dead on the other channel', false, dead],
  ])('an orphan whose ring %s: another has it is %s', async (_, hasOther, end) => {
    await rung(['gone', 'phone'])
    if (end !== null) await store.settle([settlement((await claim())[0], end)])
    expect(await store.orphans(['phone'])).toMatchObject([{ hasOther }])
  })

  test('two channels that are both gone are no other for each other', async () => {
    await rung(['gone', 'lost'])
    const orphans = await store.orphans(['phone'])
    expect(orphans.map(({ hasOther }) => hasOther)).toEqual([false, false])
  })

  test('a rehomed orphan is dropped there and owed elsewhere', async () => {
    const ring = await rung(['gone'])
    const homeless = await orphan(['phone', 'team'])
    const ask = { orphan: homeless, channels: ['phone', 'team'], now: 2_000 }
    const owed = await store.rehome(ask)
    expect(owed.map(({ channel }) => channel)).toEqual(['phone', 'team'])
    expect((await storyOf(store, ring)).deliveries).toMatchObject([
      { channel: 'gone', state: 'dropped', code: 'channel-removed', isTrying: false },
      { id: owed[0]?.id, channel: 'phone', state: 'due', dueAt: 2_000, purpose: 'ring' },
      { id: owed[1]?.id, channel: 'team', state: 'due', dueAt: 2_000, purpose: 'ring' },
    ])
    expect(await store.orphans(['phone', 'team'])).toEqual([])
    expect(await claim('gone', FAR)).toEqual([])
    expect(await claim('phone', 2_000)).toHaveLength(1)
  })

  test('an orphan with nowhere to go is only dropped', async () => {
    const ring = await rung(['gone', 'phone'])
    const ask = { orphan: await orphan(['phone']), channels: [], now: 2_000 }
    expect(await store.rehome(ask)).toEqual([])
    expect((await storyOf(store, ring)).deliveries).toMatchObject([
      { channel: 'gone', state: 'dropped' },
      { channel: 'phone', state: 'due', wave: 0 },
    ])
  })

  test('an orphan that was being tried is never tried again', async () => {
    await rung(['gone'])
    const [delivery] = await claim('gone')
    const ask = { orphan: await orphan(['phone']), channels: ['phone'], now: 2_000 }
    await store.rehome(ask)
    expect(await store.lapsed({ now: FAR, limit: 9 })).toEqual([])
    expect(await store.settle([settlement(delivery, dueAt(3_000))])).toHaveLength(1)
    expect(await claim('gone', FAR)).toEqual([])
  })
}
