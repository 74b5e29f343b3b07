/** What wakes the loop sooner than its time. */
import { describe, expect, test } from 'vitest'

import { timesOf } from '../../test/in-memory-calls.ts'
import { inMemoryLoop } from '../../test/in-memory-loop.ts'
import { hanging, turning } from '../../test/in-memory-turning.ts'
import { readyIssue } from '../../test/loop-stand-ins.ts'
import { commit } from '../../test/runs.ts'
import { until } from '../../test/until.ts'

const turn = { run: 'run_1', turn: 1 }
const web = { id: 'run_web', issue: { repo: 'web', number: 42 } }

describe('a lane wakes without waiting for its time', () => {
  /** Nobody looks and nobody polls, unless something wakes a lane. */
  function stillGround() {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    const { start, ...turned } = turning(ground, { slots: async () => new Map() })
    const hang = hanging()
    for (const { calls } of [ground, ground.second!]) calls.during('tracker list', hang)
    const looks = () => [ground, ground.second!].map(({ calls }) => timesOf(calls, 'executor look'))
    return { ...ground, ...turned, start, looks }
  }

  test('when its executor says that a turn may be over, and no other does', async () => {
    const { start, looks, executor, working } = stillGround()
    await working()
    await working(web)
    start()
    for (let round = 1; round <= 3; round++) {
      expect(executor.wake(turn)).toBe(1)
      await until('infra is looked at', () => looks()[0] === round)
    }
    expect(looks()).toEqual([3, 0])
  })

  test('when its CI says that a commit may be judged, and no other does', async () => {
    const { start, looks, second, working } = stillGround()
    await working()
    await working(web)
    start()
    expect(second!.ci.wake(commit)).toBe(1)
    await until('the web is looked at', () => looks()[1] === 1)
    expect(looks()).toEqual([0, 1])
  })

  test('when a person says that something may have happened', async () => {
    const { start, looks, wake, working } = stillGround()
    await working()
    start()
    wake('infra')
    await until('infra is looked at', () => looks()[0] === 1)
  })

  test('when a run has ended: what must follow does so at once', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const { start } = turning(ground)
    start()
    await ground.happen('run_1', { type: 'withdrawn', by: 'ada' })
    await until('the slot is free', async () => (await ground.store.slots()).size === 0)
    expect(ground.executor.isAlive(turn)).toBe(false)
  })

  test('when a slot was freed: the next issue is started at once', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.tracker.put(readyIssue({ number: 7 }))
    const { start } = turning(ground)
    start()
    await until('it was polled', () => timesOf(ground.calls, 'tracker list') === 1)
    await ground.happen('run_1', { type: 'withdrawn', by: 'ada' })
    await until('the next is started', () => ground.executor.orders.at(-1)?.issue.number === 7)
  })

  test('when its poll has started a run: its turn is brought at once', async () => {
    const ground = inMemoryLoop()
    const { start } = turning(ground)
    start()
    await until('an agent works', () => ground.executor.orders.length === 1)
  })
})
