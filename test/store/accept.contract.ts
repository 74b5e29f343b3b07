/** What a store must do with new rings. */
import { beforeEach, expect, test } from 'vitest'

import { handleFor } from '../../src/delivery/handle.ts'
import type { Acceptance, Owed } from '../../src/store/rings.ts'
import type { Store } from '../../src/store/store.ts'
import { claimOf, mysteryRing, newRing, storyOf } from '../rings.ts'

export function acceptContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  const owedOf = (acceptance: Acceptance | undefined): readonly Owed[] =>
    acceptance !== undefined && 'owed' in acceptance ? acceptance.owed : []
  const count = async () => {
    const filter = { kind: null, state: null, limit: 1_000, before: null } as const
    return (await store.list(filter)).rings.length
  }

  test('a ring is owed to each of its channels, and due at once', async () => {
    const asked = newRing({ channels: ['phone', 'team'] })
    const [acceptance] = await store.accept([asked])
    expect(acceptance).toMatchObject({ type: 'accepted', id: asked.ring.id })
    expect(owedOf(acceptance).map(({ channel }) => channel)).toEqual(['phone', 'team'])
    const story = await storyOf(store, asked.ring)
    const due = { state: 'due', purpose: 'ring', wave: 0, dueAt: 1_000, isTrying: false, tries: [] }
    expect(story).toMatchObject({ acknowledged: null, deliveries: [due, due] })
    expect(story.deliveries.map(({ id, channel }) => ({ id, channel }))).toEqual(owedOf(acceptance))
  })

  test('a ring comes back as it was given', async () => {
    const issue = { repo: 'acme/wéb', number: 7, title: 'it’s "so" \0 😀', labels: ['a', 'b'] }
    const rich = newRing({ issue, threadId: 't 2', detail: 'line\nline', source: 'laptop' })
    const bare = newRing({ kind: 'done', threadId: null, detail: '' })
    await store.accept([rich, bare])
    expect((await storyOf(store, rich.ring)).ring).toEqual(rich.ring)
    expect((await storyOf(store, bare.ring)).ring).toEqual(bare.ring)
  })

  test('the answers stand in the order of the rings', async () => {
    const rings = Array.from({ length: 5 }, () => newRing())
    const acceptances = await store.accept(rings)
    expect(acceptances.map(({ id }) => id)).toEqual(rings.map(({ ring }) => ring.id))
  })

  test('no rings at all are accepted as such', async () => {
    expect(await store.accept([])).toEqual([])
  })

  test('a ring without a channel is kept and owed to nobody', async () => {
    const asked = newRing({ channels: [] })
    expect(await store.accept([asked])).toEqual([{ type: 'accepted', id: asked.ring.id, owed: [] }])
    expect((await storyOf(store, asked.ring)).deliveries).toEqual([])
  })

  test('one bad ring in a call leaves nothing of the call', async () => {
    const [before, after] = [newRing(), newRing()]
    await expect(store.accept([before, mysteryRing(), after])).rejects.toBeInstanceOf(Error)
    expect(await store.story(before.ring.id)).toBeUndefined()
    expect(await store.story(after.ring.id)).toBeUndefined()
    expect(await store.claim(claimOf())).toMatchObject({ deliveries: [], nextDueAt: null })
  })

  test('a fourth kind is refused by the database itself', async () => {
    const mystery = mysteryRing()
    await expect(store.accept([mystery])).rejects.toThrow(/check constraint.*kind/i)
    expect(await store.story(mystery.ring.id)).toBeUndefined()
  })

  test('a channel named twice leaves nothing of the ring', async () => {
    const asked = newRing({ channels: ['phone', 'phone'] })
    await expect(store.accept([asked])).rejects.toThrow(/unique/i)
    expect(await store.story(asked.ring.id)).toBeUndefined()
  })

  test('the same key with the same event is the first ring, with what that one owes', async () => {
    const first = newRing({ key: 'k', channels: ['phone', 'team'] })
    const [accepted] = await store.accept([first])
    const again = newRing({ key: 'k', acceptedAt: 9_000_000_000, channels: ['elsewhere'] })
    expect(await store.accept([again])).toEqual([
      { type: 'duplicate', id: first.ring.id, owed: owedOf(accepted) },
    ])
    expect(await store.story(again.ring.id)).toBeUndefined()
    expect(await count()).toBe(1)
  })

  test('a key means its ring until its time is over, and then it is news again', async () => {
    const at = (acceptedAt: number) => newRing({ key: 'k', acceptedAt, dedupeForMs: 60_000 })
    const [first, late, over] = [at(1_000), at(60_999), at(61_000)]
    await store.accept([first])
    expect(await store.accept([late])).toMatchObject([{ type: 'duplicate', id: first.ring.id }])
    expect(await store.accept([over])).toMatchObject([{ type: 'accepted', id: over.ring.id }])
    expect(await count()).toBe(2)
    expect(await store.accept([at(61_001)])).toMatchObject([
      { type: 'duplicate', id: over.ring.id },
    ])
  })

  test('a clock that stepped back does not make a repeat news', async () => {
    const first = newRing({ key: 'k', acceptedAt: 50_000, dedupeForMs: 100 })
    await store.accept([first])
    const earlier = newRing({ key: 'k', acceptedAt: 10, dedupeForMs: 100 })
    expect(await store.accept([earlier])).toMatchObject([{ type: 'duplicate', id: first.ring.id }])
  })

  test('the same key with another event is a conflict, and writes nothing', async () => {
    const first = newRing({ key: 'k' })
    const other = newRing({ key: 'k', fingerprint: 'e'.repeat(64), channels: ['phone', 'team'] })
    const neighbour = newRing()
    await store.accept([first])
    const [conflict, accepted] = await store.accept([other, neighbour])
    expect(conflict).toEqual({ type: 'conflict', id: first.ring.id })
    expect(accepted).toMatchObject({ type: 'accepted', id: neighbour.ring.id })
    expect(await store.story(other.ring.id)).toBeUndefined()
    expect((await store.claim(claimOf({ channel: 'team' }))).deliveries).toEqual([])
    expect(await count()).toBe(2)
  })

  test('another event after the key’s time is news', async () => {
    await store.accept([newRing({ key: 'k', dedupeForMs: 10 })])
    const other = newRing({ key: 'k', fingerprint: 'e', dedupeForMs: 10, acceptedAt: 1_010 })
    expect(await store.accept([other])).toMatchObject([{ type: 'accepted' }])
  })

  test('twice in one call, and in two calls of one turn, is once', async () => {
    const rings = Array.from({ length: 4 }, () => newRing({ key: 'k' }))
    const calls = [rings.slice(0, 2), rings.slice(2)].map((call) => store.accept(call))
    const acceptances = (await Promise.all(calls)).flat()
    expect(acceptances.map(({ type }) => type)).toEqual([
      'accepted',
      ...Array.from({ length: 3 }, () => 'duplicate'),
    ])
    expect(new Set(acceptances.map(({ id }) => id))).toEqual(new Set([rings[0]?.ring.id]))
    expect(await count()).toBe(1)
  })

  test('a key that is used again has another handle on every channel, also after a resend', async () => {
    const channels = ['phone', 'team']
    const again = (acceptedAt: number) =>
      newRing({ key: 'k', acceptedAt, dedupeForMs: 10, channels })
    const rings = [again(1_000), again(2_000), again(3_000)]
    for (const each of rings) {
      await store.accept([each])
      await store.resend({ id: each.ring.id, channels: ['phone'], now: each.ring.acceptedAt })
    }
    await store.resend({ id: rings[0]!.ring.id, channels, now: 4_000 })
    rings.push(again(5_000))
    await store.accept(rings.slice(-1))
    const stories = await Promise.all(rings.map(({ ring }) => storyOf(store, ring)))
    const deliveries = stories.flatMap((story) => story.deliveries)
    const handles = deliveries.map(({ channel, wave }) => handleFor({ key: 'k', channel, wave }))
    expect(handles).toHaveLength(13)
    expect(new Set(handles).size).toBe(13)
  })
}
