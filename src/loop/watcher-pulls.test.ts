/** What a look makes of a run that lands by pull request. */
import { describe, expect, test } from 'vitest'

import { type Ground, inMemoryLoop, typesOf } from '../../test/in-memory-loop.ts'
import { watching } from '../../test/in-memory-watcher.ts'
import { failed, finished, green, minute, none, pending, question, red } from '../../test/runs.ts'
import type { TurnEnd } from '../run/run.ts'

const turn = { run: 'run_1', turn: 1 }
const branch = 'afk/42-1'
const head = `1${'d'.repeat(39)}`
const mergeCommit = 'e'.repeat(40)
const request = { number: 100, url: 'https://forge.test/pull/100' }

const over = (end: TurnEnd) => ({ type: 'over', at: 0, end }) as const

async function offering(merges: 'human' | 'auto' = 'human'): Promise<Ground> {
  const ground = inMemoryLoop({ merges })
  await ground.working()
  ground.pulls.push(branch, head)
  ground.ci.says(head, pending)
  return ground
}

/** Its turn is over, its pull request is open, and CI is at it. */
async function offeredGround(merges: 'human' | 'auto' = 'human'): Promise<Ground> {
  const ground = await offering(merges)
  ground.executor.shows(turn, over(finished))
  await watching(ground).look()
  expect(await ground.run()).toMatchObject({
    state: 'live',
    pushed: { commit: head, where: { is: 'offered', request } },
  })
  return ground
}

describe('a turn that is over', () => {
  test('and finished is offered, once, with the issue’s title', async () => {
    const ground = await offeredGround()
    await watching(ground).look()
    expect(ground.pulls.opened).toEqual([{ branch, title: '#42 the issue' }])
  })

  test.each([
    ['failed', failed, 'agent-error'],
    ['asks', question, 'question'],
  ] as const)('and %s is not offered', async (_, end, cause) => {
    const ground = await offering()
    ground.executor.shows(turn, over(end))
    await watching(ground).look()
    expect(ground.pulls.opened).toEqual([])
    expect(await ground.run()).toMatchObject({ state: 'needs-human', cause, commit: null })
  })

  test('and pushed nothing ends so', async () => {
    const ground = inMemoryLoop({ merges: 'human' })
    await ground.working()
    ground.executor.shows(turn, over(finished))
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ state: 'needs-human', cause: 'nothing-pushed' })
  })

  test('whose pull request the forge does not open calls a person, with the reason', async () => {
    const ground = await offering()
    ground.pulls.refuses('open', 'the token may not')
    ground.executor.shows(turn, over(finished))
    await watching(ground).look()
    const end = { state: 'needs-human', cause: 'review', detail: 'the token may not' }
    expect(await ground.run()).toMatchObject(end)
  })

  test('waits for a forge that is away, and is offered when it is back', async () => {
    const ground = await offering()
    ground.executor.shows(turn, over(finished))
    ground.calls.duringNext('pulls open', () => Promise.reject(new Error('away')))
    await expect(watching(ground).look()).rejects.toThrow('away')
    expect(await ground.run()).toMatchObject({ state: 'live', turn: { is: 'running' } })
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ pushed: { where: { request } } })
  })
})

describe('a pull request that the agent opened itself', () => {
  test('is judged, and not opened a second time; while its turn runs it is not ready', async () => {
    const ground = await offering('auto')
    await ground.pulls.open({ branch, title: 'mine', body: '' })
    ground.ci.says(head, green)
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ state: 'live', pushed: { commit: head } })
    expect(typesOf(await ground.ledger())).not.toContain('merging')
    ground.executor.shows(turn, over(finished))
    await watching(ground).look()
    expect(ground.pulls.opened).toHaveLength(1)
  })
})

test('a green pull request that a person merges rings with its link', async () => {
  const ground = await offeredGround()
  ground.ci.says(head, green)
  await watching(ground).look()
  const where = { is: 'offered', request }
  expect(await ground.run()).toMatchObject({ cause: 'review', commit: head, where })
  expect(ground.rings).toHaveLength(1)
})

