import { describe, expect, test } from 'vitest'

import { type Ground, inMemoryLoop } from '../../test/in-memory-loop.ts'
import { until } from '../../test/until.ts'
import type { Kept } from '../executors/executor.ts'
import { forgetting } from './forgetting.ts'
import { type Housekeeper, housekeeper } from './housekeeper.ts'

const day = 24 * 60 * 60_000

const kept = (run: string, wish: Partial<Kept> = {}): Kept => {
  return { run, path: `/places/${run}`, branch: `afk/${run}`, why: null, ...wish }
}

const keeping = (ground: Ground, days = 30) => housekeeper({ ...ground.parts, days })

/** Its run has ended as withdrawn. */
async function ended(ground: Ground, id: string, wish: object = {}): Promise<void> {
  await ground.working({ id, ...wish })
  await ground.happen(id, { type: 'withdrawn', by: 'ada' })
  await ground.store.freeSlot(id)
  ground.parts.clock.advance(1_000)
}

describe('the places that are kept', () => {
  test('are those of ended runs, whose end is last is last', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    await ended(ground, 'run_1')
    await ended(ground, 'run_2', { issue: { repo: 'web', number: 7 } })
    await ground.working({ id: 'run_3' })
    ground.executor.places = async () => [kept('run_3'), kept('run_unknown'), kept('run_1')]
    ground.second!.executor.places = async () => [kept('run_2', { why: 'a stash' })]
    const { places, faults } = await keeping(ground).places()
    expect(faults).toEqual([])
    expect(places.map(({ run, repo, of, why }) => [run, repo, of?.issue.number, why])).toEqual([
      ['run_unknown', 'infra', undefined, null],
      ['run_1', 'infra', 42, null],
      ['run_2', 'web', 7, 'a stash'],
    ])
  })

  test('are not those that a run under way goes on in', async () => {
    const ground = inMemoryLoop()
    await ended(ground, 'run_1')
    await ground.queued({ id: 'run_2', continues: 'run_1' })
    ground.executor.places = async () => [kept('run_1')]
    expect(await keeping(ground).places()).toEqual({ places: [], faults: [] })
  })

  test('of a repository that cannot be looked at are told as such, and keep no other', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    ground.executor.places = async () => Promise.reject(new Error('no such clone'))
    ground.second!.executor.places = async () => [kept('run_2')]
    const { places, faults } = await keeping(ground).places()
    expect(places.map(({ run }) => run)).toEqual(['run_2'])
    expect(faults).toEqual([{ repo: 'infra', detail: 'no such clone' }])
  })
})

describe('cleaning', () => {
  test.each([
    ['removed', { type: 'removed', left: ['afk/run_1'] }],
    ['kept', { type: 'kept', path: '/places/run_1', why: 'a stash' }],
  ] as const)('says what the executor says: %s', async (_, tidied) => {
    const ground = inMemoryLoop()
    await ended(ground, 'run_1')
    const asked: unknown[] = []
    ground.executor.tidy = async (...args) => {
      asked.push(args)
      return tidied
    }
    expect(await keeping(ground).clean('run_1', { discard: true })).toEqual(tidied)
    expect(asked).toEqual([['run_1', { discard: true }]])
  })

  const cases: ReadonlyArray<readonly [string, (ground: Ground) => Promise<unknown>, RegExp]> = [
    ['no such run', async () => {}, /no run has that id/],
    ['it is queued', (ground) => ground.queued(), /it is under way/],
    ['its agent works', (ground) => ground.working(), /it is under way/],
    [
      'another run is about to go on in it',
      async (ground) => {
        await ended(ground, 'run_1')
        await ground.queued({ id: 'run_2', continues: 'run_1' })
      },
      /run_2 goes on in it/,
    ],
  ]

  test.each(cases)('is refused where %s, and nothing is asked', async (_, arrange, why) => {
    const ground = inMemoryLoop()
    ground.executor.tidy = async () => expect.unreachable('nothing is removed')
    await arrange(ground)
    const cleaned = await keeping(ground).clean('run_1', { discard: true })
    expect(cleaned).toEqual({ type: 'refused', why: expect.stringMatching(why) })
  })

  test('is refused where the repository is not enrolled any more', async () => {
    const ground = inMemoryLoop()
    await ended(ground, 'run_1')
    const without = housekeeper({ ...ground.parts, repositories: new Map(), days: 30 })
    const why = 'infra is not enrolled'
    expect(await without.clean('run_1', { discard: false })).toEqual({ type: 'refused', why })
  })
})

describe('forgetting', () => {
  test('is of what ended before the days that are kept, of every executor and CI', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    const asked: unknown[] = []
    for (const [name, { executor, ci }] of Object.entries({ infra: ground, web: ground.second! })) {
      executor.forget = async (before) => void asked.push([name, 'turns', before])
      ci.forget = async (before) => void asked.push([name, 'results', before])
    }
    await keeping(ground, 30).forget(31 * day)
    expect(asked).toEqual(
      ['infra', 'web'].flatMap((name) => [
        [name, 'turns', day],
        [name, 'results', day],
      ]),
    )
    expect(ground.told).toEqual([])
  })

  test('goes on past what cannot be removed, and tells of it', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    let forgotten = 0
    ground.executor.forget = async () => Promise.reject(new Error('2 records cannot be removed'))
    ground.ci.forget = async () => void (forgotten += 1)
    ground.second!.executor.forget = async () => void (forgotten += 1)
    await keeping(ground).forget(31 * day)
    expect(forgotten).toBe(2)
    const detail = '2 records cannot be removed'
    expect(ground.told).toEqual([{ event: 'look-failed', repo: 'infra', detail }])
  })

  test('a repository without a CI has no results', async () => {
    const ground = inMemoryLoop({ hasCi: false })
    ground.ci.forget = async () => expect.unreachable('it has none')
    await keeping(ground).forget(31 * day)
    expect(ground.told).toEqual([])
  })

  test('happens at the start and once a day, until it is stopped', async () => {
    const { clock } = inMemoryLoop().parts
    const asked: number[] = []
    const keeper: Pick<Housekeeper, 'forget'> = { forget: async (now) => void asked.push(now) }
    const ticks = forgetting({ housekeeper: keeper, clock, log: () => {} })
    const startedAt = clock.now()
    ticks.start()
    await until('it sleeps', () => clock.nextAt() !== null)
    clock.advance(day - 1)
    expect(asked).toEqual([startedAt])
    clock.advance(1)
    await until('it sleeps again', () => clock.nextAt() !== null)
    expect(asked).toEqual([startedAt, startedAt + day])
    ticks.stop()
    clock.advance(2 * day)
    expect(asked).toHaveLength(2)
  })
})
