/** Whose turn it is, and how many may go. */
import { beforeEach, expect, test } from 'vitest'

import type { TerminalKind } from '../../src/doorbell/kinds.ts'
import type { Claim, Claimed, NewRing } from '../../src/store/rings.ts'
import type { Store } from '../../src/store/store.ts'
import { busy, claimOf, dueAt, newRing, settlement } from '../rings.ts'

export function claimContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  const claim = (wish?: Partial<Claim>) => store.claim(claimOf(wish))
  const idsOf = (rings: readonly NewRing[]) => rings.map(({ ring }) => ring.id)
  const idsIn = ({ deliveries }: Claimed) => deliveries.map(({ ring }) => ring.id)
  const many = (count: number, kind: TerminalKind, acceptedAt = 1_000) =>
    Array.from({ length: count }, () => newRing({ kind, acceptedAt }))

  test('a claimed delivery says what a courier needs to know', async () => {
    const asked = newRing()
    await store.accept([asked])
    const { deliveries } = await claim({ now: 1_500 })
    const counts = { tries: 1, waived: 0, firstTriedAt: 1_500, claimedAt: 1_500 }
    expect(deliveries).toEqual([
      {
        id: expect.any(Number) as number,
        channel: 'phone',
        purpose: 'ring',
        wave: 0,
        ring: asked.ring,
        mayHaveArrivedSince: null,
        note: null,
        ...counts,
      },
    ])
  })

  test('a claim takes no more than it asked for', async () => {
    await store.accept(many(3, 'frozen'))
    expect(idsIn(await claim({ limit: 2 }))).toHaveLength(2)
    expect(idsIn(await claim({ limit: 2 }))).toHaveLength(1)
    expect(idsIn(await claim({ limit: 2 }))).toHaveLength(0)
  })

  test.each([false, true])('a claim for none takes none (probe: %s)', async (oldest) => {
    await store.accept(many(1, 'frozen'))
    expect(idsIn(await claim({ limit: 0, oldest }))).toEqual([])
    expect(idsIn(await claim())).toHaveLength(1)
  })

  test('a claim takes its own channel’s alone', async () => {
    const rings = [newRing(), newRing({ channels: ['team'] }), newRing({ channels: [] })]
    await store.accept(rings)
    expect(idsIn(await claim({ channel: 'team' }))).toEqual(idsOf(rings.slice(1, 2)))
    expect(idsIn(await claim())).toEqual(idsOf(rings.slice(0, 1)))
    expect(await claim({ channel: 'nobody' })).toEqual({
      deliveries: [],
      passed: 0,
      nextDueAt: null,
    })
  })

  test('nothing is claimed before it is due', async () => {
    await store.accept(many(1, 'frozen', 5_000))
    expect(await claim({ now: 4_999 })).toMatchObject({ deliveries: [], nextDueAt: 5_000 })
    expect(idsIn(await claim({ now: 5_000 }))).toHaveLength(1)
  })

  test('escalations go first, then what was due first', async () => {
    const done = newRing({ kind: 'done', acceptedAt: 100 })
    const rings = [
      newRing({ kind: 'done', acceptedAt: 200 }),
      done,
      newRing({ kind: 'frozen', acceptedAt: 900 }),
      newRing({ kind: 'needs-human', acceptedAt: 300 }),
      newRing({ kind: 'frozen', acceptedAt: 600 }),
    ]
    await store.accept(rings)
    const order = [3, 4, 2, 1, 0].map((index) => rings[index]!)
    expect(idsIn(await claim())).toEqual(idsOf(order))
  })

  test('of those due at once, the one accepted first goes first', async () => {
    const rings = many(20, 'frozen')
    await store.accept(rings)
    expect(idsIn(await claim({ limit: 20 }))).toEqual(idsOf(rings))
  })

  test('nine escalations pass a waiting done, then it goes', async () => {
    const [loud, [done]] = [many(12, 'frozen'), many(1, 'done')]
    await store.accept([done!, ...loud])
    const claimed = await claim({ limit: 20 })
    expect(idsIn(claimed)).toEqual(idsOf([...loud.slice(0, 9), done!, ...loud.slice(9)]))
    expect(claimed.passed).toBe(0)
  })

  test('how many have passed is carried from claim to claim', async () => {
    const [loud, quiet] = [many(20, 'needs-human'), many(2, 'done')]
    await store.accept([...quiet, ...loud])
    let passed = 0
    const order: string[] = []
    for (let turn = 0; turn < 22; turn += 1) {
      const claimed = await claim({ limit: 1, passed })
      passed = claimed.passed
      order.push(...idsIn(claimed))
    }
    expect(order.indexOf(quiet[0]!.ring.id)).toBe(9)
    expect(order.indexOf(quiet[1]!.ring.id)).toBe(19)
    expect(order).toHaveLength(22)
  })

  test('a done that is not due yet is passed by nobody', async () => {
    await store.accept([...many(1, 'done', 2_000), ...many(12, 'frozen')])
    const claimed = await claim({ limit: 12 })
    expect(claimed.deliveries.every(({ ring }) => ring.notification.kind === 'frozen')).toBe(true)
    expect(claimed).toMatchObject({ passed: 0, nextDueAt: null })
    expect((await claim()).nextDueAt).toBe(2_000)
  })

  test('a probe is the oldest, whatever its kind, and just the one', async () => {
    const rings = [...many(1, 'done'), ...many(3, 'frozen')]
    await store.accept(rings)
    const probe = await claim({ oldest: true, limit: 1, passed: 4 })
    expect(idsIn(probe)).toEqual(idsOf(rings.slice(0, 1)))
    expect(probe).toMatchObject({ passed: 4, nextDueAt: null })
    expect(idsIn(await claim({ oldest: true }))).toEqual(idsOf(rings.slice(1, 2)))
  })

  test('a probe is of its own channel, and none where none waits', async () => {
    await store.accept([newRing({ channels: ['team'] })])
    expect(await claim({ oldest: true })).toMatchObject({ deliveries: [], nextDueAt: null })
    expect(idsIn(await claim({ oldest: true, channel: 'team' }))).toHaveLength(1)
    expect(idsIn(await claim({ oldest: true, channel: 'team' }))).toHaveLength(0)
  })

  test('the next one due is told, unless it is leased or another channel’s', async () => {
    await store.accept([newRing({ kind: 'done', acceptedAt: 9_000 }), newRing()])
    await store.accept([newRing({ acceptedAt: 2_000, channels: ['team'] })])
    const { deliveries, nextDueAt } = await claim()
    expect(nextDueAt).toBe(9_000)
    await store.settle([settlement(deliveries[0]!, dueAt(4_000), { outcome: busy })])
    expect(await claim({ now: 3_999 })).toMatchObject({ deliveries: [], nextDueAt: 4_000 })
    expect((await claim({ now: 9_000 })).nextDueAt).toBeNull()
  })

  test('what a full claim leaves is due as it was', async () => {
    await store.accept([newRing({ acceptedAt: 500 }), newRing({ acceptedAt: 700 })])
    expect((await claim({ limit: 1 })).nextDueAt).toBeNull()
    expect((await claim({ limit: 0 })).nextDueAt).toBe(700)
  })

  test('two claims of one turn share nothing', async () => {
    await store.accept(many(7, 'frozen'))
    const claims = await Promise.all(Array.from({ length: 4 }, () => claim({ limit: 2 })))
    const ids = claims.flatMap(idsIn)
    expect(ids).toHaveLength(7)
    expect(new Set(ids).size).toBe(7)
  })
}
