import { describe, expect, test } from 'vitest'

import type { Outcome } from '../doorbell/outcome.ts'
import { accepted, holding, startBell } from '../../test/timed-bell.ts'
import { badToken, busy, noAnswer } from '../../test/rings.ts'
import { until } from '../../test/until.ts'

const minute = 60_000
const hour = 60 * minute

describe('a lane', () => {
  test('sends a ring with its handle, its source and no mark of a repeat', async () => {
    const bell = await startBell()
    const ring = await bell.ring({ key: 'news', source: 'operator' })
    await bell.settled(ring, 'accepted')
    expect(bell.heard('phone')).toMatchObject([
      { notes: ['reported by operator'], mayHaveArrivedSince: null, ring: { key: 'news' } },
    ])
    expect(bell.heard('phone')[0]?.handle).toMatch(/^[A-Z2-7]{26}$/)
  })

  test('lets escalations overtake, and a waiting done go tenth at the latest', async () => {
    let release = () => {}
    const answer = () =>
      new Promise<Outcome>((resolve) => {
        release = () => resolve(accepted)
      })
    const bell = await startBell({ channels: { phone: { concurrency: 1, answer } } })
    await bell.ring({ kind: 'done' })
    await until('the lane is busy', () => bell.heard('phone').length === 1)
    for (let i = 0; i < 3; i++) await bell.ring({ kind: 'done' })
    for (let i = 0; i < 20; i++) await bell.ring({ kind: 'frozen' })
    for (let sent = 2; sent <= 24; sent++) {
      release()
      await until(`${sent} are sent`, () => bell.heard('phone').length === sent)
    }
    const kinds = bell.heard('phone').map(({ notification }) => notification.kind)
    const nine = Array<string>(9).fill('frozen')
    expect(kinds.slice(1)).toEqual([...nine, 'done', ...nine, 'done', 'frozen', 'frozen', 'done'])
    release()
  })

  test('does not wait for a channel that goes on past its abort, and tells the bug', async () => {
    const answers = [new Promise<never>(() => {}), accepted]
    const answer = () => answers.shift() ?? accepted
    const bell = await startBell({
      channels: { phone: { answer, concurrency: 1, timeoutMs: 50 } },
    })
    const [stuck, next] = [await bell.ring(), await bell.ring()]
    await bell.settled(next, 'accepted')
    const [delivery] = (await bell.story(stuck)).deliveries
    expect(delivery?.tries).toMatchObject([{ outcome: 'unknown', code: 'timeout' }])
    const bug = { event: 'bug', where: 'channel phone' }
    expect(bell.log).toContainEqual({ ...bug, detail: 'it did not end when it was aborted' })
  })

  test('runs no more tries at once than it may', async () => {
    const { answer, release } = holding()
    const bell = await startBell({ channels: { phone: { concurrency: 2, answer } } })
    for (let i = 0; i < 5; i++) await bell.ring()
    await until('two are sent', () => bell.heard('phone').length === 2)
    const page = await bell.store.list({ kind: null, state: null, limit: 10, before: null })
    const trying = page.rings.filter((each) => each.deliveries[0]?.isTrying)
    expect([trying.length, bell.heard('phone').length]).toEqual([2, 2])
    release()
  })

  test('that hangs delays no other', async () => {
    const { answer, release } = holding()
    const bell = await startBell({ channels: { stuck: { answer }, phone: {} } })
    const rings = await Promise.all(Array.from({ length: 20 }, () => bell.ring()))
    for (const ring of rings) await bell.settled(ring, 'accepted', 'phone')
    expect(bell.heard('stuck')).toHaveLength(4)
    release()
  })

  test('keeps to the pace of its channel', async () => {
    const pace = { burst: 2, everyMs: 5_000 }
    const bell = await startBell({ channels: { phone: { pace } } })
    const rings = await Promise.all(Array.from({ length: 4 }, () => bell.ring()))
    await until('the burst is out', () => bell.heard('phone').length === 2)
    for (const ring of rings.slice(0, 2)) await bell.settled(ring, 'accepted')
    bell.clock.advance(4_999)
    expect(bell.heard('phone')).toHaveLength(2)
    bell.clock.advance(1)
    await until('one more is out', () => bell.heard('phone').length === 3)
    bell.clock.advance(5_000)
    await until('the last is out', () => bell.heard('phone').length === 4)
  })

  test('tries again under the same handle, and says that it may have arrived', async () => {
    const answers: Outcome[] = [noAnswer, { type: 'accepted', reference: 'm2' }]
    const answer = () => answers.shift() ?? noAnswer
    const bell = await startBell({ channels: { phone: { answer } } })
    const startedAt = bell.clock.now()
    const ring = await bell.ring()
    await bell.tried(ring, 1)
    bell.clock.advance(1_999)
    expect(bell.heard('phone')).toHaveLength(1)
    bell.clock.advance(1)
    await bell.settled(ring, 'accepted')
    const [once, again] = bell.heard('phone')
    expect(again?.handle).toBe(once?.handle)
    expect(again?.mayHaveArrivedSince).toBe(startedAt)
  })

  test('leaves a receiver alone that says slow down, for every delivery', async () => {
    let calls = 0
    const answer = () => (calls++ === 0 ? { ...busy, retryAfterMs: 30_000 } : accepted)
    const bell = await startBell({ channels: { phone: { answer, concurrency: 1 } } })
    const first = await bell.ring()
    await bell.tried(first, 1)
    const second = await bell.ring()
    bell.clock.advance(29_999)
    expect(bell.heard('phone')).toHaveLength(1)
    bell.clock.advance(1)
    await bell.settled(first, 'accepted')
    await bell.settled(second, 'accepted')
  })

  test('says how late a late ring is', async () => {
    const bell = await startBell()
    const acceptedAt = bell.clock.now() - 7 * minute
    const ring = await bell.ring({ source: 'loop', acceptedAt })
    await bell.settled(ring, 'accepted')
    expect(bell.heard('phone')[0]?.notes).toEqual(['Sent 7 min after the run ended.'])
  })

  test('that throws is a bug: told, and its delivery taken up when the lease ends', async () => {
    let calls = 0
    const answer = () => {
      calls += 1
      if (calls === 1) throw new Error('a bug')
      return accepted
    }
    const bell = await startBell({ channels: { phone: { answer } } })
    const ring = await bell.ring()
    await until('the bug is told', () => bell.log.some(({ event }) => event === 'bug'))
    const story = async () => (await bell.story(ring)).deliveries[0]?.tries.map((each) => each.code)
    for (let i = 0; i < 7; i++) {
      await until('the sweep waits', () => bell.clock.nextAt() !== null)
      bell.clock.advance(5_000)
    }
    await until('the lease is settled', async () => (await story())?.[0] === 'lease-expired')
    bell.clock.advance(5_000)
    await bell.settled(ring, 'accepted')
  })
})

