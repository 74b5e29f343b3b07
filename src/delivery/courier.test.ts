import { describe, expect, test } from 'vitest'

import type { Outcome } from '../doorbell/outcome.ts'
import { StoreError } from '../store/store-error.ts'
import type { Store } from '../store/store.ts'
import { accepted, hang, startBell } from '../../test/timed-bell.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { claimOf, newRing, noAnswer } from '../../test/rings.ts'
import { openStore, temporaryFile } from '../../test/temporary.ts'
import { until } from '../../test/until.ts'

describe('a courier', () => {
  test('takes up what a node left that died while trying, and says so', async () => {
    const path = temporaryFile()
    const dead = openStore({ path })
    const left = newRing({ acceptedAt: 1_000_000 })
    await dead.accept([left])
    await dead.claim(claimOf({ now: 1_000_000 }))
    await dead.close()

    const clock = manualClock(1_000_500)
    const bell = await startBell({ store: openStore({ path }), clock })
    await bell.tried(left, 1)
    clock.advance(2_000)
    await bell.settled(left, 'accepted')
    const [delivery] = (await bell.story(left)).deliveries
    expect(delivery?.tries).toMatchObject([
      { number: 1, at: 1_000_000, outcome: 'unknown', code: 'lease-expired' },
      { number: 2, outcome: 'accepted' },
    ])
    expect(bell.heard('phone')[0]?.mayHaveArrivedSince).toBe(1_000_000)
  })

  test('gives up after a day of tries, and says in plain words why', async () => {
    const bell = await startBell({ channels: { phone: { answer: () => noAnswer } } })
    const ring = await bell.ring()
    const startedAt = bell.clock.now()
    let tries = 1
    for (;;) {
      await bell.tried(ring, tries)
      const [delivery] = (await bell.story(ring)).deliveries
      if (delivery?.state === 'dead') break
      bell.clock.advance(Math.max(0, (delivery?.dueAt ?? 0) - bell.clock.now()))
      tries += 1
    }
    expect(bell.clock.now() - startedAt).toBeGreaterThanOrEqual(86_400_000)
    const [delivery] = (await bell.story(ring)).deliveries
    expect(delivery).toMatchObject({ code: 'timeout', detail: noAnswer.detail })
  }, 60_000)

  test('sends a dead ring again in a wave of its own', async () => {
    const refusal: Outcome = { type: 'refused', code: 'invalid', detail: 'no such topic' }
    const answers = [refusal]
    const answer = () => answers.shift() ?? accepted
    const bell = await startBell({ channels: { phone: { answer } } })
    const ring = await bell.ring()
    await bell.settled(ring, 'dead')
    await bell.store.resend({ id: ring.ring.id, channels: ['phone'], now: bell.clock.now() })
    bell.courier.wake(['phone'])
    await bell.settled(ring, 'accepted')
    const [first, second] = bell.heard('phone')
    expect(second?.handle).not.toBe(first?.handle)
  })

  test('sends nothing that was acknowledged before its try', async () => {
    const bell = await startBell({ channels: { phone: { answer: () => noAnswer } } })
    const ring = await bell.ring()
    await bell.tried(ring, 1)
    const at = bell.clock.now()
    await bell.store.acknowledge(ring.ring.id, { at, by: 'someone', note: null })
    bell.clock.advance(3_600_000)
    const [delivery] = (await bell.story(ring)).deliveries
    expect([delivery?.state, delivery?.code]).toEqual(['dropped', 'acknowledged'])
    expect(bell.heard('phone')).toHaveLength(1)
  })

  test('finds a new home for what is owed to a channel that is gone', async () => {
    const store = openStore()
    const clock = manualClock()
    const alone = newRing({ channels: ['old'] })
    const shared = newRing({ channels: ['old', 'phone'] })
    await store.accept([alone, shared])
    const bell = await startBell({ store, clock, channels: { phone: {} } })
    await bell.settled(alone, 'accepted')
    await bell.settled(shared, 'accepted')
    expect(bell.heard('phone')).toHaveLength(2)
    const [old] = (await bell.story(alone)).deliveries
    expect([old?.state, old?.code]).toEqual(['dropped', 'channel-removed'])
  })

  test('that is stopped lets a try finish and claims no more', async () => {
    let release = () => {}
    const answer = () =>
      new Promise<Outcome>((resolve) => {
        release = () => resolve(accepted)
      })
    const bell = await startBell({ channels: { phone: { answer, concurrency: 1 } } })
    const [running, waiting] = [await bell.ring(), await bell.ring()]
    await until('one is sent', () => bell.heard('phone').length === 1)
    const stopped = bell.courier.stop()
    release()
    await stopped
    await bell.settled(running, 'accepted')
    await bell.settled(waiting, 'due')
    expect(bell.courier.problem()).toBe('the courier does not run')
  })
})

describe('a store that refuses to write', () => {
  test('stops the claiming, keeps the outcomes, and loses nothing when it writes again', async () => {
    const real = openStore()
    let isFull = false
    const bell = await startBell({
      store: whileNot(real, () => isFull),
      channels: { phone: { answer: slowly(() => (isFull = true)), concurrency: 1 } },
    })
    const first = await bell.ring()
    await until('the store refuses', () => bell.log.some(({ event }) => event === 'store-refusing'))
    await real.accept([newRing({ key: 'second', acceptedAt: bell.clock.now() })])
    bell.courier.wake(['phone'])
    bell.clock.advance(10_000)
    expect(bell.heard('phone')).toHaveLength(1)
    isFull = false
    bell.clock.advance(1_000)
    await bell.settled(first, 'accepted')
    bell.clock.advance(1_000)
    await until('the second is sent', () => bell.heard('phone').length === 2)
    expect(bell.log.filter(({ event }) => event === 'store-refusing')).toHaveLength(1)
    expect(bell.log.filter(({ event }) => event === 'store-writing')).toHaveLength(1)
  })
})

test('a hung try is given up at the stop, as one that may have arrived', async () => {
  const bell = await startBell({ channels: { phone: { answer: hang, timeoutMs: 100 } } })
  const ring = await bell.ring()
  await bell.tried(ring, 1)
  const [delivery] = (await bell.story(ring)).deliveries
  expect(delivery?.tries).toMatchObject([{ outcome: 'unknown', code: 'timeout' }])
})

/** Accepts, after telling. */
function slowly(tell: () => void) {
  let calls = 0
  return () => {
    if (calls++ === 0) tell()
    return accepted
  }
}

/** The real store, but for writes while it is full. */
function whileNot(store: Store, isFull: () => boolean): Store {
  const guard =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      if (isFull()) throw new StoreError('refusing', 'the disk is full')
      return write(...args)
    }
  return { ...store, claim: guard(store.claim), settle: guard(store.settle) }
}

test('a store that never writes again does not keep a node from stopping', async () => {
  const real = openStore()
  let isFull = false
  const answer = slowly(() => (isFull = true))
  const store = whileNot(real, () => isFull)
  const bell = await startBell({ store, channels: { phone: { answer } } })
  const ring = await bell.ring()
  await until('the store refuses', () => bell.log.some(({ event }) => event === 'store-refusing'))
  await bell.courier.stop()
  expect((await bell.story(ring)).deliveries).toMatchObject([{ state: 'due', isTrying: true }])
  expect(bell.log.filter(({ event }) => event === 'bug')).toEqual([])
})
