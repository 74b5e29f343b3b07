/** What a move writes and tells. What another wrote meanwhile: `driver-races.test.ts`. */
import { describe, expect, test } from 'vitest'

import { placeOf } from '../../test/in-memory-executor.ts'
import { type Ground, inMemoryLoop, typesOf } from '../../test/in-memory-loop.ts'
import { commit, finished, grant, green, minute, question, red } from '../../test/runs.ts'
import type { RunEvent } from '../run/event.ts'

const over = { type: 'turn-over', turn: 1, end: finished, commit: null } as const
const asking = { ...over, end: question } as const

/** What the driver asks of the store while it is told this. */
async function asked(ground: Ground, event: RunEvent): Promise<readonly string[]> {
  const stored = await ground.stored()
  ground.calls.made.length = 0
  await ground.parts.driver.advance(stored, event)
  return [...ground.calls.made]
}

const tick = ({ parts }: Ground): RunEvent => ({ type: 'tick', at: parts.clock.now() })

describe('an event that says nothing new', () => {
  test('writes nothing, and of a run that was just read it reads nothing', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const before = await ground.stored()
    expect(await asked(ground, tick(ground))).toEqual([])
    expect(await asked(ground, { type: 'reached', at: 0 })).toEqual([])
    expect(await ground.stored()).toEqual(before)
  })

  test('gives back the run as it was read', async () => {
    const ground = inMemoryLoop()
    const stored = await ground.working()
    expect(await ground.parts.driver.advance(stored, tick(ground))).toBe(stored)
  })

  test('of an ended run is harmless', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', asking)
    const ended = await ground.stored()
    await ground.happen('run_1', over, { type: 'withdrawn', by: 'ada' }, { type: 'pushed', commit })
    expect(await ground.stored()).toEqual(ended)
    expect(ground.rang).toHaveLength(1)
  })

  test('of a run that nobody knows is answered with nothing', async () => {
    const { parts } = inMemoryLoop()
    expect(await parts.driver.advance('run_0', { type: 'tick', at: 0 })).toBe(undefined)
  })
})

describe('what a lineage has used', () => {
  test('is read once: the next moves cost no look at the ledger', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const { calls, happen } = ground
    calls.made.length = 0
    await happen('run_1', { type: 'held' }, { type: 'released' }, { type: 'pushed', commit })
    expect(calls.made.filter((call) => call === 'runs ledger')).toEqual([])
    expect(calls.made.filter((call) => call === 'runs move')).toHaveLength(3)
  })

  test('is read again where a grant was written since, and once', async () => {
    const ground = inMemoryLoop()
    const { run } = await ground.working()
    await ground.store.grant(run.lineage, { ...grant, attempts: 1, minutes: 0, costUsd: 0 })
    expect(await asked(ground, tick(ground))).toEqual(['runs ledger'])
    expect(await asked(ground, tick(ground))).toEqual([])
  })

  test('is known to another node from the ledger', async () => {
    const ground = inMemoryLoop({ limits: { costUsd: 5 } })
    await ground.working()
    await ground.happen('run_1', { type: 'spent', turn: 1, costUsd: 5 })
    const another = inMemoryLoop({ store: ground.store, limits: { costUsd: 5 } })
    await another.happen('run_1', { type: 'tick' })
    expect(await another.run()).toMatchObject({ state: 'needs-human', cause: 'cost' })
  })

  test('does not grow by what says nothing new', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const spent = { type: 'spent', turn: 1, costUsd: 5 } as const
    await ground.happen('run_1', spent, spent, spent, asking)
    expect(ground.rings).toMatchObject([{ used: { costUsd: 5 } }])
  })
})

