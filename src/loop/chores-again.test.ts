/** What of the chores cannot be done at once, and how it is tried again. */
import { describe, expect, test } from 'vitest'

import { chores } from '../../test/in-memory-chores.ts'
import { forEver } from '../../test/in-memory-calls.ts'
import { type Ground, inMemoryLoop } from '../../test/in-memory-loop.ts'
import { labels } from '../../test/loop-stand-ins.ts'
import { question } from '../../test/runs.ts'
import { until } from '../../test/until.ts'

const turn = { run: 'run_1', turn: 1 }
const withdrawn = { type: 'withdrawn', by: 'ada' } as const
const asking = { type: 'turn-over', turn: 1, end: question, commit: null } as const

const writes = ['tracker comment', 'tracker label', 'tracker close'] as const

const breakTracker = ({ calls }: Ground, why = 'the tracker is down') => {
  for (const call of writes)
    calls.during(call, () => {
      throw new Error(why)
    })
}

const mendTracker = ({ calls }: Ground) => {
  for (const call of writes) calls.mend(call)
}

describe('a chore that cannot be done now', () => {
  test('is tried again later and later, a minute apart at most', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    breakTracker(ground)
    const { work, tries } = chores(ground)
    for (let i = 0; i < 8; i++) {
      await work()
      ground.parts.clock.advance(tries.at(-1)?.waitMs ?? 0)
    }
    const seconds = tries.map(({ waitMs }) => waitMs / 1_000)
    expect(seconds).toEqual([2, 4, 8, 16, 32, 60, 60, 60])
  })

  test('is not tried before its time', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    breakTracker(ground)
    const { work, tries } = chores(ground)
    await work()
    ground.parts.clock.advance(1_999)
    await work()
    expect(tries).toHaveLength(1)
    ground.parts.clock.advance(1)
    await work()
    expect(tries).toHaveLength(2)
  })

  test('is told once while it says the same, and again when it says something else', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    const { work } = chores(ground)
    for (const why of ['down', 'down', 'refused', 'refused']) {
      breakTracker(ground, why)
      await work()
      ground.parts.clock.advance(60_000)
    }
    const told = { event: 'chore-waits', run: 'run_1', kind: 'mark-issue' }
    expect(ground.told).toEqual([
      { ...told, detail: 'down' },
      { ...told, detail: 'refused' },
    ])
  })

  test('holds back those behind it, and the slot', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', asking)
    breakTracker(ground)
    const { work, open, freed } = chores(ground)
    await work()
    expect(await open()).toEqual(['tell-issue', 'tidy-worktree', 'free-slot'])
    expect(freed).toEqual([])
    expect(await ground.store.slots()).toEqual(new Map([['infra', 'run_1']]))
  })

  test('is done when it can be', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', asking)
    breakTracker(ground)
    const { work, freed } = chores(ground)
    await work()
    mendTracker(ground)
    ground.parts.clock.advance(2_000)
    await work()
    expect(freed).toEqual(['infra'])
    expect(ground.tracker.issue(42).labels).toEqual([labels.human])
  })
})

describe('an issue that somebody edits at this moment', () => {
  test('is marked later', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    ground.tracker.edited.add(42)
    const { work, tries } = chores(ground)
    await work()
    const detail = 'somebody edits the issue at this moment'
    expect(tries).toEqual([{ isDone: false, waitMs: 2_000, detail }])
    ground.tracker.edited.clear()
    ground.parts.clock.advance(2_000)
    await work()
    expect(ground.tracker.issue(42).labels).toEqual([labels.inProgress])
  })

  test.each(writes)('when %s is written is told later, as a whole', async (call) => {
    const ground = inMemoryLoop({ hasCi: false })
    await ground.working()
    await ground.happen('run_1', { ...asking, end: { how: 'finished', said: '' }, commit: 'c' })
    expect((await ground.run()).state).toBe('done')
    for (const each of writes) ground.calls.during(each, () => ground.tracker.edited.clear())
    ground.calls.duringNext(call, () => ground.tracker.edited.add(42))
    const { work, open, freed } = chores(ground)
    await work()
    expect(await open()).toContain('tell-issue')
    expect(freed).toEqual([])
    for (const each of writes) ground.calls.during(each, () => ground.tracker.edited.clear())
    ground.parts.clock.advance(2_000)
    await work()
    expect(freed).toEqual(['infra'])
    expect(ground.tracker.issue(42)).toMatchObject({ labels: [], isOpen: false })
    expect(ground.tracker.commentOf(42)).toContain('**done**')
  })
})

