/** Whom a poll takes for someone who withdrew a run. */
import { describe, expect, test } from 'vitest'

import { chores } from '../../test/in-memory-chores.ts'
import { type Ground, inMemoryLoop } from '../../test/in-memory-loop.ts'
import { poll, polling } from '../../test/in-memory-poller.ts'
import { labels } from '../../test/loop-stand-ins.ts'

/** Our label is put on its issue. */
const mark = (ground: Ground) => chores(ground).work()

/** Its issue carries our label, for certain. */
async function marked(wish: Parameters<typeof inMemoryLoop>[0] = {}): Promise<Ground> {
  const ground = inMemoryLoop(wish)
  await ground.working()
  await mark(ground)
  expect(ground.tracker.issue(42).labels).toEqual([labels.inProgress])
  return ground
}

describe('a run under way', () => {
  test('whose label is on goes on', async () => {
    const ground = await marked()
    await poll(ground)
    expect((await ground.run()).state).toBe('live')
  })

  test('whose label a person took away is withdrawn', async () => {
    const ground = await marked()
    ground.tracker.edit(42, { labels: [] })
    await poll(ground)
    const withdrawnBy = 'whoever took the label away'
    expect(await ground.run()).toMatchObject({ state: 'withdrawn', withdrawnBy })
  })

  test('whose issue was labelled ready again, in the place of our label, is withdrawn', async () => {
    const ground = await marked()
    ground.tracker.edit(42, { labels: [labels.ready] })
    await poll(ground)
    expect((await ground.run()).state).toBe('withdrawn')
  })

  test('whose issue was not marked yet goes on', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await poll(ground)
    ground.tracker.edit(42, { labels: [] })
    await poll(ground)
    expect((await ground.run()).state).toBe('live')
  })

  test('that was queued and not started yet goes on', async () => {
    const ground = inMemoryLoop()
    await ground.queued()
    await poll(ground)
    expect((await ground.run()).state).toBe('queued')
  })

  test('that is marked while the listing is on its way goes on', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.calls.duringNext('tracker list', () => mark(ground))
    await poll(ground)
    expect(ground.tracker.issue(42).labels).toEqual([labels.inProgress])
    expect((await ground.run()).state).toBe('live')
    await poll(ground)
    expect((await ground.run()).state).toBe('live')
  })

  test('that is marked while its issue is read goes on', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.tracker.edit(42, { labels: [] })
    ground.calls.duringNext('tracker read', () => mark(ground))
    await poll(ground)
    expect((await ground.run()).state).toBe('live')
  })

  const closes = [
    ['by a person', { who: 'bob', commit: null }, 'bob'],
    ['by nobody knows whom', { who: null, commit: null }, 'whoever closed the issue'],
  ] as const

  test.each(closes)('whose issue was closed %s is withdrawn', async (_, closedBy, withdrawnBy) => {
    const ground = await marked()
    ground.tracker.edit(42, { isOpen: false, closedBy })
    await poll(ground)
    expect(await ground.run()).toMatchObject({ state: 'withdrawn', withdrawnBy })
  })

  test('whose issue was closed before it was marked is withdrawn, too', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.tracker.edit(42, { isOpen: false, closedBy: { who: 'bob', commit: null } })
    await poll(ground)
    expect(await ground.run()).toMatchObject({ state: 'withdrawn', withdrawnBy: 'bob' })
  })

  test('whose issue was closed with a commit behind it goes on: that is its own work', async () => {
    const ground = await marked()
    ground.tracker.edit(42, { isOpen: false, closedBy: { who: 'bob', commit: 'c'.repeat(40) } })
    await poll(ground)
    expect((await ground.run()).state).toBe('live')
  })

  test('whose issue was removed for more than a moment is withdrawn', async () => {
    const ground = await marked()
    ground.tracker.remove(42)
    const { look } = polling(ground)
    await look('infra')
    ground.parts.clock.advance(5_000)
    await look('infra')
    const withdrawnBy = 'whoever removed the issue'
    expect(await ground.run()).toMatchObject({ state: 'withdrawn', withdrawnBy })
  })

  test('of another repository is none of this one’s', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    await ground.working({ issue: { repo: 'web', number: 7 } })
    await poll(ground)
    expect((await ground.run()).state).toBe('live')
  })
})

describe('a tracker that cannot be asked', () => {
  test.each(['tracker list', 'tracker read'])('at %s says nothing about any run', async (call) => {
    const ground = inMemoryLoop()
    await ground.working()
    await mark(ground)
    ground.tracker.edit(42, { labels: [] })
    ground.calls.during(call, () => {
      throw new Error('the tracker is down')
    })
    await expect(poll(ground)).rejects.toThrow('the tracker is down')
    expect((await ground.run()).state).toBe('live')
  })
})

describe('a tracker that may answer as it was before a write', () => {
  const lagMs = 10_000
  const before = { labels: [labels.ready] }
  const after = { labels: [labels.inProgress] }

  test('and does once withdraws nothing, however often', async () => {
    const ground = await marked({ lagMs })
    const { look } = polling(ground)
    for (let time = 0; time < 3; time += 1) {
      ground.tracker.edit(42, before)
      await look('infra')
      ground.parts.clock.advance(lagMs)
      ground.tracker.edit(42, after)
      await look('infra')
      ground.parts.clock.advance(lagMs)
    }
    expect((await ground.run()).state).toBe('live')
  })

  test('and does since before our label was put on does not count that time', async () => {
    const ground = inMemoryLoop({ lagMs })
    await ground.working()
    const { look } = polling(ground)
    await look('infra')
    await mark(ground)
    ground.parts.clock.advance(lagMs)
    ground.tracker.edit(42, before)
    await look('infra')
    expect((await ground.run()).state).toBe('live')
  })

  test('shows that our label was taken away at two looks that are longer apart', async () => {
    const ground = await marked({ lagMs })
    const { look } = polling(ground)
    ground.tracker.edit(42, { labels: [] })
    await look('infra')
    ground.parts.clock.advance(lagMs - 1)
    await look('infra')
    expect((await ground.run()).state).toBe('live')
    ground.parts.clock.advance(1)
    await look('infra')
    const withdrawnBy = 'whoever took the label away'
    expect(await ground.run()).toMatchObject({ state: 'withdrawn', withdrawnBy })
  })
})

describe('a close of which nothing is said', () => {
  test('withdraws nothing, and is thrown until it is', async () => {
    const ground = await marked()
    ground.tracker.edit(42, { isOpen: false, closedBy: null })
    for (let look = 0; look < 3; look += 1) {
      await expect(poll(ground)).rejects.toThrow('nothing says how #42 was closed')
      ground.parts.clock.advance(3_600_000)
    }
    expect((await ground.run()).state).toBe('live')
    ground.tracker.edit(42, { closedBy: { who: 'bob', commit: null } })
    await poll(ground)
    expect(await ground.run()).toMatchObject({ state: 'withdrawn', withdrawnBy: 'bob' })
  })
})
