/** What is started, and what is told. Who withdraws a run: `poller-withdrawals.test.ts`. */
import { describe, expect, test } from 'vitest'

import { type Ground, inMemoryLoop } from '../../test/in-memory-loop.ts'
import { poll, polling } from '../../test/in-memory-poller.ts'
import { labels, readyIssue } from '../../test/loop-stand-ins.ts'

/** The issue of the run that has the slot; undefined: none has. */
async function issueUnderWay({ store }: Ground): Promise<number | undefined> {
  const [stored] = await store.liveRuns('infra')
  return stored?.run.issue.number
}

describe('what may start', () => {
  test('is started by the loop, the most urgent alone', async () => {
    const ground = inMemoryLoop()
    for (const [number, priority] of [
      [7, 2],
      [9, 1],
      [5, null],
    ] as const)
      ground.tracker.put(readyIssue({ number, priority }))
    await poll(ground)
    expect(await issueUnderWay(ground)).toBe(9)
    expect(ground.told).toMatchObject([{ event: 'run-queued', issue: 'infra#9', by: 'loop' }])
    expect(await ground.store.liveRuns()).toHaveLength(1)
  })

  test('is started where a more urgent one may not', async () => {
    const ground = inMemoryLoop()
    ground.tracker.put(readyIssue({ number: 9, priority: 1, blockedBy: [42] }))
    await poll(ground)
    expect(await issueUnderWay(ground)).toBe(42)
  })

  test('is started once, however often it is looked', async () => {
    const ground = inMemoryLoop()
    for (let i = 0; i < 3; i++) await poll(ground)
    expect(await ground.store.liveRuns()).toHaveLength(1)
    expect(ground.told).toHaveLength(1)
  })
})

describe('nothing is started', () => {
  test('while the repository is busy', async () => {
    const ground = inMemoryLoop()
    ground.tracker.put(readyIssue({ number: 9, labels: [labels.inProgress] }))
    await ground.started({ issue: { repo: 'infra', number: 9 } })
    await poll(ground)
    expect(await issueUnderWay(ground)).toBe(9)
    expect(ground.told).toEqual([])
  })

  test('while the slot of an ended run is not free', async () => {
    const ground = inMemoryLoop()
    await ground.working({ issue: { repo: 'infra', number: 9 } })
    await ground.happen('run_1', { type: 'withdrawn', by: 'ada' })
    await poll(ground)
    expect(await ground.store.liveRuns()).toEqual([])
    await ground.store.freeSlot('run_1')
    await poll(ground)
    expect(await issueUnderWay(ground)).toBe(42)
  })

  test.each(['*', 'infra'])('while %s is paused', async (scope) => {
    const ground = inMemoryLoop()
    await ground.store.pause({ scope, at: 0, by: 'ada' })
    await poll(ground)
    expect(await ground.store.liveRuns()).toEqual([])
    await ground.store.resume(scope)
    await poll(ground)
    expect(await issueUnderWay(ground)).toBe(42)
  })

  test('while it is blocked, and it is once the blocker is closed', async () => {
    const ground = inMemoryLoop()
    ground.tracker.put(readyIssue({ number: 7, labels: [] }))
    ground.tracker.edit(42, { blockedBy: [7] })
    await poll(ground)
    expect(await ground.store.liveRuns()).toEqual([])
    ground.tracker.edit(7, { isOpen: false })
    await poll(ground)
    expect(await issueUnderWay(ground)).toBe(42)
  })

  test('of an issue that carries our label, though no run is under way', async () => {
    const ground = inMemoryLoop()
    ground.tracker.edit(42, { labels: [labels.inProgress] })
    await poll(ground)
    expect(await ground.store.liveRuns()).toEqual([])
  })

  test('in a repository that is not enrolled', async () => {
    const ground = inMemoryLoop()
    await poll(ground, 'web')
    expect(ground.calls.made).toEqual([])
  })
})

describe('an issue that cannot be understood', () => {
  const where = 'issues/0013-x.md'
  const told = (detail: string) => ({ event: 'issue-faulty', repo: 'infra', where, detail })

  test('is told once, until it changes', async () => {
    const ground = inMemoryLoop()
    await ground.store.pause({ scope: '*', at: 0, by: 'ada' })
    const { look } = polling(ground)
    ground.tracker.faults.push({ where, what: 'it has no title' })
    await look('infra')
    await look('infra')
    expect(ground.told).toEqual([told('it has no title')])
    ground.tracker.faults[0] = { where, what: 'its labels are no list' }
    await look('infra')
    await look('infra')
    expect(ground.told).toEqual([told('it has no title'), told('its labels are no list')])
  })

  test('and was well meanwhile is told again', async () => {
    const ground = inMemoryLoop()
    await ground.store.pause({ scope: '*', at: 0, by: 'ada' })
    const { look } = polling(ground)
    const other = { where: 'issues/0014-y.md', what: 'it has no title' }
    const faulty = [{ where, what: 'it has no title' }, other]
    for (const listed of [faulty, [other], faulty]) {
      ground.tracker.faults.splice(0, Infinity, ...listed)
      await look('infra')
    }
    const mine = ground.told.filter((event) => event.event === 'issue-faulty')
    expect(mine.map((event) => event.where)).toEqual([where, other.where, where])
  })

  test('is not well because a run is under way, and its label alone is looked for', async () => {
    const ground = inMemoryLoop()
    const { look } = polling(ground)
    const list = ground.tracker.list
    const wanted: string[] = []
    // As GitHub lists: no more than was asked for.
    ground.tracker.list = async (asked) => {
      wanted.push(...asked)
      const { issues } = await list(asked)
      const isReady = asked.includes(labels.ready)
      return { issues, faults: isReady ? [{ where, what: 'it has no title' }] : [] }
    }
    await look('infra')
    await look('infra')
    const [stored] = await ground.store.liveRuns('infra')
    await ground.happen(stored!.run.id, { type: 'withdrawn', by: 'ada' })
    await look('infra')
    expect(wanted).toEqual([labels.ready, labels.inProgress, labels.ready])
    expect(ground.told.filter(({ event }) => event === 'issue-faulty')).toHaveLength(1)
  })

  test('in one repository is not well because another has none', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    const { look } = polling(ground)
    ground.tracker.faults.push({ where, what: 'it has no title' })
    for (const repo of ['infra', 'web', 'infra']) await look(repo)
    expect(ground.told.filter(({ event }) => event === 'issue-faulty')).toHaveLength(1)
  })

  test('keeps no other from being started', async () => {
    const ground = inMemoryLoop()
    ground.tracker.faults.push({ where, what: 'it has no title' })
    await poll(ground)
    expect(await issueUnderWay(ground)).toBe(42)
  })
})
