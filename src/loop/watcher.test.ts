/**
 * What one look tells, and in which order. What landed: `watcher-landing.test.ts`. Time that has passed:
 * `watcher-time.test.ts`.
 */
import { describe, expect, test } from 'vitest'

import { inMemoryLoop } from '../../test/in-memory-loop.ts'
import { checkingGround, watching } from '../../test/in-memory-watcher.ts'
import { commit, finished, green, minute, pending, red } from '../../test/runs.ts'

const turn = { run: 'run_1', turn: 1 }
const over = { type: 'over', at: 0, end: finished } as const

describe('the order of a look', () => {
  test('is: the pause, the turn, what landed, what CI says, and that time has passed', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.parts.clock.advance(2 * minute)
    ground.executor.shows(turn, { type: 'running', seenAt: ground.parts.clock.now(), costUsd: 1 })
    ground.landing.push('run_1', commit)
    ground.ci.says(commit, pending)
    const { events, look } = watching(ground, { isPaused: true })
    await look()
    expect(events).toEqual(['held', 'spent', 'reached', 'alive', 'pushed', 'checked', 'tick'])
  })

  test('brings the agent its turn, and then tells the time', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    const { events, look } = watching(ground)
    await look()
    expect(events).toEqual(['ask', 'tick'])
  })

  test('brings a fix in the same look that saw the red', async () => {
    const ground = await checkingGround()
    ground.ci.says(commit, red)
    const { events, look } = watching(ground)
    await look()
    expect(events).toEqual(['pushed', 'checked', 'ask', 'tick'])
  })

  test('asks no turn of a run that the look has ended', async () => {
    const ground = await checkingGround()
    ground.ci.says(commit, green)
    const { events, look } = watching(ground)
    await look()
    expect(await ground.run()).toMatchObject({ state: 'done', commit })
    expect(events).not.toContain('ask')
  })
})

describe('a run that was queued', () => {
  test('by a node that died then is started, and its turn brought', async () => {
    const ground = inMemoryLoop()
    await ground.queued()
    const { events, look } = watching(ground)
    await look()
    expect(events).toEqual(['started', 'ask', 'tick'])
  })

  test('waits while its repository is paused', async () => {
    const ground = inMemoryLoop()
    await ground.queued()
    await watching(ground, { isPaused: true }).look()
    expect((await ground.run()).state).toBe('queued')
    await watching(ground).look()
    expect((await ground.run()).state).toBe('live')
  })
})

test('a run whose conversation a person put away is withdrawn, by them', async () => {
  const ground = inMemoryLoop()
  await ground.working()
  ground.executor.shows(turn, { type: 'withdrawn', at: 0, by: 'a person who archived it' })
  await watching(ground).look()
  const ended = { state: 'withdrawn', withdrawnBy: 'a person who archived it' }
  expect(await ground.run()).toMatchObject(ended)
})

describe('a paused repository', () => {
  test('is brought no turn, and is brought it once that is over', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    const held = watching(ground, { isPaused: true })
    await held.look()
    await held.look()
    expect(held.events.filter((event) => event !== 'tick')).toEqual(['held'])
    const { events, look } = watching(ground)
    await look()
    expect(events).toEqual(['released', 'ask', 'tick'])
  })

  test('has its run watched to its end', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.landing.push('run_1', commit)
    ground.ci.says(commit, green)
    ground.executor.shows(turn, over)
    await watching(ground, { isPaused: true }).look()
    expect(await ground.run()).toMatchObject({ state: 'done', commit })
  })
})

describe('an executor', () => {
  test('that cannot be asked is told as such, and nothing else of the turn', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.executor.shows(turn, { type: 'unreachable', detail: 'no answer', costUsd: 9 })
    const { events, look } = watching(ground)
    await look()
    expect(events).toEqual(['unreachable', 'tick'])
    expect(await ground.run()).toMatchObject({ unreachableSince: ground.parts.clock.now() })
  })

  test('that answers again is reached', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', { type: 'unreachable' })
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ unreachableSince: null })
  })

  test('that knows the turn no more has lost it, and is asked it again', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const { store, parts } = ground
    const another = inMemoryLoop({ store, clock: parts.clock })
    const { events, look } = watching(another)
    await look()
    expect(events).toEqual(['turn-over', 'ask', 'tick'])
    expect(await ground.run()).toMatchObject({ turn: { number: 2, purpose: 'implement' } })
    expect((await ground.ledger()).at(-1)).toMatchObject({
      what: { type: 'asked', charge: 'loss' },
    })
  })

  test('that names what a turn has cost has it written down, and once', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.executor.shows(turn, { type: 'running', seenAt: 0, costUsd: 2 })
    const { look } = watching(ground)
    await look()
    await look()
    const spent = (await ground.ledger()).filter(({ what }) => what.type === 'spent')
    expect(spent).toMatchObject([{ run: 'run_1', what: { turn: 1, costUsd: 2 } }])
  })

  test('is asked of the turn that runs, and of none that is over', async () => {
    const ground = await checkingGround()
    ground.calls.made.length = 0
    await watching(ground).look()
    expect(ground.calls.made).not.toContain('executor look')
  })
})

test('a repository that is not enrolled is left alone', async () => {
  const ground = inMemoryLoop()
  await ground.working()
  const another = inMemoryLoop({ store: ground.store }, ['web'])
  const { events, look } = watching(another)
  await look('infra')
  expect([events, another.calls.made]).toEqual([[], []])
})

test('a look at one repository leaves the runs of another alone', async () => {
  const ground = inMemoryLoop({}, ['infra', 'web'])
  await ground.queued()
  await ground.queued({ id: 'run_web', issue: { repo: 'web', number: 42 } })
  await watching(ground).look('web')
  expect((await ground.run('run_1')).state).toBe('queued')
  expect((await ground.run('run_web')).state).toBe('live')
})
