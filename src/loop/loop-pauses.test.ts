/** What a pause does to a loop that turns, and to one that starts anew. */
import { describe, expect, test } from 'vitest'

import { timesOf } from '../../test/in-memory-calls.ts'
import { type Ground, inMemoryLoop } from '../../test/in-memory-loop.ts'
import { turning } from '../../test/in-memory-turning.ts'
import { commit, finished, green, question, red } from '../../test/runs.ts'
import { until } from '../../test/until.ts'

const turn = { run: 'run_1', turn: 1 }

const polls = ({ calls }: Ground) => timesOf(calls, 'tracker list')
const isHeld = async (ground: Ground) => {
  const run = await ground.run()
  return run.state === 'live' && run.isHeld
}

/** Its turn is over, and CI is red at its commit: a fix is the next. */
async function redGround() {
  const ground = inMemoryLoop()
  await ground.working()
  ground.landing.push('run_1', commit)
  ground.ci.says(commit, red)
  ground.executor.shows(turn, { type: 'over', at: 0, end: finished })
  return ground
}

describe('while everything is paused', () => {
  test('no issue is started, and one is when it is resumed, without waiting for the next poll', async () => {
    const ground = inMemoryLoop()
    const { start, pause, resume, untilSo } = turning(ground)
    await pause('*', 'ada')
    start()
    await untilSo('it was polled three times', () => polls(ground) >= 3)
    expect(await ground.store.liveRuns()).toEqual([])
    await resume('*', 'ada')
    await until('an agent works', () => ground.executor.orders.length === 1)
  })

  test('a run under way is asked no new turn, and is asked it when that is over', async () => {
    const ground = await redGround()
    const { start, pause, resume, untilSo } = turning(ground)
    await pause('*', 'ada')
    start()
    await untilSo('it was polled three times', () => polls(ground) >= 3)
    expect(await ground.run()).toMatchObject({ isHeld: true, turn: { number: 1, is: 'over' } })
    await resume('*', 'ada')
    await until('the fix is asked', () => ground.executor.orders.at(-1)?.turn === 2)
  })

  test('a run under way is watched to its end', async () => {
    const ground = await redGround()
    const { start, pause, untilSo } = turning(ground)
    await pause('*', 'ada')
    start()
    await untilSo(
      'it is seen',
      async () => (await ground.run()).state === 'live' && polls(ground) > 1,
    )
    ground.ci.says(commit, green)
    await untilSo('it is done', async () => (await ground.run()).state === 'done')
    await untilSo('its slot is free', async () => (await ground.store.slots()).size === 0)
  })
})

test('a pause holds within one look: what is asked after it was answered is not brought', async () => {
  const ground = inMemoryLoop()
  await ground.working()
  ground.landing.push('run_1', commit)
  ground.ci.says(commit, red)
  const { start, pause, untilSo } = turning(ground)
  start()
  await untilSo('it was polled', () => polls(ground) > 0)
  await pause('infra', 'ada')
  expect(await isHeld(ground)).toBe(true)
  ground.executor.shows(turn, { type: 'over', at: 0, end: finished })
  await untilSo('it was polled again', () => polls(ground) > 2)
  expect(await ground.run()).toMatchObject({ turn: { number: 1, is: 'over' } })
  expect(ground.executor.orders).toHaveLength(1)
})

describe('a pause of one repository', () => {
  test('lets the other go on', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    const { start, pause, untilSo } = turning(ground)
    await pause('infra', 'ada')
    start()
    await untilSo('an agent works on the web', () => ground.second!.executor.orders.length === 1)
    await untilSo('infra was polled twice', () => polls(ground) >= 2)
    expect(ground.executor.orders).toEqual([])
  })
})

describe('a pause survives a restart', () => {
  test('and holds back the next loop, until it is resumed', async () => {
    const ground = inMemoryLoop()
    const first = turning(ground)
    await first.pause('*', 'ada')
    first.start()
    await first.untilSo('it was polled', () => polls(ground) > 0)
    await first.stop()
    const { store, parts } = ground
    const again = inMemoryLoop({ store, clock: parts.clock })
    const { start, resume, untilSo } = turning(again)
    start()
    await untilSo('it was polled three times', () => polls(again) >= 3)
    expect(await store.liveRuns()).toEqual([])
    await resume('*', 'ada')
    await until('an agent works', () => again.executor.orders.length === 1)
  })

  test('and one that was written down while no loop ran is found at the start', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    await ground.store.pause({ scope: '*', at: 0, by: 'ada' })
    const { start, untilSo } = turning(ground)
    start()
    await untilSo('it is held', () => isHeld(ground))
    await untilSo('it was polled three times', () => polls(ground) >= 3)
    expect(ground.executor.orders).toEqual([])
  })

  test('and one that was resumed while no loop ran lets go on', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    await ground.happen('run_1', { type: 'held' })
    const { start } = turning(ground)
    start()
    await until('an agent works', () => ground.executor.orders.length === 1)
  })
})

test('a run that asks a person while it is paused ends all the same', async () => {
  const ground = inMemoryLoop()
  await ground.working()
  const { start, pause, untilSo } = turning(ground)
  start()
  await pause('*', 'ada')
  ground.executor.shows(turn, { type: 'over', at: 0, end: question })
  await untilSo('it has ended', async () => (await ground.run()).state === 'needs-human')
})
