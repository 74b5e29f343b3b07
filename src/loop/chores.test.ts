/** What follows a start and an end. What cannot be done at once: `chores-again.test.ts`. */
import { describe, expect, test } from 'vitest'

import { chores } from '../../test/in-memory-chores.ts'
import { type Ground, inMemoryLoop } from '../../test/in-memory-loop.ts'
import { labels } from '../../test/loop-stand-ins.ts'
import { commit, finished, green, question, red } from '../../test/runs.ts'

const over = { type: 'turn-over', turn: 1, end: finished, commit: null } as const
const pushed = { ...over, commit }
const checked = { type: 'checked', commit } as const
const asking = { ...over, end: question }
const withdrawn = { type: 'withdrawn', by: 'ada' } as const

/** How a run comes to each of its ends. */
const ends = {
  done: [pushed, { ...checked, checks: green }],
  'needs-human': [asking],
  frozen: [pushed, { ...checked, checks: red }],
  withdrawn: [withdrawn],
} as const

async function ended(state: keyof typeof ends): Promise<Ground> {
  const ground = inMemoryLoop({ limits: { fixForwardAttempts: 0 } })
  await ground.working()
  await chores(ground).work()
  await ground.happen('run_1', ...ends[state])
  expect((await ground.run()).state).toBe(state)
  ground.calls.made.length = 0
  return ground
}

/** Of what was asked, what is no read of the store. */
const askedOf = ({ calls }: Ground) => calls.made.filter((call) => !call.startsWith('runs'))

describe('a run that has started', () => {
  test('has its issue marked: our label instead of the ready one, and of the one for a person', async () => {
    const ground = inMemoryLoop()
    ground.tracker.edit(42, { labels: ['bug', labels.ready, labels.human] })
    await ground.started()
    await chores(ground).work()
    expect(ground.tracker.issue(42)).toMatchObject({ labels: ['bug', labels.inProgress] })
    expect(askedOf(ground)).toEqual(['tracker label'])
  })

  test('has nothing more to do, and its slot stays taken', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    const { work, open, freed } = chores(ground)
    await work()
    expect([await open(), freed]).toEqual([[], []])
    expect(await ground.store.slots()).toEqual(new Map([['infra', 'run_1']]))
  })

  test('whose issue is gone is marked all the same: there is nothing to mark', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    ground.tracker.remove(42)
    const { work, details } = chores(ground)
    await work()
    expect(await details()).toEqual({ 'mark-issue': 'gone' })
  })
})

