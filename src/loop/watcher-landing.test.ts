/** What a look makes of the landing branch, and of what CI says of a commit on it. */
import { describe, expect, test } from 'vitest'

import { inMemoryLoop, typesOf } from '../../test/in-memory-loop.ts'
import { checkingGround, watching } from '../../test/in-memory-watcher.ts'
import { commit, finished, green, pending } from '../../test/runs.ts'

const turn = { run: 'run_1', turn: 1 }
const over = { type: 'over', at: 0, end: finished } as const

describe('what landed', () => {
  test('is asked of git once the turn is over, and an earlier look does not count', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const { clock } = ground.parts
    ground.executor.shows(turn, over)
    ground.calls.during('executor look', () => clock.advance(5))
    await watching(ground).look()
    expect(ground.landing.asked[0]).toBe(clock.monotonic())
  })

  test('in a turn’s last moment counts', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.executor.shows(turn, over)
    ground.ci.says(commit, green)
    ground.calls.during('executor look', () => ground.landing.push('run_1', commit))
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ state: 'done', commit })
  })

  test('and is not the run’s is nothing', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.landing.push('run_of_another', commit)
    ground.executor.shows(turn, over)
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ state: 'needs-human', cause: 'nothing-pushed' })
  })

  test('is not asked of a run that no agent has taken yet', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    await watching(ground).look()
    expect(ground.landing.asked).toEqual([])
  })

  test('and is taken away by a force-push counts as not pushed', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.landing.push('run_1', commit)
    ground.ci.says(commit, pending)
    const { look } = watching(ground)
    await look()
    ground.landing.takeAway(commit)
    await look()
    expect(await ground.run()).toMatchObject({ state: 'live', pushed: null })
    expect(typesOf(await ground.ledger()).at(-1)).toBe('unpushed')
  })

  test('and is still there, though no more the run’s own, is kept', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', { type: 'pushed', commit })
    ground.landing.push('run_of_another', commit)
    ground.ci.says(commit, pending)
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ pushed: { commit } })
  })
})

describe('a green commit', () => {
  test('that a force-push took away while CI was asked is not done', async () => {
    const ground = await checkingGround()
    ground.ci.says(commit, green)
    ground.calls.during('ci look', () => ground.landing.takeAway(commit))
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ state: 'needs-human', cause: 'nothing-pushed' })
  })

  test('that another of its own took the place of meanwhile waits for that one’s checks', async () => {
    const ground = await checkingGround()
    const next = 'c'.repeat(40)
    ground.ci.says(commit, green)
    ground.ci.says(next, pending)
    ground.calls.during('ci look', () => ground.landing.push('run_1', next))
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ state: 'live', pushed: { commit: next } })
  })

  test('is looked for once more when it becomes green, later than CI was asked, and then no more', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const { clock } = ground.parts
    ground.landing.push('run_1', commit)
    ground.ci.says(commit, green)
    ground.calls.during('ci look', () => clock.advance(5))
    const { look } = watching(ground)
    await look()
    expect(ground.landing.asked).toEqual([undefined, clock.monotonic()])
    await look()
    expect(ground.landing.asked).toHaveLength(3)
  })
})

test('where there is no CI, what landed while the turn goes on waits for its end', async () => {
  const ground = inMemoryLoop({ hasCi: false })
  await ground.working()
  ground.landing.push('run_1', commit)
  const { events, look } = watching(ground)
  await look()
  expect(events).toEqual(['reached', 'pushed', 'tick'])
  expect(await ground.run()).toMatchObject({ state: 'live', pushed: { commit } })
})

test('where there is no CI, landing is enough, and nobody is asked for checks', async () => {
  const ground = inMemoryLoop({ hasCi: false })
  await ground.working()
  ground.landing.push('run_1', commit)
  ground.executor.shows(turn, over)
  await watching(ground).look()
  expect(await ground.run()).toMatchObject({ state: 'done', commit, passed: [], request: null })
  expect(ground.calls.made).not.toContain('ci look')
})
