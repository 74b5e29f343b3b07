/** What a look makes of the landing branch, and of what CI says of a commit on it. */
import { describe, expect, test } from 'vitest'

import { inMemoryLoop, typesOf } from '../../test/in-memory-loop.ts'
import { checkingGround, watching } from '../../test/in-memory-watcher.ts'
import { commit, finished, green, pending, red, rerun } from '../../test/runs.ts'
import { asker } from './asker.ts'

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

describe('a commit whose checks were cancelled', () => {
  const tip = 'd'.repeat(40)
  const isDone = { state: 'done', commit, tip }

  async function superseded() {
    const ground = await checkingGround()
    ground.landing.push('run_of_another', tip)
    ground.ci.says(commit, rerun)
    ground.ci.says(tip, green)
    return ground
  }

  test('is done by those of the newest that contains it, and never said to be green itself', async () => {
    const ground = await superseded()
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ ...isDone, passed: ['lint', 'test'] })
  })

  test.each(['landing tip', 'landing standing', 'ci look', 'landing contains'])(
    'is judged after all where the node died at: %s',
    async (call) => {
      const ground = await superseded()
      ground.calls.duringNext(call, () => Promise.reject(new Error('killed')))
      await expect(watching(ground).look()).rejects.toThrow('killed')
      expect(await ground.run()).toMatchObject({ state: 'live', pushed: { commit } })
      await watching(ground).look()
      expect(await ground.run()).toMatchObject(isDone)
    },
  )

  const waits = { state: 'live', pushed: { commit, checks: { waitsFor: 'rerun' } } }

  test('waits where what was the newest does not contain it, once it was rebased', async () => {
    const ground = await superseded()
    ground.calls.duringNext('landing tip', () => {
      ground.landing.takeAway(commit)
      ground.landing.push('run_1', commit)
    })
    await watching(ground).look()
    expect(await ground.run()).toMatchObject(waits)
  })

  test('waits where a force-push took the newest away while CI was asked of it', async () => {
    const ground = await superseded()
    ground.calls.duringNext('landing standing', () =>
      ground.calls.duringNext('ci look', () => ground.landing.takeAway(tip)),
    )
    const { look } = watching(ground)
    await look()
    await look()
    expect(await ground.run()).toMatchObject(waits)
  })

  test('is mended with the logs of the one that is red', async () => {
    const ground = await superseded()
    ground.ci.says(tip, red)
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ turn: { purpose: 'fix' }, pushed: { commit, tip } })
    await asker(ground.parts).ask((await ground.runs.run('run_1'))!)
    expect(ground.executor.orders.at(-1)?.prompt).toContain(`the logs of test at ${tip}`)
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
