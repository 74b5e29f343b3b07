/** What a look makes of time that has passed, and of whoever cannot be asked. */
import { describe, expect, test } from 'vitest'

import { type Ground, inMemoryLoop, typesOf } from '../../test/in-memory-loop.ts'
import { watching } from '../../test/in-memory-watcher.ts'
import { commit, finished, minute, pending } from '../../test/runs.ts'

const turn = { run: 'run_1', turn: 1 }
const second = 1_000

/** Looks every so often, until then. */
async function lookEvery(ms: number, ground: Ground, untilAt: number) {
  const { look } = watching(ground)
  for (const { clock } = ground.parts; clock.now() < untilAt; clock.advance(ms)) await look()
}

const signsOf = async (ground: Ground) =>
  typesOf(await ground.ledger()).filter((type) => type === 'alive')

describe('a sign of life', () => {
  test('is written down once a minute, however often it is looked', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await lookEvery(second, ground, ground.parts.clock.now() + 3 * minute + second)
    expect(await signsOf(ground)).toHaveLength(3)
  })

  test('is written down more often where silence is judged sooner', async () => {
    const ground = inMemoryLoop({ limits: { silentMs: 20 * second } })
    await ground.working()
    await lookEvery(second, ground, ground.parts.clock.now() + minute + second)
    expect(await signsOf(ground)).toHaveLength(12)
    expect((await ground.run()).state).toBe('live')
  })

  test('that was not written down counts all the same: silence begins at the last one', async () => {
    const ground = inMemoryLoop({ limits: { silentMs: 10 * minute } })
    await ground.working()
    const lastSignAt = ground.parts.clock.now() + 30 * second
    await lookEvery(second, ground, lastSignAt)
    ground.executor.shows(turn, { type: 'running', seenAt: lastSignAt })
    await lookEvery(second, ground, lastSignAt + 10 * minute)
    expect((await ground.run()).state).toBe('live')
    await lookEvery(second, ground, lastSignAt + 10 * minute + second)
    expect(await ground.run()).toMatchObject({
      state: 'needs-human',
      cause: 'stalled',
      endedAt: lastSignAt + 10 * minute,
    })
  })

  test('that came while nobody looked keeps its agent from being called silent', async () => {
    const ground = inMemoryLoop({ limits: { silentMs: 10 * minute } })
    await ground.working()
    ground.parts.clock.advance(60 * minute)
    await watching(ground).look()
    expect((await ground.run()).state).toBe('live')
  })
})

const parts = ['executor look', 'landing pushedBy', 'landing contains', 'ci look'] as const

/** Its agent works, its commit is on the landing branch, or was. */
async function pushedGround(call: (typeof parts)[number]) {
  const ground = inMemoryLoop({ limits: { silentMs: 10 * minute } })
  await ground.working()
  await ground.happen('run_1', { type: 'pushed', commit })
  await ground.happen('run_1', { type: 'checked', commit, checks: pending })
  if (call !== 'landing contains') ground.landing.push('run_1', commit)
  ground.ci.says(commit, pending)
  ground.executor.shows(turn, { type: 'running', seenAt: ground.parts.clock.now() })
  ground.calls.during(call, () => {
    throw new Error(`${call} is down`)
  })
  return ground
}

describe.each(parts)('while %s cannot be asked', (call) => {
  test('the look fails with what it said, once it has told that time has passed', async () => {
    const { events, look } = watching(await pushedGround(call))
    await expect(look()).rejects.toThrow(`${call} is down`)
    expect(events.at(-1)).toBe('tick')
  })

  test('nothing of it is held against the run', async () => {
    const ground = await pushedGround(call)
    const before = await ground.run()
    await expect(watching(ground).look()).rejects.toThrow('is down')
    expect(await ground.run()).toEqual(before)
  })

  test('a limit of time ends the run all the same', async () => {
    const ground = await pushedGround(call)
    ground.parts.clock.advance(10 * minute)
    await expect(watching(ground).look()).rejects.toThrow('is down')
    expect(await ground.run()).toMatchObject({ state: 'needs-human', cause: 'stalled', commit })
  })
})

test('a CI that knows no such commit fails the look, and says nothing about the commit', async () => {
  const ground = inMemoryLoop()
  await ground.working()
  ground.landing.push('run_1', commit)
  const { events, look } = watching(ground)
  await expect(look()).rejects.toThrow(`there is no commit ${commit}`)
  expect(events.slice(-2)).toEqual(['pushed', 'tick'])
  expect(await ground.run()).toMatchObject({ pushed: { checks: { verdict: 'pending' } } })
})

test('a turn that is over while the remote is down is over when it can be asked again', async () => {
  const ground = inMemoryLoop()
  await ground.working()
  ground.landing.push('run_1', commit)
  ground.ci.says(commit, pending)
  ground.executor.shows(turn, { type: 'over', at: 0, end: finished })
  ground.calls.duringNext('landing pushedBy', () => {
    throw new Error('the remote is down')
  })
  const { look } = watching(ground)
  await expect(look()).rejects.toThrow('the remote is down')
  expect(await ground.run()).toMatchObject({ turn: { is: 'running' }, pushed: { commit } })
  await look()
  expect(await ground.run()).toMatchObject({ turn: { is: 'over' }, pushed: { commit } })
})