describe('a move', () => {
  test('is one write: the run, its lines, its ring and its chores', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const calls = await asked(ground, { ...asking, at: ground.parts.clock.now() })
    expect(calls.filter((call) => call === 'runs move')).toHaveLength(1)
    expect(await ground.run()).toMatchObject({ state: 'needs-human', cause: 'question' })
    expect(typesOf(await ground.ledger()).slice(-2)).toEqual(['turn-over', 'ended'])
    const { rings } = await ground.store.list({ kind: null, state: null, limit: 9, before: null })
    expect(rings).toMatchObject([{ ring: { key: 'run:run_1' } }])
    const chores = await ground.store.chores('run_1')
    expect(chores.map(({ kind }) => kind)).toEqual([
      'mark-issue',
      'stop-agent',
      'tell-issue',
      'tidy-worktree',
      'free-slot',
    ])
  })

  test('that fails has written and told nothing', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const before = await ground.stored()
    ground.calls.duringNext('runs move', () => {
      throw new Error('the disk is full')
    })
    await expect(ground.happen('run_1', asking)).rejects.toThrow('the disk is full')
    expect(await ground.stored()).toEqual(before)
    expect([ground.rang, ground.told]).toEqual([[], []])
    await ground.happen('run_1', asking)
    expect(ground.rang).toHaveLength(1)
  })

  test('that ends a run rings, owes its chores and tells, each exactly once', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.owed.length = 0
    await ground.happen('run_1', asking, over, { type: 'tick' })
    expect(ground.rang).toEqual([['phone']])
    expect(ground.owed).toEqual(['run_1'])
    expect(ground.told).toEqual([
      { event: 'run-ended', run: 'run_1', issue: 'infra#42', state: 'needs-human' },
    ])
  })

  test('that withdraws a run is told and rings nobody', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', { type: 'withdrawn', by: 'ada' })
    expect([ground.rings, ground.rang]).toEqual([[], []])
    expect(ground.told).toMatchObject([{ event: 'run-ended', state: 'withdrawn' }])
  })

  test('that leaves no chore owes none', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    expect(ground.owed).toEqual(['run_1'])
    await ground.happen('run_1', { type: 'held' })
    expect(ground.owed).toEqual(['run_1'])
  })
})

describe('a ring', () => {
  test('says what the lineage has used, and where the newest turn was taken to', async () => {
    const ground = inMemoryLoop()
    const { happen, parts } = ground
    const { run } = await ground.working()
    await ground.store.grant(run.lineage, { ...grant, attempts: 1, minutes: 0, costUsd: 0 })
    const { clock } = parts
    await happen('run_1', { ...over, commit }, { type: 'checked', commit, checks: red })
    await happen('run_1', {
      type: 'adopted',
      turn: 2,
      place: '/elsewhere',
      environment: null,
      thread: 'thread_1',
    })
    clock.advance(10 * minute)
    await happen('run_1', { type: 'spent', turn: 2, costUsd: 3 }, { ...asking, turn: 2 })
    expect(ground.rings).toMatchObject([
      {
        run: { id: 'run_1', state: 'needs-human' },
        used: { attempts: 1, minutes: 10, costUsd: 3, granted: true, worktree: '/elsewhere' },
      },
    ])
  })

  test('carries the place of its own run, and not that of another of its lineage', async () => {
    const ground = inMemoryLoop()
    await ground.working({ id: 'run_0' })
    await ground.happen('run_0', asking)
    await ground.store.freeSlot('run_0')
    await ground.started()
    await ground.happen('run_1', { type: 'refused', turn: 1, detail: 'no such branch' })
    expect(ground.rings.map(({ run, used }) => [run.id, used.worktree])).toEqual([
      ['run_0', placeOf('run_0')],
      ['run_1', null],
    ])
  })

  test('of work that landed counts the attempts up to its end, and knows of no grant', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', { ...over, commit }, { type: 'checked', commit, checks: green })
    expect(ground.rings).toMatchObject([
      { run: { state: 'done', commit }, used: { attempts: 0, minutes: 0, granted: false } },
    ])
  })
})

describe('a run whose repository is not enrolled any more', () => {
  async function unenrolled() {
    const ground = inMemoryLoop()
    await ground.working()
    return inMemoryLoop({ store: ground.store }, ['web'])
  }

  test('has no rules to be judged by, and waits', async () => {
    const ground = await unenrolled()
    const before = await ground.stored()
    await ground.happen('run_1', asking, { type: 'tick' }, { type: 'held' })
    expect(await ground.stored()).toEqual(before)
  })

  test('is withdrawn by a person all the same', async () => {
    const ground = await unenrolled()
    await ground.happen('run_1', { type: 'withdrawn', by: 'ada' })
    expect(await ground.run()).toMatchObject({ state: 'withdrawn', withdrawnBy: 'ada' })
    expect(ground.owed).toEqual(['run_1'])
  })
})
