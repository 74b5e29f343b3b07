/** To start, stop and grant. To go on: `desk-go-on.test.ts`. */
import { describe, expect, test } from 'vitest'

import { askedGround, atDesk, issue as ref, refused } from '../../test/in-memory-desk.ts'
import { type Ground, inMemoryLoop } from '../../test/in-memory-loop.ts'

describe('to start', () => {
  test('an issue that may starts it, in the name of who asked, and wakes its repository', async () => {
    const ground = inMemoryLoop()
    const { start, woken } = atDesk(ground)
    const answer = await start(ref, 'ada')
    const [stored] = await ground.store.liveRuns()
    expect(answer).toEqual({ type: 'done', run: stored?.run.id })
    expect(stored?.run).toMatchObject({ state: 'live', by: 'ada', issue: ref })
    expect(woken).toEqual(['infra'])
  })

  test('again an issue whose run has ended gives its fresh budget, once', async () => {
    const ground = await askedGround()
    await atDesk(ground).start(ref, 'ada')
    const grants = (await ground.ledger()).filter(({ what }) => what.type === 'granted')
    expect(grants).toMatchObject([{ what: { costUsd: 3, why: 'labelled ready again' } }])
  })

  const gates: ReadonlyArray<readonly [string, (ground: Ground) => unknown]> = [
    ['it is not labelled ready', ({ tracker }) => tracker.edit(42, { labels: [] })],
    ['paused by bob', ({ store }) => store.pause({ scope: '*', at: 0, by: 'bob' })],
    ['it is closed', ({ tracker }) => tracker.edit(42, { isOpen: false })],
    [
      'ada, who labelled it ready, has no write access',
      ({ tracker }) => tracker.edit(42, { isTrusted: false }),
    ],
    ['blocked by #7', ({ tracker }) => tracker.edit(42, { blockedBy: [7] })],
    [
      'its repository is busy with run_7',
      ({ queued }) => queued({ id: 'run_7', issue: { repo: 'infra', number: 7 } }),
    ],
    ['there is no issue infra#42', ({ tracker }) => tracker.remove(42)],
  ]

  test.each(gates)('keeps every gate: %s', async (why, close) => {
    const ground = inMemoryLoop()
    await close(ground)
    const { start, whyNot, woken } = atDesk(ground)
    expect(await whyNot(ref)).toBe(why)
    expect(await start(ref, 'ada')).toEqual(refused(why))
    expect(await ground.store.lastRun(ref)).toBe(undefined)
    expect([ground.told, woken]).toEqual([[], []])
  })

  test('with no money is refused', async () => {
    const { start } = atDesk(inMemoryLoop({ limits: { costUsd: 0 } }))
    expect(await start(ref, 'ada')).toEqual(refused('its spending limit is used up'))
  })

  test('in a repository that is not enrolled is refused', async () => {
    const { start, whyNot } = atDesk(inMemoryLoop())
    expect(await whyNot({ repo: 'web', number: 1 })).toBe('web is not enrolled')
    expect(await start({ repo: 'web', number: 1 }, 'ada')).toEqual(refused('web is not enrolled'))
  })

  test('what another took the slot of meanwhile is refused', async () => {
    const ground = inMemoryLoop()
    ground.calls.duringNext('runs queueRun', () =>
      ground.queued({ id: 'run_7', issue: { repo: 'infra', number: 7 } }),
    )
    expect(await atDesk(ground).start(ref, 'ada')).toEqual(refused('infra is busy with run_7'))
  })

  test('an issue that is removed at this moment is refused', async () => {
    const ground = inMemoryLoop()
    ground.calls.duringNext('tracker read', () => ground.tracker.remove(42))
    expect(await atDesk(ground).start(ref, 'ada')).toEqual(refused('there is no issue infra#42'))
  })

  test('an issue that may says nothing against it', async () => {
    expect(await atDesk(inMemoryLoop()).whyNot(ref)).toBe(null)
  })

  test('while the tracker cannot be asked is no refusal', async () => {
    const ground = inMemoryLoop()
    ground.calls.during('tracker read', () => {
      throw new Error('the tracker is down')
    })
    await expect(atDesk(ground).start(ref, 'ada')).rejects.toThrow('the tracker is down')
  })
})

describe('to stop', () => {
  test.each(['queued', 'started', 'working'] as const)(
    'a run that is %s withdraws it',
    async (how) => {
      const ground = inMemoryLoop()
      await ground[how]()
      const { stop, woken } = atDesk(ground)
      expect(await stop('run_1', 'ada')).toEqual({ type: 'done', run: 'run_1' })
      expect(await ground.run()).toMatchObject({ state: 'withdrawn', withdrawnBy: 'ada' })
      expect([ground.rang, woken]).toEqual([[], ['infra']])
    },
  )

  test('a run owes the end of its agent', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await atDesk(ground).stop('run_1', 'ada')
    const kinds = (await ground.store.chores('run_1')).map(({ kind }) => kind)
    expect(kinds).toContain('stop-agent')
  })

  test('a run whose repository is not enrolled any more withdraws it', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const another = inMemoryLoop({ store: ground.store }, ['web'])
    expect(await atDesk(another).stop('run_1', 'ada')).toMatchObject({ type: 'done' })
    expect((await ground.run()).state).toBe('withdrawn')
  })

  test('a run that has ended is refused', async () => {
    const ground = await askedGround()
    const stored = await ground.stored()
    expect(await atDesk(ground).stop('run_1', 'ada')).toEqual(refused('it has ended already'))
    expect(await ground.stored()).toEqual(stored)
  })

  test('what is no run is refused', async () => {
    const { stop } = atDesk(inMemoryLoop())
    expect(await stop('run_0', 'ada')).toEqual(refused('no run has that id'))
  })
})

describe('to grant', () => {
  const more = { by: 'ada', why: 'it is close', attempts: 2, minutes: 30, costUsd: 5 }

  test('is a line of the lineage’s ledger, with a name and a reason', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const { grant, woken } = atDesk(ground)
    expect(await grant(ref, more)).toEqual({ type: 'done', run: 'run_1' })
    const at = ground.parts.clock.now()
    const what = { type: 'granted', at, ...more }
    expect((await ground.ledger()).at(-1)).toEqual({ run: null, what })
    expect(ground.told).toEqual([
      { event: 'budget-granted', issue: 'infra#42', by: 'ada', why: 'it is close' },
    ])
    expect(woken).toEqual(['infra'])
  })

  test('to a run that is used up lets it go on', async () => {
    const ground = inMemoryLoop({ limits: { costUsd: 5 } })
    await ground.working()
    await ground.happen('run_1', { type: 'spent', turn: 1, costUsd: 5 })
    await atDesk(ground).grant(ref, more)
    await ground.happen('run_1', { type: 'tick' })
    expect((await ground.run()).state).toBe('live')
  })

  test('to an issue without a run is refused: it has its whole budget', async () => {
    const ground = inMemoryLoop()
    const why = 'infra#42 has no run yet, and its whole budget'
    expect(await atDesk(ground).grant(ref, more)).toEqual(refused(why))
    expect(await ground.store.ledger('infra#42@main')).toEqual([])
    expect(ground.told).toEqual([])
  })
})
