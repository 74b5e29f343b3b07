/** What another wrote meanwhile: a move, an end, a grant. */
import { describe, expect, test } from 'vitest'

import { inMemoryLoop, typesOf } from '../../test/in-memory-loop.ts'
import { commit, grant, question } from '../../test/runs.ts'

const asking = { type: 'turn-over', turn: 1, end: question, commit: null } as const

describe('a race that is lost', () => {
  test('asks again about where the run is now', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const another = inMemoryLoop({ store: ground.store })
    ground.calls.duringNext('runs move', () => another.happen('run_1', { type: 'held' }))
    await ground.happen('run_1', { type: 'pushed', commit })
    expect(await ground.run()).toMatchObject({ isHeld: true, pushed: { commit } })
    expect(typesOf(await ground.ledger()).slice(-2)).toEqual(['held', 'pushed'])
  })

  test('against an end writes nothing and rings nobody again', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const another = inMemoryLoop({ store: ground.store })
    ground.calls.duringNext('runs move', () =>
      another.happen('run_1', { type: 'withdrawn', by: 'ada' }),
    )
    await ground.happen('run_1', asking)
    expect(await ground.run()).toMatchObject({ state: 'withdrawn', withdrawnBy: 'ada' })
    expect([ground.rang, ground.told]).toEqual([[], []])
    expect(typesOf(await ground.ledger()).at(-1)).toBe('ended')
  })

  test('is asked again as often as it is lost', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const another = inMemoryLoop({ store: ground.store })
    let lost = 0
    ground.calls.during('runs move', async () => {
      lost += 1
      if (lost <= 4) await another.happen('run_1', { type: lost % 2 ? 'held' : 'released' })
    })
    await ground.happen('run_1', { type: 'pushed', commit })
    expect(lost).toBe(5)
    expect(await ground.run()).toMatchObject({ isHeld: false, pushed: { commit } })
  })

  test('the same news from two at once is one move', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await Promise.all([ground.happen('run_1', asking), ground.happen('run_1', asking)])
    expect(typesOf(await ground.ledger()).filter((type) => type === 'ended')).toHaveLength(1)
    expect(ground.rang).toHaveLength(1)
    expect(ground.told).toHaveLength(1)
  })
})

describe('a grant', () => {
  /** Its money is used up, and a tick would end it. */
  async function spentUp() {
    const ground = inMemoryLoop({ limits: { costUsd: 5 } })
    const { run } = await ground.working()
    await ground.happen('run_1', { type: 'spent', turn: 1, costUsd: 5 })
    const give = () =>
      ground.store.grant(run.lineage, { ...grant, attempts: 0, minutes: 0, costUsd: 5 })
    return { ...ground, give }
  }

  test('that is written between the read and the move is not lost', async () => {
    const { calls, give, happen, run } = await spentUp()
    calls.duringNext('runs move', give)
    await happen('run_1', { type: 'tick' })
    expect((await run()).state).toBe('live')
  })

  test('that is written before the read counts, too', async () => {
    const { give, happen, run } = await spentUp()
    await give()
    await happen('run_1', { type: 'tick' })
    expect((await run()).state).toBe('live')
  })

  test('that is written while the ledger is read is judged by, and kept', async () => {
    const ground = await spentUp()
    const another = inMemoryLoop({ store: ground.store, limits: { costUsd: 5 } })
    another.calls.duringNext('runs ledger', ground.give)
    await another.happen('run_1', { type: 'tick' }, { type: 'tick' })
    expect((await another.run()).state).toBe('live')
  })

  test('that never came does not keep a run from its end', async () => {
    const { happen, run } = await spentUp()
    await happen('run_1', { type: 'tick' })
    expect(await run()).toMatchObject({ state: 'needs-human', cause: 'cost' })
  })
})
