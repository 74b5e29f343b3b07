/** The comment of a run, at the poller's pace. What stands in it: `run/checklist.test.ts`. */
import { describe, expect, test } from 'vitest'

import { chores } from '../../test/in-memory-chores.ts'
import { timesOf } from '../../test/in-memory-calls.ts'
import { atDesk } from '../../test/in-memory-desk.ts'
import { type Ground, inMemoryLoop, threads } from '../../test/in-memory-loop.ts'
import { poll, polling } from '../../test/in-memory-poller.ts'
import { turning } from '../../test/in-memory-turning.ts'
import { labels } from '../../test/loop-stand-ins.ts'
import { commit, finished, green, minute, pending, question, red } from '../../test/runs.ts'
import { until } from '../../test/until.ts'
import { comments } from './comments.ts'

const lands = { type: 'turn-over', turn: 1, end: finished, commit } as const
const isRed = { type: 'checked', commit, checks: red } as const
const asks = { type: 'turn-over', turn: 1, end: question, commit: null } as const
const withdrawn = { type: 'withdrawn', by: 'ada' } as const

const commentOf = ({ tracker }: Ground) => tracker.commentOf(42) ?? ''
const writes = (ground: Ground) => timesOf(ground.calls, 'tracker comment')

/** Its agent works, its issue is marked, and the comment says so. */
async function told(): Promise<Ground> {
  const ground = inMemoryLoop()
  await ground.working()
  await chores(ground).work()
  await poll(ground)
  expect(commentOf(ground)).toContain('Now: the agent works')
  ground.calls.made.length = 0
  return ground
}

const down = (why = 'the tracker is down') => {
  throw new Error(why)
}

describe('the comment of a run', () => {
  test('stands when the look that started it is over, with the link to its thread', async () => {
    const ground = inMemoryLoop()
    await poll(ground)
    const [run] = await ground.store.liveRuns()
    const { id, threadId } = run!.run
    const link = `${threads}/${threadId}`
    expect(commentOf(ground).split('\n')).toEqual([
      `AFK ${id}`,
      `Thread: [\`${link}\`](<${link}>)`,
      '',
      'Now: turn 1 is on its way to the agent',
      ...['', expect.stringMatching(/^Budget at /), ''],
      '- fix-forward turns: 0 used, 5 left',
      '- minutes: 0 used, 60 left',
    ])
    expect(writes(ground)).toBe(1)
  })

  test('is written once for each change, however often it is looked', async () => {
    const ground = await told()
    const changes = [
      [lands, isRed],
      [{ type: 'adopted', turn: 2, place: null, environment: null, thread: 'thread_1' }],
      [{ type: 'turn-over', turn: 2, end: finished, commit: 'c'.repeat(40) }],
      [{ type: 'held' }],
    ] as const
    for (const [index, events] of changes.entries()) {
      await ground.happen('run_1', ...events)
      for (let looks = 0; looks < 3; looks++) await poll(ground)
      expect(writes(ground)).toBe(index + 1)
    }
    expect(commentOf(ground)).toContain('CI red: [`test`](<https://ci.test/1>)')
    expect(commentOf(ground)).toContain('- fix-forward turns: 1 used, 4 left')
    expect(commentOf(ground)).toContain('Now: the agent’s turn is over; CI runs; paused')
  })

  test('is not written for a minute or a cent, a sign of life or a look', async () => {
    const ground = await told()
    await ground.happen('run_1', lands, isRed)
    await poll(ground)
    ground.parts.clock.advance(10 * minute)
    await ground.happen('run_1', { type: 'spent', turn: 2, costUsd: 7 })
    await ground.happen('run_1', {
      type: 'adopted',
      turn: 2,
      place: null,
      environment: null,
      thread: 'thread_1',
    })
    await poll(ground)
    ground.parts.clock.advance(10 * minute)
    await ground.happen('run_1', { type: 'spent', turn: 2, costUsd: 9 })
    const seenAt = ground.parts.clock.now()
    await ground.happen('run_1', { type: 'alive', turn: 2, seenAt }, { type: 'tick' })
    await poll(ground)
    expect(writes(ground)).toBe(2)
    expect(commentOf(ground)).toMatch(
      /minutes: 10 used, 50 left\n- US dollars: 7\.00 used, 93\.00 left/,
    )
  })

  test('is written for a grant', async () => {
    const ground = await told()
    const given = { by: 'ada', why: 'it is close', attempts: 2, minutes: 0, costUsd: 0 }
    await atDesk(ground).grant({ repo: 'infra', number: 42 }, given)
    await poll(ground)
    expect(commentOf(ground)).toContain('- fix-forward turns: 0 used, 7 left, with 2 granted')
  })

  test('costs no look at the ledger while nothing is written there', async () => {
    const ground = await told()
    for (let looks = 0; looks < 3; looks++) await poll(ground)
    expect(timesOf(ground.calls, 'runs ledger')).toBe(0)
    expect(writes(ground)).toBe(0)
  })

  test('is written of each repository’s own run', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    for (const repo of ['infra', 'web', 'infra', 'web']) await poll(ground, repo)
    const runs = await ground.store.liveRuns()
    expect([commentOf(ground), ground.second!.tracker.commentOf(42)]).toEqual(
      runs.map(({ run }) => expect.stringContaining(`AFK ${run.id}\n`)),
    )
  })

  test('is written once more after a restart, and then no more', async () => {
    const ground = await told()
    const { parts } = ground
    const anew = { ...ground, parts: { ...parts, comments: comments(parts) } }
    for (let looks = 0; looks < 3; looks++) await poll(anew)
    expect(writes(ground)).toBe(1)
  })
})