describe('a refused credential', () => {
  test('closes the channel but for a probe after 15 minutes, then hourly', async () => {
    const bell = await startBell({ channels: { phone: { answer: () => badToken } } })
    const first = await bell.ring()
    await bell.tried(first, 1)
    await bell.ring()
    bell.clock.advance(15 * minute - 1)
    expect(bell.heard('phone')).toHaveLength(1)
    bell.clock.advance(1)
    await bell.tried(first, 2)
    bell.clock.advance(hour - 1)
    expect(bell.heard('phone')).toHaveLength(2)
    bell.clock.advance(1)
    await bell.tried(first, 3)
    expect(bell.heard('phone').every((each) => each.ring?.id === first.ring.id)).toBe(true)
    const { deliveries } = await bell.story(first)
    expect(deliveries[0]?.state).toBe('due')
    expect(bell.log.filter(({ event }) => event === 'channel-closed')).toHaveLength(1)
  })

  test('is not tried again by a restart, and drains at once when it was changed', async () => {
    const bell = await startBell({ channels: { phone: { answer: () => badToken } } })
    const ring = await bell.ring()
    await bell.tried(ring, 1)
    await bell.courier.stop()
    const { store, clock } = bell

    const same = await startBell({ store, clock, channels: { phone: { answer: () => accepted } } })
    same.courier.wake(['phone'])
    const late = await same.ring()
    expect(same.courier.gate('phone')?.state).toBe('closed')
    expect(same.heard('phone')).toHaveLength(0)
    await same.courier.stop()

    const mended = { phone: { answer: () => accepted, credential: 'second' } }
    const changed = await startBell({ store, clock, channels: mended })
    await changed.settled(ring, 'accepted')
    await changed.settled(late, 'accepted')
  })

  test('is forgotten when somebody opens the channel', async () => {
    let isMended = false
    const answer = () => (isMended ? accepted : badToken)
    const bell = await startBell({ channels: { phone: { answer } } })
    const ring = await bell.ring()
    await bell.tried(ring, 1)
    isMended = true
    await bell.courier.open('phone')
    await bell.settled(ring, 'accepted')
    expect(bell.log.some(({ event }) => event === 'channel-opened')).toBe(true)
  })

  test('that a probe proves mended drains what waited', async () => {
    let isMended = false
    const answer = () => (isMended ? accepted : badToken)
    const bell = await startBell({ channels: { phone: { answer } } })
    const rings = [await bell.ring()]
    await bell.tried(rings[0]!, 1)
    for (let i = 0; i < 9; i++) rings.push(await bell.ring())
    isMended = true
    bell.clock.advance(15 * minute)
    for (const ring of rings) await bell.settled(ring, 'accepted')
    expect(bell.heard('phone')).toHaveLength(11)
  })
})
