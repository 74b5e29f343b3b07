import { describe, expect, test } from 'vitest'

import { askedGround, atDesk, issue as ref, refused } from '../../test/in-memory-desk.ts'
import { type Ground, inMemoryLoop } from '../../test/in-memory-loop.ts'
import { labels } from '../../test/loop-stand-ins.ts'
import { commit, finished, green, minute, question, red } from '../../test/runs.ts'
import type { Limits } from '../run/limits.ts'

const over = { type: 'turn-over', turn: 1, end: finished, commit: null } as const

/** A run whose commit stayed red until what it may use was used up. */
async function frozenGround(limits: Partial<Limits>): Promise<Ground> {
  const ground = inMemoryLoop({ limits })
  await ground.working()
  const checked = { type: 'checked', commit, checks: red } as const
  await ground.happen('run_1', { ...over, commit }, checked)
  ground.parts.clock.advance(2 * minute)
  for (const what of [adopted, { ...over, turn: 2, commit }, { type: 'tick' }] as const)
    await ground.happen('run_1', what)
  expect((await ground.run()).state).toBe('frozen')
  await ground.store.freeSlot('run_1')
  return ground
}

const adopted = {
  type: 'adopted',
  turn: 2,
  place: null,
  environment: null,
  thread: 'thread_1',
} as const

describe('to go on', () => {
  test('is a run in the place and conversation of the last one', async () => {
    const ground = await askedGround()
    const before = await ground.run()
    const { goOn, woken } = atDesk(ground)
    const answer = await goOn(ref, 'ada')
    expect(answer.type).toBe('done')
    const last = await ground.store.lastRun(ref)
    const { threadId, branch } = before
    expect(last?.run).toMatchObject({ threadId, branch, continues: 'run_1', by: 'ada' })
    expect([answer, woken]).toEqual([{ type: 'done', run: last?.run.id }, ['infra']])
  })

  test('needs no ready label: a person asks for it', async () => {
    const ground = await askedGround()
    ground.tracker.edit(42, { labels: [labels.human] })
    expect(await atDesk(ground).goOn(ref, 'ada')).toMatchObject({ type: 'done' })
  })

  const no: ReadonlyArray<readonly [string, string, () => Promise<Ground>]> = [
    ['where there was no run', 'infra#42 has no run to go on in', async () => inMemoryLoop()],
    [
      'where the run goes on anyway',
      'run_1 has not ended yet',
      async () => {
        const ground = inMemoryLoop()
        await ground.working()
        return ground
      },
    ],
    [
      'where the work is done',
      'its last run is done: there is nothing to go on in',
      async () => {
        const ground = inMemoryLoop()
        await ground.working()
        const checked = { type: 'checked', commit, checks: green } as const
        await ground.happen('run_1', { ...over, commit }, checked)
        return ground
      },
    ],
    [
      'where the issue is gone',
      'there is no issue infra#42',
      async () => {
        const ground = await askedGround()
        ground.tracker.remove(42)
        return ground
      },
    ],
    [
      'where the issue is closed',
      'it is closed: reopen it first',
      async () => {
        const ground = await askedGround()
        ground.tracker.edit(42, { isOpen: false })
        return ground
      },
    ],
    [
      'where the attempts are used up',
      'its attempts are used up: afk grant infra#42 first',
      () => frozenGround({ fixForwardAttempts: 1 }),
    ],
    [
      'where no attempt is allowed, and one would be needed',
      'its attempts are used up: afk grant infra#42 first',
      () => frozenGround({ fixForwardAttempts: 0 }),
    ],
    [
      'where the minutes are used up',
      'its minutes are used up: afk grant infra#42 first',
      () => frozenGround({ fixForwardMs: minute }),
    ],
    [
      'where the money is used up',
      'its spending limit is used up: afk grant infra#42 first',
      async () => {
        const ground = inMemoryLoop({ limits: { costUsd: 5 } })
        await ground.working()
        await ground.happen(
          'run_1',
          { type: 'spent', turn: 1, costUsd: 5 },
          { ...over, end: question },
        )
        await ground.store.freeSlot('run_1')
        return ground
      },
    ],
    [
      'where another has the slot',
      'infra is busy with run_7',
      async () => {
        const ground = await askedGround()
        await ground.queued({ id: 'run_7', issue: { repo: 'infra', number: 7 } })
        return ground
      },
    ],
    [
      'where the slot of the last run is not free yet',
      'infra is busy with run_1',
      async () => {
        const ground = inMemoryLoop()
        await ground.working()
        await ground.happen('run_1', { ...over, end: question })
        return ground
      },
    ],
  ]

  test.each(no)('%s is refused', async (_, why, make) => {
    const ground = await make()
    const before = await ground.store.listRuns({ isLive: null, limit: 9, before: null })
    const { goOn, woken } = atDesk(ground)
    expect(await goOn(ref, 'ada')).toEqual(refused(why))
    expect(await ground.store.listRuns({ isLive: null, limit: 9, before: null })).toEqual(before)
    expect(woken).toEqual([])
  })

  test('with a grant goes on where the attempts were used up', async () => {
    const ground = await frozenGround({ fixForwardAttempts: 1 })
    const { goOn, grant } = atDesk(ground)
    const more = { by: 'ada', why: 'it is close', minutes: 0, costUsd: 0 }
    await grant(ref, { ...more, attempts: 1 })
    expect(await goOn(ref, 'ada')).toMatchObject({ type: 'done' })
  })

  test('where no corrective turn is allowed goes on after a question: none was used up', async () => {
    const ground = inMemoryLoop({ limits: { fixForwardAttempts: 0 } })
    await ground.working()
    await ground.happen('run_1', { ...over, end: question })
    await ground.store.freeSlot('run_1')
    expect(await atDesk(ground).goOn(ref, 'ada')).toMatchObject({ type: 'done' })
  })

  test('in a repository that is not enrolled is refused', async () => {
    const { goOn } = atDesk(inMemoryLoop())
    expect(await goOn({ repo: 'web', number: 1 }, 'ada')).toEqual(refused('web is not enrolled'))
  })
})
