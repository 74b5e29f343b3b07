import { expect, test } from 'vitest'

import { type Ground, inMemoryLoop, typesOf } from '../../test/in-memory-loop.ts'
import { readyIssue } from '../../test/loop-stand-ins.ts'
import { finished, minute } from '../../test/runs.ts'
import { continueRun, type Started, startRun } from './start-run.ts'

const lineage = 'infra#42@main'

const start = ({ parts, repository, tracker }: Ground, by = 'loop') =>
  startRun({ repository, issue: tracker.issue(42), by }, parts)

/** An ended run of the issue, whose slot is free; it has cost this much. */
async function endedRun({ working, happen, store, run }: Ground, costUsd: number) {
  await working({ id: 'run_before' })
  await happen(
    'run_before',
    { type: 'spent', turn: 1, costUsd },
    { type: 'turn-over', turn: 1, end: finished, commit: null },
  )
  await store.freeSlot('run_before')
  return run('run_before')
}

async function runOf({ run }: Ground, started: Started) {
  expect(started.type).toBe('started')
  return run(started.run)
}

const granted = async ({ store }: Ground) =>
  (await store.ledger(lineage)).flatMap(({ what }) => (what.type === 'granted' ? [what] : []))

test('a run is queued, which takes the slot, and then started', async () => {
  const ground = inMemoryLoop()
  const run = await runOf(ground, await start(ground))
  expect(run).toMatchObject({ state: 'live', turn: { number: 1, is: 'asked' } })
  expect(await ground.store.slots()).toEqual(new Map([['infra', run.id]]))
  expect(typesOf(await ground.store.ledger(lineage))).toEqual(['started', 'asked'])
})

test('a run is named by us before anything of it exists', async () => {
  const ground = inMemoryLoop()
  const run = await runOf(ground, await start(ground))
  const uuid = run.id.replace('run_', '')
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/)
  expect(run).toMatchObject({
    issue: { repo: 'infra', number: 42, title: 'Make it work' },
    lineage,
    threadId: `thread_${uuid}`,
    branch: `afk/42-${uuid.slice(-8)}`,
    continues: null,
    queuedAt: ground.parts.clock.now(),
  })
})

test.each(['loop', 'ada'])('that a run was queued is told, also who started it: %s', async (by) => {
  const ground = inMemoryLoop()
  const { run } = await start(ground, by)
  expect(ground.told).toEqual([{ event: 'run-queued', run, issue: 'infra#42', by }])
  expect(await ground.run(run)).toMatchObject({ by })
})

test('where the repository is busy, nothing is started, and it says with which run', async () => {
  const ground = inMemoryLoop()
  await ground.queued({ id: 'run_other', issue: { repo: 'infra', number: 7 } })
  expect(await start(ground)).toEqual({ type: 'busy', run: 'run_other' })
  expect(await ground.store.lastRun({ repo: 'infra', number: 42 })).toBe(undefined)
  expect(ground.told).toEqual([])
})

test('of two at once, one is started', async () => {
  const ground = inMemoryLoop()
  const both = await Promise.all([start(ground), start(ground, 'ada')])
  expect(both.map(({ type }) => type).toSorted()).toEqual(['busy', 'started'])
  expect(new Set(both.map(({ run }) => run)).size).toBe(1)
})

test('a node that dies between queueing and starting leaves the run queued', async () => {
  const ground = inMemoryLoop()
  ground.calls.during('runs run', () => {
    throw new Error('the node is gone')
  })
  await expect(start(ground)).rejects.toThrow('the node is gone')
  const [stored] = await ground.store.liveRuns()
  expect(stored?.run).toMatchObject({ state: 'queued', issue: { number: 42 } })
})

test('an issue that had no run before is given no fresh budget', async () => {
  const ground = inMemoryLoop()
  await start(ground)
  expect(await granted(ground)).toEqual([])
})

