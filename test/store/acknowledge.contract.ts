/** A person heard it: nobody is rung any more. */
import { beforeEach, expect, test } from 'vitest'

import type { Acknowledgement, Delivery } from '../../src/store/rings.ts'
import type { Store } from '../../src/store/store.ts'
import * as made from '../rings.ts'

const { claimOf, dead, dueAt, heard, held, newRing, noAnswer, settlement, storyOf } = made
const FAR = 9_000_000_000_000

const byAnn: Acknowledgement = { at: 5_000, by: 'ann', note: 'on it' }
const byBob: Acknowledgement = { at: 6_000, by: 'bob', note: null }

export function acknowledgeContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  const rung = async (channels = ['phone']) => {
    const asked = newRing({ channels })
    await store.accept([asked])
    return asked.ring
  }
  const claim = async (now = FAR, channel = 'phone') => {
    const { deliveries } = await store.claim(claimOf({ now, channel }))
    return deliveries as readonly [Delivery, ...Delivery[]]
  }

  test('nobody can acknowledge a ring that never was', async () => {
    expect(await store.acknowledge('ring_none', byAnn)).toBe(false)
  })

  test('an acknowledged ring says who heard it, when, and what they noted', async () => {
    const ring = await rung()
    expect(await store.acknowledge(ring.id, byAnn)).toBe(true)
    expect((await storyOf(store, ring)).acknowledged).toEqual(byAnn)
  })

  test('a second acknowledgement is welcome, and the first stays', async () => {
    const ring = await rung()
    await store.acknowledge(ring.id, byBob)
    const answers = await Promise.all([byAnn, byAnn].map((by) => store.acknowledge(ring.id, by)))
    expect(answers).toEqual([true, true])
    expect((await storyOf(store, ring)).acknowledged).toEqual(byBob)
  })

  test('what is still due is dropped, and what ended stays as it ended', async () => {
    const ring = await rung(['phone', 'team', 'log'])
    const [phone] = await claim(1_000)
    const [team] = await claim(1_000, 'team')
    await store.settle([settlement(phone, heard), settlement(team, dead)])
    await store.acknowledge(ring.id, byAnn)
    expect((await storyOf(store, ring)).deliveries).toMatchObject([
      { channel: 'phone', state: 'accepted' },
      { channel: 'team', state: 'dead', code: 'invalid' },
      { channel: 'log', state: 'dropped', code: 'acknowledged' },
    ])
    expect(await claim(FAR, 'log')).toEqual([])
  })

  test('another ring is still owed', async () => {
    const [heardOf, other] = [await rung(), await rung()]
    await store.acknowledge(heardOf.id, byAnn)
    expect(await claim()).toMatchObject([{ ring: { id: other.id } }])
  })

  test.each([dueAt(2_000), held])(
    'a try under way when it was acknowledged is not repeated ($state)',
    async (settled) => {
      const ring = await rung()
      const [delivery] = await claim(1_000)
      await store.acknowledge(ring.id, byAnn)
      expect((await storyOf(store, ring)).deliveries).toMatchObject([{ isTrying: true }])
      expect(await store.settle([settlement(delivery, settled)])).toEqual([])
      expect((await storyOf(store, ring)).deliveries).toMatchObject([
        { state: 'dropped', code: 'acknowledged', isTrying: false, tries: [{ number: 1 }] },
      ])
      expect(await claim()).toEqual([])
    },
  )

  test.each([heard, dead])(
    'a try under way when it was acknowledged may still end $state',
    async (settled) => {
      const ring = await rung()
      const [delivery] = await claim(1_000)
      await store.acknowledge(ring.id, byAnn)
      expect(await store.settle([settlement(delivery, settled)])).toEqual([])
      expect((await storyOf(store, ring)).deliveries).toMatchObject([{ state: settled.state }])
    },
  )

  test('a late word about an acknowledged ring does not end the try of another courier', async () => {
    const ring = await rung()
    const [slow] = await claim(1_000)
    await store.settle([settlement(slow, dueAt(2_000), { outcome: noAnswer })])
    const [second] = await claim(2_000)
    await store.acknowledge(ring.id, byAnn)
    expect(await store.settle([settlement(slow, dueAt(3_000))])).toMatchObject([{ tries: 1 }])
    expect((await storyOf(store, ring)).deliveries).toMatchObject([
      { state: 'due', isTrying: true },
    ])
    expect(await store.settle([settlement(second, heard)])).toEqual([])
    expect((await storyOf(store, ring)).deliveries).toMatchObject([{ state: 'accepted' }])
  })

  test('an acknowledged ring that is resent is owed, and stays owed when it is retried', async () => {
    const ring = await rung()
    await store.acknowledge(ring.id, byAnn)
    await store.resend({ id: ring.id, channels: ['phone'], now: 6_000 })
    const [delivery] = await claim(6_000)
    expect(delivery).toMatchObject({ purpose: 'resend', ring: { id: ring.id } })
    await store.settle([settlement(delivery, dueAt(7_000))])
    expect(await claim(7_000)).toMatchObject([{ id: delivery.id, tries: 2 }])
  })

  test('acknowledging does not take back a resend', async () => {
    const ring = await rung(['phone', 'team'])
    await store.resend({ id: ring.id, channels: ['phone'], now: 2_000 })
    await store.acknowledge(ring.id, byAnn)
    expect(await claim()).toMatchObject([{ purpose: 'resend' }])
    expect(await claim(FAR, 'team')).toEqual([])
  })

  test('the key of an acknowledged ring still means it', async () => {
    const asked = newRing({ key: 'k' })
    await store.accept([asked])
    await store.acknowledge(asked.ring.id, byAnn)
    const again = await store.accept([newRing({ key: 'k' })])
    expect(again).toMatchObject([{ type: 'duplicate', id: asked.ring.id }])
    expect(await claim()).toEqual([])
  })
}