describe('a comment that cannot be written', () => {
  test('is told once, keeps no look from being made, and is written by the next that can', async () => {
    const ground = await told()
    const { start, logged, untilSo } = turning(ground)
    ground.landing.push('run_1', commit)
    ground.ci.says(commit, red)
    ground.calls.during('tracker comment', () => down())
    start()
    await untilSo('it was tried again and again', () => writes(ground) > 3)
    expect(ground.told.filter(({ event }) => event === 'look-failed')).toEqual([
      { event: 'look-failed', repo: 'infra', detail: 'the tracker is down' },
    ])
    expect(await ground.run()).toMatchObject({ pushed: { commit } })
    ground.calls.mend('tracker comment')
    await untilSo('it is told', () => commentOf(ground).includes('CI red'))
    expect(logged).toEqual([])
  })

  test('keeps no other issue from being started', async () => {
    const ground = inMemoryLoop()
    ground.calls.during('tracker comment', () => down())
    await expect(poll(ground)).rejects.toThrow('the tracker is down')
    expect(await ground.store.liveRuns()).toHaveLength(1)
  })

  test('is tried though the issues cannot be listed, and what failed first is told', async () => {
    const ground = await told()
    await ground.happen('run_1', lands)
    ground.calls.during('tracker list', () => down('no list'))
    await expect(poll(ground)).rejects.toThrow('no list')
    expect(commentOf(ground)).toContain(commit.slice(0, 12))
  })

  test('since a person edits the issue at that moment is told, and written later', async () => {
    const ground = await told()
    await ground.happen('run_1', lands)
    ground.tracker.edited.add(42)
    await expect(poll(ground)).rejects.toThrow('somebody edits issue 42 at this moment')
    ground.tracker.edited.clear()
    await poll(ground)
    expect(commentOf(ground)).toContain('- [x] pushed')
  })

  test('since the issue is gone for a moment is written when it is back', async () => {
    const ground = await told()
    const issue = ground.tracker.issue(42)
    await ground.happen('run_1', lands)
    ground.tracker.remove(42)
    const { look } = polling(ground)
    await look('infra')
    ground.tracker.put(issue)
    await look('infra')
    expect(commentOf(ground)).toContain('- [x] pushed')
  })
})

describe('the end of a run', () => {
  const isGreen = { type: 'checked', commit, checks: green } as const

  test('is written last, though the comment was being written when it came', async () => {
    const ground = await told()
    ground.landing.push('run_1', commit)
    ground.ci.says(commit, pending)
    const { start, untilSo } = turning(ground)
    const { open } = chores(ground)
    ground.calls.duringNext('tracker comment', async () => {
      await ground.happen('run_1', lands, isGreen)
      await until('its issue is to be told', async () => (await open())[0] === 'tell-issue')
      // More than it would read if it did not wait.
      for (let reads = 0; reads < 50; reads++) await ground.store.run('run_1')
    })
    start()
    const isDone = async () => (await ground.run()).state === 'done' && (await open()).length === 0
    await untilSo('all that follows is done', isDone)
    expect(commentOf(ground)).toContain('**done**')
    expect(writes(ground)).toBe(2)
  })

  test('that comes when a look is about to write is written once', async () => {
    const ground = await told()
    await ground.happen('run_1', lands)
    ground.calls.duringNext('runs run', () => ground.happen('run_1', isGreen))
    await poll(ground)
    await chores(ground).work()
    expect(commentOf(ground)).toContain('**done**')
    expect(writes(ground)).toBe(1)
  })

  test('is not undone by a look that saw the run before', async () => {
    const ground = await told()
    await ground.happen('run_1', lands)
    ground.calls.duringNext('tracker list', async () => {
      await ground.happen('run_1', isGreen)
      await chores(ground).work()
    })
    await poll(ground)
    expect(commentOf(ground)).toContain('**done**')
    expect(writes(ground)).toBe(1)
  })

  test('by a person’s word is told as theirs', async () => {
    const ground = await told()
    expect(await atDesk(ground).stop('run_1', 'ada')).toMatchObject({ type: 'done' })
    await chores(ground).work()
    expect(commentOf(ground)).toContain('**withdrawn** by `ada`')
  })
})

describe('a continuation', () => {
  test('goes on in the same comment, and names the runs before it', async () => {
    const ground = await told()
    await ground.happen('run_1', asks)
    await chores(ground).work()
    expect(commentOf(ground)).toContain('**needs a human** (question): It asks')
    await atDesk(ground).goOn({ repo: 'infra', number: 42 }, 'ada')
    await poll(ground)
    const lines = commentOf(ground).split('\n')
    expect(lines).toContain('Continued by `ada`, in the place of `run_1`')
    expect(lines).not.toContain('- [x] worktree')
    expect(lines.at(-1)).toMatch(/^- `run_1`: needed a human, \d{4}-\d\d-\d\d \d\d:\d\d UTC$/)
    expect(commentOf(ground)).not.toContain('Which port?')
  })

  test('of a run that was withdrawn is another run, labelled ready again', async () => {
    const ground = await told()
    await ground.happen('run_1', withdrawn)
    await chores(ground).work()
    ground.tracker.edit(42, { labels: [labels.ready] })
    await poll(ground)
    expect(commentOf(ground)).toMatch(/^AFK run_(?!1\n)/)
    expect(commentOf(ground)).toMatch(/\nEarlier runs:\n\n- `run_1`: withdrawn, [-\d: ]+ UTC$/)
  })
})