test('an issue whose lineage has used nothing is given none either', async () => {
  const ground = inMemoryLoop()
  await endedRun(ground, 0)
  await start(ground)
  expect(await granted(ground)).toEqual([])
})

test('an issue that was labelled ready again is given what its lineage has used', async () => {
  const ground = inMemoryLoop()
  await endedRun(ground, 30)
  ground.parts.clock.advance(minute)
  ground.tracker.edit(42, { readyBy: 'bob' })
  await start(ground)
  expect(await granted(ground)).toEqual([
    {
      type: 'granted',
      at: ground.parts.clock.now(),
      by: 'bob',
      why: 'labelled ready again',
      attempts: 0,
      minutes: 0,
      costUsd: 30,
    },
  ])
})

test('where nobody says who labelled it, the fresh budget is the owner’s', async () => {
  const ground = inMemoryLoop()
  await endedRun(ground, 30)
  ground.tracker.edit(42, { readyBy: null })
  await start(ground)
  expect(await granted(ground)).toMatchObject([{ by: 'the owner' }])
})

test('the fresh budget is written before the run is', async () => {
  const ground = inMemoryLoop()
  await endedRun(ground, 30)
  const { calls, store } = ground
  let before: number | undefined
  calls.during('runs queueRun', async () => (before = (await store.ledger(lineage)).length))
  await start(ground)
  expect(typesOf(await store.ledger(lineage)).slice((before ?? 0) - 1)).toEqual([
    'granted',
    'started',
    'asked',
  ])
})

test('a node that dies between the fresh budget and the run gives it once all the same', async () => {
  const ground = inMemoryLoop()
  await endedRun(ground, 30)
  ground.calls.duringNext('runs queueRun', () => {
    throw new Error('the node is gone')
  })
  await expect(start(ground)).rejects.toThrow('the node is gone')
  expect(await granted(ground)).toHaveLength(1)
  await start(ground)
  expect(await granted(ground)).toHaveLength(1)
})

test('asked again while the repository is busy, a fresh budget is given once', async () => {
  const ground = inMemoryLoop()
  await endedRun(ground, 30)
  await ground.queued({ id: 'run_other', issue: { repo: 'infra', number: 7 } })
  for (let i = 0; i < 2; i++) expect(await start(ground)).toMatchObject({ type: 'busy' })
  expect(await granted(ground)).toMatchObject([{ costUsd: 30 }])
})

test('a budget belongs to the issue: what another has used gives nothing', async () => {
  const ground = inMemoryLoop()
  await endedRun(ground, 30)
  const { repository, parts, store } = ground
  await startRun({ repository, issue: readyIssue({ number: 7 }), by: 'loop' }, parts)
  expect(await store.ledger('infra#7@main')).toMatchObject([
    { what: { type: 'started' } },
    { what: { type: 'asked' } },
  ])
  expect(await granted(ground)).toEqual([])
})

test('a continuation has the thread and branch of the run before, and names it', async () => {
  const ground = inMemoryLoop()
  const before = await endedRun(ground, 30)
  const { repository, tracker, parts } = ground
  const issue = tracker.issue(42)
  const run = await runOf(
    ground,
    await continueRun({ repository, issue, by: 'ada' }, before, parts),
  )
  const { threadId, branch } = before
  expect(run).toMatchObject({ state: 'live', threadId, branch, continues: 'run_before', by: 'ada' })
  expect(run.id).not.toBe(before.id)
  expect(ground.told).toContainEqual(
    expect.objectContaining({ event: 'run-queued', run: run.id, by: 'ada' }),
  )
})

test('a continuation is given no fresh budget: nobody labelled the issue again', async () => {
  const ground = inMemoryLoop()
  const before = await endedRun(ground, 30)
  const { repository, tracker, parts } = ground
  await continueRun({ repository, issue: tracker.issue(42), by: 'ada' }, before, parts)
  expect(await granted(ground)).toEqual([])
})
