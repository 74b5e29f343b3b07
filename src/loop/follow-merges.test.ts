/** What becomes of a pull request that a person merges after the ring. */
import { describe, expect, test } from 'vitest'

import { type Ground, inMemoryLoop, typesOf } from '../../test/in-memory-loop.ts'
import { poll } from '../../test/in-memory-poller.ts'
import { watching } from '../../test/in-memory-watcher.ts'
import { finished, green, pending, red } from '../../test/runs.ts'

const branch = 'afk/42-1'
const head = 'd'.repeat(40)
const mergeCommit = 'e'.repeat(40)
const day = 24 * 3_600_000

/** It has rung for a review; its slot is free, and its issue waits for a person. */
async function reviewed(): Promise<Ground> {
  const ground = inMemoryLoop({ merges: 'human' })
  await ground.working()
  ground.pulls.push(branch, head)
  ground.ci.says(head, green)
  ground.executor.shows({ run: 'run_1', turn: 1 }, { type: 'over', at: 0, end: finished })
  await watching(ground).look()
  expect(await ground.run()).toMatchObject({ state: 'needs-human', cause: 'review' })
  await ground.runs.freeSlot('run_1')
  ground.tracker.edit(42, { labels: [] })
  return ground
}

const newest = async (ground: Ground) => {
  const last = await ground.store.lastRun({ repo: 'infra', number: 42 })
  return last?.run
}

describe('a pull request that is merged after the ring', () => {
  test('is a continuation without a turn, which is done when the merge commit is green', async () => {
    const ground = await reviewed()
    ground.pulls.mergeAs(branch, mergeCommit)
    ground.ci.says(mergeCommit, pending)
    await poll(ground)
    expect(await newest(ground)).toMatchObject({
      state: 'live',
      continues: 'run_1',
      by: 'whoever merged #100',
      turn: { is: 'over' },
      pushed: { commit: mergeCommit },
    })
    ground.ci.says(mergeCommit, green)
    await watching(ground).look()
    expect(await newest(ground)).toMatchObject({ state: 'done', commit: mergeCommit })
    expect(ground.rings.map(({ run }) => run.state)).toEqual(['needs-human', 'done'])
  })

  test('is followed once, however often it is looked for', async () => {
    const ground = await reviewed()
    ground.pulls.mergeAs(branch, mergeCommit)
    ground.ci.says(mergeCommit, red)
    for (let count = 0; count < 3; count++) await poll(ground)
    await ground.runs.freeSlot((await newest(ground))?.id ?? '')
    await poll(ground)
    expect(
      (await ground.store.listRuns({ isLive: null, limit: 9, before: null })).runs,
    ).toHaveLength(2)
  })

  test('whose node died before it was started asks no turn all the same', async () => {
    const ground = await reviewed()
    ground.pulls.mergeAs(branch, mergeCommit)
    ground.ci.says(mergeCommit, pending)
    ground.calls.duringNext('runs move', () => Promise.reject(new Error('killed')))
    await expect(poll(ground)).rejects.toThrow('killed')
    expect(await newest(ground)).toMatchObject({ state: 'queued' })
    await watching(ground).look()
    expect(await newest(ground)).toMatchObject({ pushed: { commit: mergeCommit } })
    const last = await newest(ground)
    expect(typesOf(await ground.ledger(last?.id)).filter((type) => type === 'asked')).toHaveLength(
      1,
    )
  })

  test('by a person who closes the issue, too, is followed to its end', async () => {
    const ground = await reviewed()
    ground.pulls.mergeAs(branch, mergeCommit)
    ground.ci.says(mergeCommit, pending)
    await poll(ground)
    ground.tracker.edit(42, { isOpen: false, closedBy: { who: 'kim', commit: null } })
    await poll(ground)
    ground.ci.says(mergeCommit, green)
    await watching(ground).look()
    expect(await newest(ground)).toMatchObject({ state: 'done', commit: mergeCommit })
  })

  test('red, is mended by a turn in the place of the first', async () => {
    const ground = await reviewed()
    ground.pulls.mergeAs(branch, mergeCommit)
    ground.ci.says(mergeCommit, red)
    await poll(ground)
    await watching(ground).look()
    expect(await newest(ground)).toMatchObject({ turn: { number: 1, purpose: 'fix' } })
  })
})

