/** Whatever happens in whatever order, late and twice: no ring is lost, none comes back, none is tried by two. */
import fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Settled } from '../../src/doorbell/settle.ts'
import type { Claim, Delivery, DeliveryState, RingStory } from '../../src/store/rings.ts'
import type { Store } from '../../src/store/store.ts'
import { claimOf, dead, dueAt, heard, held, newRing, noAnswer, settlement } from '../rings.ts'

const channel = fc.constantFrom('phone', 'team')
const channels = fc.constantFrom(['phone'], ['team'], ['phone', 'team'])
const kind = fc.constantFrom('done' as const, 'needs-human' as const, 'frozen' as const)
const key = fc.constantFrom('a', 'b', 'c', 'd')
const claimWish = {
  channel,
  limit: fc.integer({ min: 1, max: 3 }),
  leaseMs: fc.integer({ min: 1, max: 3_000 }),
  passed: fc.nat({ max: 9 }),
  oldest: fc.boolean(),
}
const ending = fc.constantFrom(
  'accepted' as const,
  'due' as const,
  'dead' as const,
  'held' as const,
)
const which = fc.nat({ max: 30 })

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('accept' as const), key, kind, channels }),
  },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('claim' as const), ...claimWish }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('settle' as const), which, ending }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('acknowledge' as const), which }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('resend' as const), which, channels }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('lapse' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('hasten' as const), channel }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('void' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
/** Steps of one turn reach the store together; then the clock moves. */
const turns = fc.array(
  fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 3 }), ms: fc.nat({ max: 4_000 }) }),
  { maxLength: 40 },
)

type Life = {
  readonly store: Store
  now: number
  /** The channels of every ring accepted. */
  readonly owed: Map<string, readonly string[]>
  /** Every claim there ever was, to be settled in time, late or twice. */
  readonly claims: Delivery[]
  /** `<id>:<tries>` of every claim, and of every claim whose settlement counted. */
  readonly claimed: Set<string>
  readonly counted: Set<string>
  readonly ended: Map<number, DeliveryState>
  tries: number
}

export function interleavingContract(open: () => Store): void {
  test('what ended never comes back, nothing owed is lost, and nothing is tried twice at once', async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (turns) => {
        const life = begin(open())
        for (const { steps, ms } of turns) {
          await Promise.all(steps.map((step) => take(step, life)))
          life.now += ms
          check(await allOf(life.store), life)
        }
        await finish(life)
        await life.store.close()
      }),
      { numRuns: 60 },
    )
  })
}

function begin(store: Store): Life {
  const tokens = { claimed: new Set<string>(), counted: new Set<string>() }
  return { store, now: 1_000, tries: 0, owed: new Map(), claims: [], ended: new Map(), ...tokens }
}

async function take(step: Step, life: Life): Promise<void> {
  const { store, now, owed } = life
  switch (step.type) {
    case 'accept': {
      const asked = newRing({ ...step, acceptedAt: now, dedupeForMs: 20_000 })
      const [acceptance] = await store.accept([asked])
      if (acceptance?.type === 'accepted') owed.set(acceptance.id, step.channels)
      else expect(owed.has(acceptance!.id)).toBe(true)
      return
    }
    case 'claim':
      await claim(life, step)
      return
    case 'settle': {
      const delivery = life.claims[step.which % Math.max(1, life.claims.length)]
      if (delivery !== undefined) await settle(life, delivery, settledAs(step.ending, now))
      return
    }
    case 'acknowledge': {
      const id = [...owed.keys()][step.which % Math.max(1, owed.size)]
      if (id) expect(await store.acknowledge(id, { at: now, by: 'ann', note: null })).toBe(true)
      return
    }
    case 'resend': {
      const id = [...owed.keys()][step.which % Math.max(1, owed.size)]
      if (id) await store.resend({ id, channels: step.channels, now })
      return
    }
    case 'lapse':
      return lapse(life)
    case 'hasten':
      return store.hasten(step.channel, now)
    case 'void':
      return store.voidLeases()
  }
}

