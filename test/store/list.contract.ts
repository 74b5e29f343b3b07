/** What a person can be told: one ring, a page of them, and how many wait. */
import { beforeEach, expect, test } from 'vitest'

import type { TerminalKind } from '../../src/doorbell/kinds.ts'
import type { Delivery, RingFilter, Tally } from '../../src/store/rings.ts'
import type { Store } from '../../src/store/store.ts'
import { claimOf, dead, dueAt, heard, newRing, settlement, storyOf } from '../rings.ts'

const kinds: readonly TerminalKind[] = ['done', 'needs-human', 'frozen']
const byAnn = { at: 5_000, by: 'ann', note: null }

export function listContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  const list = async (wish: Partial<RingFilter> = {}) => {
    const filter = { kind: null, state: null, limit: 100, before: null, ...wish }
    const { rings, next } = await store.list(filter)
    return { ids: rings.map(({ ring }) => ring.id), rings, next }
  }
  /** The first thirty at most: paging that goes in circles is seen, not waited for. */
  const pagesOf = async (wish: Partial<RingFilter>) => {
    const pages: string[][] = []
    for (let before: number | null = null; pages.length < 30;) {
      const page: Awaited<ReturnType<typeof list>> = await list({ ...wish, before })
      pages.push(page.ids)
      if (page.next === null) break
      before = page.next
    }
    return pages
  }
  const accept = async (
    count: number,
    kindOf: (index: number) => TerminalKind = () => 'frozen',
  ) => {
    const asked = Array.from({ length: count }, (_, index) => newRing({ kind: kindOf(index) }))
    await store.accept(asked)
    return asked.map(({ ring }) => ring)
  }
  const claim = async (channel = 'phone', limit = 100) => {
    const { deliveries } = await store.claim(claimOf({ channel, limit, now: 9_000 }))
    return deliveries as readonly [Delivery, ...Delivery[]]
  }
  const tally = async (): Promise<readonly Tally[]> =>
    (await store.tallies()).toSorted((a, b) => a.channel.localeCompare(b.channel))

  test('nobody has heard of an unknown ring', async () => {
    expect(await store.story('ring_none')).toBeUndefined()
  })

  test('a story tells every try of every delivery, in their order', async () => {
    const asked = newRing({ channels: ['phone', 'team'] })
    await store.accept([asked])
    const [phone] = await claim()
    await store.settle([settlement(phone, dueAt(9_000))])
    const [again] = await claim()
    await store.settle([settlement(again, heard)])
    const [first, second] = (await storyOf(store, asked.ring)).deliveries
    expect(first?.tries.map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, 'deferred'],
      [2, 'accepted'],
    ])
    expect(second).toMatchObject({ channel: 'team', tries: [] })
  })

  test('an empty store has one empty page', async () => {
    expect(await store.list({ kind: null, state: null, limit: 5, before: null })).toEqual({
      rings: [],
      next: null,
    })
  })

  test('the newest ring comes first, with its whole story', async () => {
    const rings = await accept(3)
    const { ids, rings: stories } = await list()
    expect(ids).toEqual(rings.map(({ id }) => id).toReversed())
    expect(stories[0]).toEqual(await storyOf(store, rings[2]!))
  })

  test.each([1, 4, 5, 24, 25, 26])('pages of %i lose and double nothing', async (limit) => {
    const rings = await accept(25)
    const pages = await pagesOf({ limit })
    expect(pages).toHaveLength(Math.ceil(25 / limit))
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit)
    expect(pages.flat()).toEqual(rings.map(({ id }) => id).toReversed())
  })

  test('a page goes on where the last one ended while new rings arrive', async () => {
    const rings = await accept(4)
    const first = await list({ limit: 2 })
    await accept(3)
    const second = await list({ limit: 2, before: first.next })
    expect(second.ids).toEqual([rings[1]!.id, rings[0]!.id])
    expect(second.next).toBeNull()
  })

  test.each(kinds)('a list of %s alone, by pages', async (kind) => {
    const rings = await accept(25, (index) => kinds[index % 3]!)
    const wanted = rings.filter(({ notification }) => notification.kind === kind)
    expect((await pagesOf({ kind, limit: 3 })).flat()).toEqual(
      wanted.map(({ id }) => id).toReversed(),
    )
  })

  test('open is an escalation nobody acknowledged; a done never is', async () => {
    const [done, stuck, frozen] = await accept(3, (index) => kinds[index]!)
    await store.acknowledge(stuck!.id, byAnn)
    expect((await list({ state: 'open' })).ids).toEqual([frozen!.id])
    expect((await list({ state: 'acknowledged' })).ids).toEqual([stuck!.id])
    expect((await list({ state: 'open', kind: 'needs-human' })).ids).toEqual([])
    expect((await list({ state: 'quiet' })).ids).toEqual([stuck!.id, done!.id])
    expect((await list({ state: 'quiet', limit: 1 })).next).not.toBeNull()
    await store.acknowledge(done!.id, byAnn)
    expect((await list({ state: 'acknowledged' })).ids).toEqual([stuck!.id, done!.id])
    expect((await list({ state: 'acknowledged', kind: 'done' })).ids).toEqual([done!.id])
  })

  test('states are paged too', async () => {
    const rings = await accept(25)
    const heardOf = rings.filter((_, index) => index % 2 === 0)
    for (const { id } of heardOf) await store.acknowledge(id, byAnn)
    const first = await list({ state: 'acknowledged', limit: 7 })
    const second = await list({ state: 'acknowledged', limit: 7, before: first.next })
    expect([...first.ids, ...second.ids]).toEqual(heardOf.map(({ id }) => id).toReversed())
    expect(second.next).toBeNull()
  })

  test('dead is a ring of which a channel’s last delivery is dead', async () => {
    const asked = [newRing({ channels: ['phone', 'team'] }), newRing({ kind: 'done' }), newRing()]
    await store.accept(asked)
    const [lost, fine] = asked.map(({ ring }) => ring.id)
    const deliveries = await claim()
    const endOf = ({ ring }: Delivery) => (ring.id === fine ? heard : dead)
    await store.settle(deliveries.map((each) => settlement(each, endOf(each))))
    expect((await list({ state: 'dead' })).ids).toEqual([asked[2]!.ring.id, lost])
    expect((await list({ state: 'dead', limit: 1 })).next).not.toBeNull()
    expect((await list({ state: 'dead', kind: 'done' })).ids).toEqual([])
    await store.resend({ id: lost!, channels: ['phone'], now: 9_000 })
    expect((await list({ state: 'dead' })).ids).toEqual([asked[2]!.ring.id])
    const [again] = await claim()
    await store.settle([settlement(again, dead)])
    expect((await list({ state: 'dead' })).ids).toEqual([asked[2]!.ring.id, lost])
  })

  test('resends to another channel do not hide a dead delivery', async () => {
    const [ring] = await accept(1)
    await store.settle([settlement((await claim())[0], dead)])
    await store.resend({ id: ring!.id, channels: ['team'], now: 9_000 })
    await store.resend({ id: ring!.id, channels: ['team'], now: 9_001 })
    expect((await list({ state: 'dead' })).ids).toEqual([ring!.id])
  })

  test('an empty store has nothing to count', async () => {
    expect(await store.tallies()).toEqual([])
  })

  test('each channel counts what waits, what is dead, and since when the oldest waits', async () => {
    const rings = [
      newRing({ acceptedAt: 1_000, channels: ['phone', 'team'] }),
      newRing({ acceptedAt: 2_000, channels: ['phone', 'team'] }),
      newRing({ acceptedAt: 3_000 }),
    ]
    await store.accept(rings)
    const oldest = (which: number) => ({
      oldestDueAcceptedAt: rings[which]?.ring.acceptedAt ?? null,
      oldestDueRing: rings[which]?.ring.id ?? null,
    })
    const [first] = await claim('phone', 1)
    await store.settle([settlement(first, dead)])
    const phone = { channel: 'phone', due: 2, dead: 1, ...oldest(1) }
    const team = { channel: 'team', due: 2, dead: 0, ...oldest(0) }
    expect(await tally()).toEqual([phone, team])
    // What is being tried waits still.
    const [taken] = await claim('phone', 1)
    expect(await tally()).toEqual([phone, team])
    await store.settle([settlement(taken, heard)])
    expect(await tally()).toEqual([{ ...phone, due: 1, ...oldest(2) }, team])
  })

  test('what is dead counts until it is resent', async () => {
    const [ring] = await accept(1)
    await store.settle([settlement((await claim())[0], dead)])
    const counts = { channel: 'phone', oldestDueAcceptedAt: null, oldestDueRing: null }
    expect(await tally()).toEqual([{ ...counts, due: 0, dead: 1 }])
    await store.resend({ id: ring!.id, channels: ['phone'], now: 9_000 })
    const waits = { oldestDueAcceptedAt: 1_000, oldestDueRing: ring!.id }
    expect(await tally()).toEqual([{ ...counts, due: 1, dead: 0, ...waits }])
  })

  test('what is dead counts until somebody acknowledged the ring: it was heard some other way', async () => {
    const [ring] = await accept(1)
    await store.settle([settlement((await claim())[0], dead)])
    const isDead = { kind: null, state: 'dead', limit: 10, before: null } as const
    expect((await store.list(isDead)).rings).toHaveLength(1)
    await store.acknowledge(ring!.id, { at: 2_000, by: 'ada', note: null })
    expect((await store.list(isDead)).rings).toEqual([])
    expect(await tally()).toEqual([])
  })
}