describe('a run that has ended', () => {
  test('has its agent ended, its issue told, its place tidied and its slot freed, in this order', async () => {
    const ground = await ended('done')
    const { work, open, freed, slotsThen } = chores(ground)
    await work()
    expect(askedOf(ground)).toEqual([
      'executor interrupt',
      'tracker comment',
      'tracker label',
      'tracker close',
      'executor tidy',
    ])
    expect([await open(), freed]).toEqual([[], ['infra']])
    expect(await Promise.all(slotsThen)).toEqual([new Map()])
  })

  test.each([
    ['done', [], false],
    ['needs-human', [labels.human], true],
    ['frozen', [labels.human], true],
    // Ours was off since it was marked: a person put theirs on.
    ['withdrawn', [labels.ready], true],
  ] as const)('%s: labels %j, open: %j', async (state, wanted, isOpen) => {
    const ground = await ended(state)
    ground.tracker.edit(42, { labels: [labels.inProgress, labels.ready, labels.human] })
    await chores(ground).work()
    expect(ground.tracker.issue(42)).toMatchObject({ labels: wanted, isOpen })
  })

  test('frozen opens an issue again that its commit had closed', async () => {
    const ground = await ended('frozen')
    const closedBy = { who: 'ada', commit }
    ground.tracker.edit(42, { isOpen: false, closedBy })
    await chores(ground).work()
    expect(ground.tracker.issue(42)).toMatchObject({ isOpen: true, labels: [labels.human] })
  })

  test.each([
    ['a person', { who: 'ada', commit: null }],
    ['nobody knows whom', null],
  ] as const)('frozen leaves an issue closed that was closed by %s', async (_, closedBy) => {
    const ground = await ended('frozen')
    ground.tracker.edit(42, { isOpen: false, closedBy })
    await chores(ground).work()
    expect(ground.tracker.issue(42)).toMatchObject({ isOpen: false, labels: [labels.human] })
  })

  test.each(['needs-human', 'frozen'] as const)('%s calls a person to its issue', async (state) => {
    const ground = await ended(state)
    await chores(ground).work()
    expect(ground.tracker.issue(42).labels).toEqual([labels.human])
  })

  test.each([
    ['done', '**done**'],
    ['needs-human', '**needs a human** (question)'],
    ['frozen', '**frozen**: attempts used up'],
    ['withdrawn', '**withdrawn** by `ada`'],
  ] as const)('%s says so on its issue', async (state, words) => {
    const ground = await ended(state)
    await chores(ground).work()
    const comment = ground.tracker.commentOf(42)
    expect(comment).toContain('AFK run_1')
    expect(comment).toContain(words)
  })

  test('leaves the labels of others on', async () => {
    const ground = await ended('withdrawn')
    ground.tracker.edit(42, { labels: ['bug', labels.inProgress] })
    await chores(ground).work()
    expect(ground.tracker.issue(42).labels).toEqual(['bug'])
  })

  test('has each of its turns ended, and none of another run', async () => {
    const ground = inMemoryLoop({ limits: { fixForwardAttempts: 1 } })
    await ground.working({ id: 'run_0' })
    await ground.happen('run_0', withdrawn)
    await ground.store.freeSlot('run_0')
    await ground.working()
    await ground.happen('run_1', pushed, { ...checked, checks: red }, withdrawn)
    await chores(ground).work()
    expect(ground.executor.interrupted).toEqual([
      { run: 'run_1', turn: 1 },
      { run: 'run_1', turn: 2 },
    ])
  })

  test('waits for no check of what it pushed any more', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', { type: 'pushed', commit }, withdrawn)
    await chores(ground).work()
    expect(ground.ci.dropped).toEqual([commit])
  })

  test.each(['done', 'withdrawn'] as const)('%s lets go of its place', async (state) => {
    const ground = await ended(state)
    const { work, details } = chores(ground)
    await work()
    expect(await details()).toMatchObject({ 'tidy-worktree': 'removed' })
  })

  test.each(['needs-human', 'frozen'] as const)(
    '%s keeps its place for a person',
    async (state) => {
      const ground = await ended(state)
      const { work, details } = chores(ground)
      await work()
      expect(askedOf(ground)).not.toContain('executor tidy')
      expect(await details()).toMatchObject({ 'tidy-worktree': 'kept' })
    },
  )

  test('says why its place was kept, and frees its slot all the same', async () => {
    const ground = await ended('done')
    ground.executor.tidied = { type: 'kept', path: '/places/run_1', why: 'a change is in it' }
    const { work, details, freed } = chores(ground)
    await work()
    expect(await details()).toMatchObject({ 'tidy-worktree': 'kept: a change is in it' })
    expect(freed).toEqual(['infra'])
  })

  test('and was only queued has no agent to end', async () => {
    const ground = inMemoryLoop()
    await ground.queued()
    await ground.happen('run_1', withdrawn)
    const { work, freed } = chores(ground)
    await work()
    expect(askedOf(ground)).toEqual(['tracker comment', 'tracker label', 'executor tidy'])
    expect(ground.tracker.issue(42).labels).toEqual([])
    expect(freed).toEqual(['infra'])
  })

  test('and whose issue is gone frees its slot', async () => {
    const ground = await ended('done')
    ground.tracker.remove(42)
    const { work, freed } = chores(ground)
    await work()
    expect(freed).toEqual(['infra'])
  })

  test('before it was marked is not marked any more', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    await ground.happen('run_1', withdrawn)
    const { work, details } = chores(ground)
    await work()
    expect(await details()).toMatchObject({ 'mark-issue': 'it has ended already' })
    expect(ground.tracker.issue(42).labels).toEqual([])
  })
})

describe('chores', () => {
  test('that are done are not done again', async () => {
    const ground = await ended('done')
    const { work, tries } = chores(ground)
    await work()
    const before = tries.length
    await work()
    expect(tries).toHaveLength(before)
  })

  const kinds = ['stop-agent', 'tell-issue', 'tidy-worktree', 'free-slot']

  test.each(kinds)('may be done twice: a node died before it wrote down %s', async (kind) => {
    const ground = await ended('needs-human')
    let left = kinds.indexOf(kind)
    ground.calls.during('runs endChore done', () => {
      left -= 1
      if (left === -1) throw new Error('the node is gone')
    })
    const { work, open, freed } = chores(ground)
    await expect(work()).rejects.toThrow('the node is gone')
    expect((await open())[0]).toBe(kind)
    await work()
    expect([await open(), freed]).toEqual([[], ['infra']])
    expect(ground.tracker.issue(42)).toMatchObject({ labels: [labels.human], isOpen: true })
    expect(await ground.store.slots()).toEqual(new Map())
  })

  test('of one run are none of another’s', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    await ground.started()
    await ground.started({ id: 'run_web', issue: { repo: 'web', number: 42 } })
    await chores(ground, 'run_web').work()
    expect(ground.second?.tracker.issue(42).labels).toEqual([labels.inProgress])
    expect(await chores(ground).open()).toEqual(['mark-issue'])
  })
})
