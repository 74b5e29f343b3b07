/** The loop as a whole: what hangs, what fails, and how it stops. */
import { describe, expect, test } from 'vitest'

import { timesOf } from '../../test/in-memory-calls.ts'
import { inMemoryLoop, typesOf } from '../../test/in-memory-loop.ts'
import { hanging, turning } from '../../test/in-memory-turning.ts'
import { labels } from '../../test/loop-stand-ins.ts'
import { commit, finished, green, question } from '../../test/runs.ts'
import { until } from '../../test/until.ts'

const turn = { run: 'run_1', turn: 1 }
const over = { type: 'over', at: 0, end: finished } as const
const web = { id: 'run_web', issue: { repo: 'web', number: 42 } }
const webTurn = { run: 'run_web', turn: 1 }

test('an issue that is ready becomes a run, its turn is brought, and its end rings and tidies up', async () => {
  const { store, executor, landing, ci, tracker, rang, told, ...ground } = inMemoryLoop()
  const { start, untilSo, logged } = turning({
    store,
    executor,
    landing,
    ci,
    tracker,
    rang,
    told,
    ...ground,
  })
  start()
  await untilSo('an agent works', () => executor.orders.length === 1)
  const [order] = executor.orders
  const { run } = order!
  await untilSo('the issue is marked', () => tracker.issue(42).labels.includes(labels.inProgress))
  landing.push(run, commit)
  ci.says(commit, green)
  executor.shows({ run, turn: 1 }, over)
  await untilSo('the slot is free', async () => (await store.slots()).size === 0)
  expect(await ground.run(run)).toMatchObject({ state: 'done', commit })
  expect(rang).toHaveLength(1)
  expect(tracker.issue(42)).toMatchObject({ labels: [], isOpen: false })
  expect(told.map(({ event }) => event)).toEqual(['run-queued', 'run-ended'])
  expect(logged).toEqual([])
})

describe('one that hangs holds up no other:', () => {
  test('an executor, and the verdict of another repository', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    await ground.working()
    await ground.started(web)
    const { start, untilSo } = turning(ground)
    ground.calls.during('executor look', hanging())
    start()
    const { executor, landing, ci } = ground.second!
    await untilSo('an agent works on the web', () => executor.isAlive(webTurn))
    landing.push('run_web', commit)
    ci.says(commit, green)
    executor.shows(webTurn, over)
    await untilSo('the web is done', async () => (await ground.run('run_web')).state === 'done')
    expect(timesOf(ground.calls, 'executor look')).toBe(1)
  })

  test('a tracker, and the issues of another repository', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    const { start, untilSo } = turning(ground)
    ground.calls.during('tracker list', hanging())
    start()
    await untilSo('the web is started', async () => (await ground.store.slots()).has('web'))
    expect([...(await ground.store.slots()).keys()]).toEqual(['web'])
  })

  test('a tracker, and the verdict of its own repository’s run', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.executor.shows(turn, { type: 'over', at: 0, end: question })
    const { start, untilSo } = turning(ground)
    ground.calls.during('tracker list', hanging())
    start()
    await untilSo('it has ended', async () => (await ground.run()).state === 'needs-human')
  })

  test('what follows one run’s end, and what follows another’s', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    await ground.working()
    await ground.working(web)
    const { start, untilSo } = turning(ground)
    ground.calls.during('executor interrupt', hanging())
    start()
    for (const run of ['run_1', 'run_web'])
      await ground.happen(run, { type: 'withdrawn', by: 'ada' })
    await untilSo(
      'the slot of the web is free',
      async () => !(await ground.store.slots()).has('web'),
    )
    expect(await ground.store.slots()).toEqual(new Map([['infra', 'run_1']]))
  })
})