describe('where many wait', () => {
  /** Of so many issues, from 42 on, each with its own branch. */
  async function waiting(count: number): Promise<Ground> {
    const ground = await reviewed()
    for (let number = 43; number < 42 + count; number++) {
      const [id, mine] = [`run_${number}`, `afk/${number}-1`]
      ground.tracker.put({ ...ground.tracker.issue(42), number })
      const issue = { repo: 'infra', number }
      await ground.working({ id, issue, branch: mine, lineage: `infra#${number}@main` })
      ground.pulls.push(mine, head)
      ground.executor.shows({ run: id, turn: 1 }, { type: 'over', at: 0, end: finished })
      await watching(ground).look()
      expect(await ground.run(id)).toMatchObject({ cause: 'review' })
      await ground.runs.freeSlot(id)
    }
    return ground
  }

  test('the forge is asked once for all that are not merged', async () => {
    const ground = await waiting(4)
    const before = ground.calls.made.length
    await poll(ground)
    const asked = ground.calls.made.slice(before).filter((call) => call.startsWith('pulls'))
    expect(asked).toEqual(['pulls mayBeMerged'])
  })

  test('one that cannot be followed is told, and holds up no other', async () => {
    const ground = await waiting(2)
    ground.ci.says(mergeCommit, pending)
    ground.pulls.mergeAs(branch, 'c'.repeat(40))
    ground.pulls.mergeAs('afk/43-1', mergeCommit)
    ground.calls.duringNext('tracker read', () => Promise.reject(new Error('it is malformed')))
    await expect(poll(ground)).rejects.toThrow('it is malformed')
    const last = await ground.store.lastRun({ repo: 'infra', number: 43 })
    expect(last?.run).toMatchObject({ continues: 'run_43', pushed: { commit: mergeCommit } })
  })
})

describe('nothing is followed', () => {
  const count = async (ground: Ground) =>
    (await ground.store.listRuns({ isLive: null, limit: 9, before: null })).runs.length

  test('while the pull request is open, or was closed without a merge', async () => {
    const ground = await reviewed()
    await poll(ground)
    ground.pulls.closeOf(branch)
    await poll(ground)
    expect(await count(ground)).toBe(1)
  })

  test('that git does not show on the landing branch', async () => {
    const ground = await reviewed()
    ground.pulls.mergeAs(branch, mergeCommit)
    ground.landing.takeAway(mergeCommit)
    await poll(ground)
    expect(await count(ground)).toBe(1)
  })

  test('while the repository is busy; it is once it is free', async () => {
    const ground = await reviewed()
    ground.pulls.mergeAs(branch, mergeCommit)
    await ground.queued({ id: 'run_2', issue: { repo: 'infra', number: 43 }, lineage: 'b' })
    await poll(ground)
    expect(await count(ground)).toBe(2)
    await ground.runs.freeSlot('run_2')
    await poll(ground)
    expect(await count(ground)).toBe(3)
  })

  test('but what went on from the offer without anything of its own, too', async () => {
    const ground = await reviewed()
    await ground.working({ id: 'run_2', continues: 'run_1' })
    const failed = { how: 'failed', detail: 'exit code 1' } as const
    ground.executor.shows({ run: 'run_2', turn: 1 }, { type: 'over', at: 0, end: failed })
    await watching(ground).look()
    expect(await ground.run('run_2')).toMatchObject({ state: 'needs-human', where: null })
    await ground.runs.freeSlot('run_2')
    ground.pulls.mergeAs(branch, mergeCommit)
    ground.ci.says(mergeCommit, pending)
    await poll(ground)
    expect(await newest(ground)).toMatchObject({
      continues: 'run_2',
      pushed: { commit: mergeCommit },
    })
  })

  test('after ninety days', async () => {
    const ground = await reviewed()
    ground.parts.clock.advance(91 * day)
    ground.pulls.mergeAs(branch, mergeCommit)
    await poll(ground)
    expect(await count(ground)).toBe(1)
  })

  test('where the issue had another run after it', async () => {
    const ground = await reviewed()
    await ground.queued({ id: 'run_2' })
    await ground.runs.freeSlot('run_2')
    ground.pulls.mergeAs(branch, mergeCommit)
    await poll(ground)
    expect(await count(ground)).toBe(2)
  })
})