describe('an agent that cannot be ended', () => {
  test('keeps the slot taken, and its issue untold', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', withdrawn)
    ground.executor.isStubborn = true
    const { work, open, details, freed } = chores(ground)
    await work()
    expect(await open()).toEqual(['stop-agent', 'tell-issue', 'tidy-worktree', 'free-slot'])
    expect(await details()).toMatchObject({
      'stop-agent': 'it is not shown that nothing of the agent runs',
    })
    expect(freed).toEqual([])
    ground.executor.isStubborn = false
    ground.parts.clock.advance(2_000)
    await work()
    expect(ground.executor.isAlive(turn)).toBe(false)
    expect(freed).toEqual(['infra'])
  })

  test('since the executor cannot be asked keeps the slot taken, too', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', withdrawn)
    ground.calls.during('executor interrupt', () => {
      throw new Error('no answer')
    })
    const { work, details, freed } = chores(ground)
    await work()
    expect(await details()).toMatchObject({ 'stop-agent': 'no answer' })
    expect(freed).toEqual([])
  })
})

describe('a run that is stopped while its marking waits for a tracker that is down', () => {
  test('has its agent ended at once', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    breakTracker(ground)
    const { work, open } = chores(ground)
    for (let i = 0; i < 6; i++) {
      await work()
      ground.parts.clock.advance(i < 5 ? 60_000 : 0)
    }
    await ground.happen('run_1', withdrawn)
    await work()
    expect(ground.executor.isAlive(turn)).toBe(false)
    expect(await open()).toEqual(['tell-issue', 'tidy-worktree', 'free-slot'])
  })
})

describe('a run whose repository is not enrolled any more', () => {
  const orphaned = async (how: typeof asking | typeof withdrawn) => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', how)
    const { clock } = ground.parts
    return { ground, another: inMemoryLoop({ store: ground.store, clock }, ['web']) }
  }

  test('and that has its verdict has its chores wait, and says so once', async () => {
    const { another } = await orphaned(asking)
    const { work, tries, freed } = chores(another)
    await work()
    another.parts.clock.advance(2_000)
    await work()
    const detail = 'its repository is not enrolled any more'
    expect(tries.map((each) => each.detail)).toEqual([detail, detail])
    expect(another.told).toEqual([
      { event: 'chore-waits', run: 'run_1', kind: 'mark-issue', detail },
    ])
    expect(freed).toEqual([])
  })

  test('has them done once it is enrolled again', async () => {
    const { ground, another } = await orphaned(asking)
    await chores(another).work()
    ground.parts.clock.advance(2_000)
    const { work, freed } = chores(ground)
    await work()
    expect(freed).toEqual(['infra'])
  })

  test('and that a person stopped has its agent ended, and its slot freed', async () => {
    const { another } = await orphaned(withdrawn)
    const { work, freed } = chores(another)
    await work()
    expect(another.executor.interrupted).toEqual([{ run: 'run_1', turn: 1 }])
    expect(freed).toEqual(['infra'])
    expect(another.tracker.issue(42).labels).toEqual([labels.ready])
  })
})

test('a run whose tracker hangs holds up no other', async () => {
  const ground = inMemoryLoop({}, ['infra', 'web'])
  await ground.started()
  await ground.started({ id: 'run_web', issue: { repo: 'web', number: 42 } })
  ground.calls.during('tracker label', forEver)
  const stuck = chores(ground)
  void stuck.work()
  await until('it waits for the tracker', () => ground.calls.made.includes('tracker label'))
  await chores(ground, 'run_web').work()
  expect(await chores(ground, 'run_web').open()).toEqual([])
  expect(stuck.tries).toEqual([])
})