describe('what cannot be asked', () => {
  test('is told once, and asked again until it can be', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.tracker.edit(42, { labels: [labels.inProgress] })
    ground.calls.during('landing pushedBy', () => {
      throw new Error('the remote is down')
    })
    const { start, untilSo } = turning(ground)
    start()
    await untilSo('it was asked often', () => timesOf(ground.calls, 'landing pushedBy') >= 5)
    const failed = { event: 'look-failed', repo: 'infra', detail: 'the remote is down' }
    expect(ground.told).toEqual([failed])
    ground.landing.push('run_1', commit)
    ground.ci.says(commit, green)
    ground.calls.mend('landing pushedBy')
    await untilSo('it is seen', async () => typesOf(await ground.ledger()).includes('checked'))
    ground.calls.during('landing pushedBy', () => {
      throw new Error('the remote is down')
    })
    await untilSo('it is told again', () => ground.told.length === 2)
    expect(ground.told).toEqual([failed, failed])
  })

  test('at a tracker is told of the repository, once', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    ground.calls.during('tracker list', () => {
      throw new Error('the tracker is down')
    })
    const { start, untilSo } = turning(ground)
    start()
    await untilSo('it was polled often', () => timesOf(ground.calls, 'tracker list') >= 3)
    expect(ground.told.filter(({ event }) => event === 'look-failed')).toEqual([
      { event: 'look-failed', repo: 'infra', detail: 'the tracker is down' },
    ])
  })

  test('in a store, while chores are worked off, is a bug, and is logged', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    ground.calls.duringNext('runs endChore done', () => {
      throw new Error('the disk is gone')
    })
    const { start, untilSo, logged } = turning(ground)
    start()
    await untilSo('it is logged', () => logged.length > 0)
    expect(logged).toEqual([{ event: 'bug', where: 'the chores', detail: 'the disk is gone' }])
    await untilSo(
      'it is done',
      async () => (await ground.store.chores('run_1'))[0]?.isDone === true,
    )
  })
})

describe('to stop', () => {
  test('leaves agents running, asks nobody anything more, and lets go of whom it watched', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const { start, stop, wake, untilSo } = turning(ground)
    start()
    await untilSo('it was looked', () => timesOf(ground.calls, 'executor look') > 1)
    await stop()
    expect(ground.parts.clock.nextAt()).toBe(null)
    const before = [...ground.calls.made]
    ground.parts.clock.advance(60 * 60_000)
    wake('infra')
    expect([ground.executor.wake(turn), ground.ci.wake(commit)]).toEqual([0, 0])
    expect(ground.calls.made).toEqual(before)
    expect([ground.executor.interrupted, ground.executor.isAlive(turn)]).toEqual([[], true])
    expect((await ground.run()).state).toBe('live')
  })

  test('waits for the look that is under way', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const { start, stop } = turning(ground)
    const look = Promise.withResolvers<void>()
    ground.calls.during('executor look', () => look.promise)
    start()
    await until('it is looked', () => timesOf(ground.calls, 'executor look') === 1)
    let isStopped = false
    const stopping = stop().then(() => (isStopped = true))
    await ground.store.pauses()
    expect(isStopped).toBe(false)
    look.resolve()
    await stopping
  })

  test('and to start again finds the agent at its turn', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const first = turning(ground)
    first.start()
    await first.untilSo('it was looked', () => timesOf(ground.calls, 'executor look') > 0)
    await first.stop()
    ground.landing.push('run_1', commit)
    ground.ci.says(commit, green)
    ground.executor.shows(turn, over)
    const { start, untilSo } = turning(ground)
    start()
    await untilSo('it is done', async () => (await ground.run()).state === 'done')
    expect(ground.executor.orders).toHaveLength(1)
  })
})

test('issues are looked for everywhere at the start, and then in one repository after the other', async () => {
  const ground = inMemoryLoop({}, ['infra', 'web'])
  await ground.store.pause({ scope: '*', at: 0, by: 'ada' })
  const { start, untilSo } = turning(ground)
  const polls = () => [ground, ground.second!].map(({ calls }) => timesOf(calls, 'tracker list'))
  start()
  await until('both were', () => polls().every((each) => each === 1))
  await untilSo('one was again', () => polls().includes(2))
  expect(polls()).toEqual([2, 1])
  await untilSo('so was the other', () => polls().every((each) => each === 2))
})

test('how far apart the issues are looked for is what was seen, and not what was meant', async () => {
  const ground = inMemoryLoop({}, ['infra', 'web'])
  await ground.store.pause({ scope: '*', at: 0, by: 'ada' })
  const { start, untilSo, pollsApartMs } = turning(ground)
  const second = hanging()
  let polls = 0
  ground.calls.during('tracker list', () => ((polls += 1) === 2 ? second() : Promise.resolve()))
  expect(pollsApartMs(['infra', 'web'])).toBeNull()
  start()
  await untilSo('the web was polled four times', () => {
    return timesOf(ground.second!.calls, 'tracker list') >= 4
  })
  expect(pollsApartMs(['web'])).toBeLessThanOrEqual(31_000)
  expect(pollsApartMs(['infra'])).toBeNull()
})
