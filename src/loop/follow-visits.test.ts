/** What becomes of a turn that a person takes in the conversation of a run that has ended. */
import { describe, expect, test } from 'vitest'

import { base } from '../../test/in-memory-executor.ts'
import { type Ground, inMemoryLoop } from '../../test/in-memory-loop.ts'
import { poll } from '../../test/in-memory-poller.ts'
import { watching } from '../../test/in-memory-watcher.ts'
import { commit, finished, green, pending, question, red } from '../../test/runs.ts'
import type { Visit } from '../executors/executor.ts'

const visit: Visit = { run: 'run_1', turn: 'theirs-1', at: 5, place: null, isBusy: true }
const day = 24 * 3_600_000

/** It has asked, and rung; its slot is free. */
async function rung(): Promise<Ground> {
  const ground = inMemoryLoop()
  await ground.working()
  ground.executor.shows({ run: 'run_1', turn: 1 }, { type: 'over', at: 0, end: question })
  await watching(ground).look()
  expect(await ground.run()).toMatchObject({ state: 'needs-human', cause: 'question' })
  await ground.runs.freeSlot('run_1')
  ground.tracker.edit(42, { labels: [] })
  return ground
}

const newest = async ({ store }: Ground) =>
  (await store.lastRun({ repo: 'infra', number: 42 }))?.run

const count = async ({ store }: Ground) =>
  (await store.listRuns({ isLive: null, limit: 9, before: null })).runs.length

describe('a turn that a person took in the conversation', () => {
  test('is a continuation there, by them, off what its predecessor left; the agent is told nothing', async () => {
    const ground = await rung()
    ground.executor.visited = [visit]
    await poll(ground)
    const run = await newest(ground)
    const before = await ground.run()
    const { threadId, branch } = before
    expect(run).toMatchObject({ continues: 'run_1', threadId, branch, state: 'live', base })
    expect(run).toMatchObject({ turn: { is: 'asked', visit: 'theirs-1' } })
    expect(run?.by).toBe('a person, in its conversation')
  })

  test('is watched to its own end, and its own ring', async () => {
    const ground = await rung()
    ground.executor.visited = [visit]
    await poll(ground)
    const id = (await newest(ground))?.id ?? ''
    const order = { ...ground.executor.orders[0]!, run: id, visit: 'theirs-1', prompt: '' }
    await ground.executor.ask(order)
    await ground.happen(id, {
      type: 'adopted',
      turn: 1,
      place: null,
      environment: null,
      thread: 'thread_1',
    })
    ground.landing.push(id, commit)
    ground.ci.says(commit, green)
    ground.executor.shows({ run: id, turn: 1 }, { type: 'over', at: 9, end: finished })
    await watching(ground).look()
    await watching(ground).look()
    expect(await newest(ground)).toMatchObject({ state: 'done', commit })
    expect(ground.rings.map(({ run }) => run.state)).toEqual(['needs-human', 'done'])
  })

  test('is followed once, however often it is seen', async () => {
    const ground = await rung()
    ground.executor.visited = [visit]
    for (let times = 0; times < 3; times++) await poll(ground)
    expect(await count(ground)).toBe(2)
  })

  test('waits for a repository that is busy, and is not lost', async () => {
    const ground = await rung()
    ground.executor.visited = [visit]
    await ground.queued({ id: 'run_2', issue: { repo: 'infra', number: 43 }, lineage: 'b' })
    await poll(ground)
    expect((await newest(ground))?.id).toBe('run_1')
    await ground.runs.freeSlot('run_2')
    await poll(ground)
    expect(await newest(ground)).toMatchObject({ continues: 'run_1' })
  })

  test('after thirty days is theirs alone', async () => {
    const ground = await rung()
    ground.parts.clock.advance(31 * day)
    ground.executor.visited = [visit]
    await poll(ground)
    expect(await count(ground)).toBe(1)
  })
})

test('a second visit in a row begins where the first did', async () => {
  const ground = await rung()
  ground.executor.visited = [visit]
  await poll(ground)
  const id = (await newest(ground))?.id ?? ''
  const adopted = { type: 'adopted', turn: 1, place: null, environment: null } as const
  await ground.happen(id, { ...adopted, thread: 'thread_1' })
  await ground.happen(id, { type: 'turn-over', turn: 1, end: question, commit: null })
  await ground.runs.freeSlot(id)
  ground.landing.push('somebody', commit)
  ground.executor.visited = [{ ...visit, run: id, turn: 'theirs-2' }]
  await poll(ground)
  expect(await newest(ground)).toMatchObject({ continues: id, base })
})

test('who closed the issue asks nothing of the loop in its conversation', async () => {
  const ground = await rung()
  ground.tracker.edit(42, { isOpen: false, closedBy: { who: 'kim', commit: null } })
  ground.executor.visited = [visit]
  await poll(ground)
  expect(await count(ground)).toBe(1)
})

test('what its predecessor had on the landing branch is not its work', async () => {
  const ground = inMemoryLoop({ limits: { fixForwardAttempts: 0 } })
  await ground.working()
  ground.landing.push('run_1', commit)
  ground.ci.says(commit, pending)
  ground.executor.shows({ run: 'run_1', turn: 1 }, { type: 'over', at: 0, end: finished })
  await watching(ground).look()
  ground.ci.says(commit, red)
  await watching(ground).look()
  expect((await ground.run()).state).toBe('frozen')
  await ground.runs.freeSlot('run_1')
  ground.executor.visited = [visit]
  await poll(ground)
  expect(await newest(ground)).toMatchObject({ continues: 'run_1', base: commit })
})