async function claim(life: Life, wish: Partial<Claim>): Promise<readonly Delivery[]> {
  const { deliveries } = await life.store.claim(claimOf({ ...wish, now: life.now }))
  expect(deliveries.length).toBeLessThanOrEqual(wish.limit ?? 10)
  for (const delivery of deliveries) {
    expect(life.ended.has(delivery.id)).toBe(false)
    expect(life.claimed.has(tokenOf(delivery))).toBe(false)
    life.claimed.add(tokenOf(delivery))
    life.claims.push(delivery)
  }
  return deliveries
}

async function lapse(life: Life): Promise<void> {
  const lapsed = await life.store.lapsed({ now: life.now, limit: 100 })
  for (const delivery of lapsed) {
    expect(life.claimed.has(tokenOf(delivery))).toBe(true)
    await settle(life, delivery, dueAt(life.now))
  }
}

async function settle(life: Life, delivery: Delivery, settled: Settled): Promise<void> {
  life.tries += 1
  const outcome = outcomeOf(settled)
  const late = await life.store.settle([settlement(delivery, settled, { outcome })])
  if (late.length === 0) life.counted.add(tokenOf(delivery))
}

const tokenOf = ({ id, tries }: Pick<Delivery, 'id' | 'tries'>) => `${id}:${tries}`

const outcomeOf = (settled: Settled) =>
  settled.state === 'accepted'
    ? ({ type: 'accepted', reference: settled.reference } as const)
    : noAnswer

function settledAs(ending: Settled['state'], now: number): Settled {
  switch (ending) {
    case 'accepted':
      return heard
    case 'due':
      return dueAt(now + 500)
    case 'dead':
      return dead
    case 'held':
      return held
  }
}

async function allOf(store: Store): Promise<readonly RingStory[]> {
  return (await store.list({ kind: null, state: null, limit: 1_000, before: null })).rings
}

/** Once all of a turn has been answered, in whichever order the store took it. */
function check(stories: readonly RingStory[], life: Life): void {
  const { owed, ended, claimed, counted, claims, tries } = life
  expect(stories.map(({ ring }) => ring.id).toSorted()).toEqual([...owed.keys()].toSorted())
  for (const { ring, deliveries } of stories) {
    const reached = new Set(deliveries.map((each) => each.channel))
    expect(owed.get(ring.id)?.filter((name) => !reached.has(name))).toEqual([])
    for (const { id, state, isTrying } of deliveries) {
      expect(state).toBe(ended.get(id) ?? state)
      if (state !== 'due') ended.set(id, state)
      const last = claims.filter((each) => each.id === id).length
      for (let token = 1; token <= last; token += 1) {
        expect(claimed.has(tokenOf({ id, tries: token }))).toBe(true)
        // Claimed again, so the claim before it was settled.
        if (token < last) expect(counted.has(tokenOf({ id, tries: token }))).toBe(true)
      }
      const isLeased = last > 0 && !counted.has(tokenOf({ id, tries: last }))
      expect(isTrying).toBe(state === 'due' && isLeased)
    }
  }
  const written = stories.flatMap(({ deliveries }) => deliveries.flatMap((each) => each.tries))
  expect(written).toHaveLength(tries)
}

/** A receiver that takes everything from now on: nothing may be left that nobody will ever try. */
async function finish(life: Life): Promise<void> {
  const { store } = life
  life.now += 10_000_000
  await lapse(life)
  for (const name of ['phone', 'team'])
    for (const delivery of await claim(life, { channel: name, limit: 1_000 }))
      await settle(life, delivery, heard)
  const stories = await allOf(store)
  check(stories, life)
  for (const { ring, deliveries, acknowledged } of stories) {
    expect(deliveries.filter(({ state }) => state === 'due')).toEqual([])
    for (const name of acknowledged ? [] : life.owed.get(ring.id)!) {
      const last = deliveries.filter((each) => each.channel === name).at(-1)
      expect(last?.state).not.toBe('dropped')
    }
  }
}