describe('a pull request that AFK merges', () => {
  const merged = [...head].toReversed().join('')

  test('is merged at that head, and done when the merge commit is green', async () => {
    const ground = await offeredGround('auto')
    ground.ci.says(head, green)
    ground.ci.says(merged, pending)
    await watching(ground).look()
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({
      state: 'live',
      pushed: { commit: merged, where: { is: 'landed', request } },
    })
    ground.ci.says(merged, green)
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ state: 'done', commit: merged, request })
  })

  test('is merged once, whatever was lost in between', async () => {
    const ground = await offeredGround('auto')
    ground.ci.says(head, green)
    ground.ci.says(merged, pending)
    // Merged, and the answer is lost.
    ground.calls.duringNext('pulls merge', () => {
      ground.pulls.mergeAs(branch, merged)
      throw new Error('reset')
    })
    await expect(watching(ground).look()).rejects.toThrow('reset')
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ pushed: { commit: merged } })
    const merging = typesOf(await ground.ledger()).filter((type) => type === 'merging')
    expect(merging).toHaveLength(1)
  })

  test('is not merged where the check failed when it was run again', async () => {
    const ground = await offeredGround('auto')
    ground.ci.says(head, green)
    ground.calls.duringNext('pulls merge', () => Promise.reject(new Error('away')))
    await expect(watching(ground).look()).rejects.toThrow('away')
    ground.ci.says(head, red)
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ pushed: { where: { is: 'offered' } } })
    expect(ground.calls.made.filter((call) => call === 'pulls merge')).toHaveLength(1)
  })

  test('that the forge refuses calls a person, with the forge’s reason', async () => {
    const ground = await offeredGround('auto')
    ground.ci.says(head, green)
    ground.pulls.refuses('merge', 'a review is required')
    await watching(ground).look()
    const end = { cause: 'review', detail: 'a review is required', commit: head }
    expect(await ground.run()).toMatchObject(end)
  })

  test('is not merged where a person withdrew it while CI was asked', async () => {
    const ground = await offeredGround('auto')
    ground.ci.says(head, green)
    ground.calls.duringNext('pulls merge', () => Promise.reject(new Error('away')))
    await expect(watching(ground).look()).rejects.toThrow('away')
    ground.calls.duringNext('ci look', () =>
      ground.happen('run_1', { type: 'withdrawn', by: 'ada' }),
    )
    await watching(ground).look()
    expect(ground.calls.made.filter((call) => call === 'pulls merge')).toHaveLength(1)
    expect(await ground.run()).toMatchObject({ state: 'withdrawn' })
  })

  test('in a squash that says nothing of its run is judged by that, whatever landed before it', async () => {
    const ground = await offeredGround('auto')
    const early = 'a'.repeat(40)
    ground.landing.push('run_1', early)
    ground.pulls.mergeAs(branch, mergeCommit)
    ground.ci.says(mergeCommit, pending)
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ pushed: { commit: mergeCommit } })
    const later = 'b'.repeat(40)
    ground.landing.push('run_1', later)
    ground.ci.says(later, pending)
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ pushed: { commit: later, where: { request } } })
  })

  test('and a force-push takes away again counts as not pushed', async () => {
    const ground = await offeredGround('auto')
    ground.pulls.mergeAs(branch, mergeCommit)
    ground.ci.says(mergeCommit, pending)
    await watching(ground).look()
    expect(await ground.run()).toMatchObject({ pushed: { commit: mergeCommit } })
    ground.landing.takeAway(mergeCommit)
    await watching(ground).look()
    const end = { state: 'needs-human', cause: 'nothing-pushed', commit: null }
    expect(await ground.run()).toMatchObject(end)
  })

  test('is not merged while its repository is paused', async () => {
    const ground = await offeredGround('auto')
    ground.ci.says(head, green)
    const paused = watching(ground, { isPaused: true })
    await paused.look()
    await paused.look()
    expect(ground.calls.made).not.toContain('pulls merge')
    expect((await ground.run()).state).toBe('live')
  })
})

test('what an earlier run had offered is not merged for a turn that brought nothing', async () => {
  const ground = inMemoryLoop({ merges: 'auto' })
  await ground.working()
  ground.pulls.push(branch, head)
  await ground.pulls.open({ branch, title: 'mine', body: '' })
  ground.ci.says(head, green)
  ground.executor.shows(turn, over(failed))
  await watching(ground).look()
  expect(await ground.run()).toMatchObject({ cause: 'review', commit: head })
  await ground.runs.freeSlot('run_1')
  await ground.working({ id: 'run_2', continues: 'run_1' })
  ground.executor.shows({ run: 'run_2', turn: 1 }, over(finished))
  await watching(ground).look()
  expect(await ground.run('run_2')).toMatchObject({ state: 'needs-human', cause: 'nothing-pushed' })
  expect(ground.calls.made).not.toContain('pulls merge')
})

describe('a pull request that a person', () => {
  test('merges while its checks run is judged by the merge commit', async () => {
    const ground = await offeredGround()
    ground.pulls.mergeAs(branch, mergeCommit)
    ground.ci.says(mergeCommit, pending)
    await watching(ground).look()
    const where = { is: 'landed', request }
    expect(await ground.run()).toMatchObject({ pushed: { commit: mergeCommit, where } })
  })

  test('closes without a merge calls a person, once its turn is over', async () => {
    const ground = await offeredGround()
    ground.pulls.closeOf(branch)
    await watching(ground).look()
    const detail = 'it was closed without a merge'
    expect(await ground.run()).toMatchObject({ cause: 'review', detail, where: { request } })
  })

  test('is said to have merged, while git shows nothing of it, says nothing', async () => {
    const ground = await offeredGround()
    ground.pulls.mergeAs(branch, mergeCommit)
    ground.landing.takeAway(mergeCommit)
    await expect(watching(ground).look()).rejects.toThrow('which main has not')
    expect(await ground.run()).toMatchObject({ state: 'live', pushed: { commit: head } })
  })
})

test('a pull request that is missing in an answer says nothing', async () => {
  const ground = await offeredGround()
  const other = inMemoryLoop({ merges: 'human' })
  const parts = { ...ground.parts, repositories: other.parts.repositories }
  other.ci.says(head, pending)
  await watching({ ...ground, parts } as Ground).look()
  expect(await ground.run()).toMatchObject({ pushed: { commit: head } })
})

describe('an offer without a check', () => {
  test('that conflicts ends for a person, with the reason, and is asked about after half the grace', async () => {
    const ground = await offeredGround('auto')
    ground.ci.says(head, none)
    ground.pulls.conflict(branch)
    const { look } = watching(ground)
    await look()
    ground.parts.clock.advance(5 * minute - 1)
    await look()
    expect(ground.calls.made).not.toContain('pulls conflicts')
    ground.parts.clock.advance(1)
    await look()
    const detail = 'it conflicts with main, so that no check starts: resolve that first'
    expect(await ground.run()).toMatchObject({ state: 'needs-human', cause: 'review', detail })
  })

  test('that does not is without CI in the end', async () => {
    const ground = await offeredGround('auto')
    ground.ci.says(head, none)
    const { look } = watching(ground)
    await look()
    ground.parts.clock.advance(10 * minute)
    await look()
    expect(await ground.run()).toMatchObject({ state: 'needs-human', cause: 'no-ci' })
  })
})
