/** Line 3 of docs/verdict.md for work that lands by pull request: what is only offered is never `done`. */
import { describe, expect, test } from 'vitest'

import {
  after,
  approval,
  asked,
  attempts,
  commit,
  failed,
  finished,
  fix,
  green,
  human,
  judgesAs,
  limitedUntil,
  line,
  liveRun,
  lost,
  minute,
  none,
  over,
  pending,
  policy,
  pushedWith,
  question,
  queuedRun,
  red,
  running,
  wait,
} from '../../test/runs.ts'
import { budgetOf } from './budget.ts'
import type { RunEvent, Verdict } from './event.ts'
import type { Policy } from './limits.ts'
import type { PullRequest, Run, Where } from './run.ts'
import { transition } from './transition.ts'

const request: PullRequest = { number: 7, url: 'https://forge.test/pull/7' }
const offeredAt: Where = { is: 'offered', request, isMerging: false }
const merging: Where = { is: 'offered', request, isMerging: true }
const declined: Where = { is: 'declined', request }
const merges = 'c'.repeat(40)

const byHuman: Policy = { ...policy, merges: 'human' }
const byItself: Policy = { ...policy, merges: 'auto' }
const withoutCi: Policy = { ...byHuman, ci: 'none' }

const offered = (checks: Verdict, where: Where = offeredAt) => pushedWith(checks, { where })
const isOver = over(finished)
const review = { ...human('review', { commit }) }
const toMerge = { type: 'merge', commit }
const askFix = { type: 'ask', purpose: 'fix', charge: 'attempt' }
const day = 24 * 60 * minute

describe(line(3, 'A green pull request whose turn has finished'), () => {
  judgesAs([
    ['merge: human', { pushed: offered(green), turn: isOver, policy: byHuman }, review],
    ['merge: auto', { pushed: offered(green), turn: isOver, policy: byItself }, toMerge],
    ['no CI', { pushed: offered(none), turn: isOver, policy: withoutCi }, review],
    ['a fix', { pushed: offered(green), turn: over(finished, fix), policy: byHuman }, review],
    [
      'it is being merged, and was not in an hour',
      {
        pushed: offered(green, merging),
        turn: isOver,
        now: 60 * minute,
        policy: byItself,
      },
      review,
    ],
    [
      'it is being merged for less than an hour, though it is green for longer',
      {
        pushed: offered(green, { ...merging, mergingSince: minute }),
        turn: isOver,
        now: 60 * minute,
        policy: byItself,
      },
      wait,
    ],
    [
      'it is being merged for an hour, and is green again for less',
      {
        pushed: pushedWith(green, { where: { ...merging, mergingSince: 0 }, since: minute }),
        turn: isOver,
        now: 60 * minute,
        policy: byItself,
      },
      wait,
    ],
    [
      'it is being merged',
      { pushed: offered(green, merging), turn: isOver, policy: byItself },
      wait,
    ],
    [
      'all is paused: nothing is merged',
      { pushed: offered(green), turn: isOver, isHeld: true, policy: byItself },
      wait,
    ],
    [
      'its turn runs: it is not ready, however long it is green',
      { pushed: offered(green), turn: running({ seenAt: day }), now: day, policy: byItself },
      wait,
    ],
    ['its checks run', { pushed: offered(pending), turn: isOver, policy: byItself }, wait],
    ['no check yet', { pushed: offered(none), turn: isOver, policy: byItself }, wait],
  ])
})

describe('a green pull request whose turn has not', () => {
  judgesAs([
    [
      'but asks',
      { pushed: offered(green), turn: over(question), policy: byItself },
      human('question'),
    ],
    ['but failed', { pushed: offered(green), turn: over(failed), policy: byItself }, review],
    ['but was lost', { pushed: offered(green), turn: over(lost), policy: byItself }, review],
    [
      'but waits for a usage limit',
      { pushed: offered(green), turn: over(limitedUntil(day)), policy: byItself },
      wait,
    ],
  ])
})

describe(line(3, 'Closed without a merge'), () => {
  judgesAs([
    ['green', { pushed: offered(green, declined), turn: isOver, policy: byItself }, review],
    [
      'red: nothing is fixed',
      { pushed: offered(red, declined), turn: isOver, policy: byHuman },
      review,
    ],
    ['while its turn runs', { pushed: offered(green, declined), policy: byHuman }, wait],
  ])
})

describe(line(3, 'A fix that is not brought yet when CI is green again'), () => {
  const turn = asked(fix)
  const now = 10 * minute
  judgesAs([
    ['merge: auto', { pushed: offered(green), turn, now, policy: byItself }, toMerge],
    ['merge: human', { pushed: offered(green), turn, now, policy: byHuman }, review],
    ['green for less', { pushed: offered(green), turn, now: now - 1, policy: byItself }, wait],
    ['CI runs', { pushed: offered(pending), turn, now, policy: byItself }, wait],
    [
      'closed without a merge',
      { pushed: offered(pending, declined), turn, policy: byHuman },
      review,
    ],
    [
      'closed without a merge, and red: the fix is brought',
      { pushed: offered(red, declined), turn, policy: byHuman },
      wait,
    ],
    ['a first turn', { pushed: offered(green), turn: asked(), now, policy: byItself }, wait],
  ])
})

describe('the other lines hold for an offer, too:', () => {
  judgesAs([
    ['5, red', { pushed: offered(red), turn: isOver, policy: byItself }, askFix],
    [
      '4, red and the budget used up',
      { pushed: offered(red), turn: isOver, ledger: attempts(5), policy: byHuman },
      { end: { state: 'frozen', where: offeredAt } },
    ],
    [
      '6, an approval',
      { pushed: offered(approval), turn: isOver, policy: byHuman },
      human('ci-stuck'),
    ],
    [
      '7, no check in 10 min',
      { pushed: offered(none), turn: isOver, now: 10 * minute, policy: byItself },
      human('no-ci'),
    ],
  ])
})

const at = 5
const seen: ReadonlyArray<RunEvent> = [
  { type: 'started', at },
  { type: 'based', at, base: 'b'.repeat(40) },
  { type: 'adopted', at, turn: 1, place: null, environment: null, thread: 'thread_1' },
  { type: 'offered', at, commit, request },
  { type: 'turn-over', at, turn: 1, end: finished, commit: null },
  { type: 'checked', at, commit, checks: green },
]
const merged = { type: 'merged', at, commit: merges, request } as const

describe('a run with merge: auto', () => {
  const decided = after(seen, { policy: byItself })

  test('writes down that it merges, once, and nobody is rung', () => {
    expect(decided.run).toMatchObject({ state: 'live', pushed: { commit, where: merging } })
    const again = after([...seen, { type: 'tick', at: 6 }], { policy: byItself })
    for (const { ledger } of [decided, again])
      expect(ledger.filter(({ what }) => what.type === 'merging')).toHaveLength(1)
    expect(decided.steps.flatMap(({ effects }) => effects)).not.toContainEqual({ type: 'ring' })
  })

  test('has an hour for it from when that is decided, and no pause or sleep counts', () => {
    const story = [
      ...seen.slice(0, -1),
      { type: 'held', at: 6 },
      { type: 'checked', at: 7, commit, checks: green },
      { type: 'released', at: 600 * minute },
      { type: 'tick', at: 601 * minute },
      { type: 'slept', at: 640 * minute, ms: 30 * minute },
      { type: 'tick', at: 689 * minute },
      { type: 'held', at: 689 * minute },
      { type: 'released', at: 900 * minute },
      { type: 'tick', at: 959 * minute },
    ] as const
    expect(after(story, { policy: byItself }).run).toMatchObject({ state: 'live' })
    const { run } = after([...story, { type: 'tick', at: 960 * minute }], { policy: byItself })
    const detail = 'it is green, and for 60 min not merged'
    expect(run).toMatchObject({ state: 'needs-human', cause: 'review', detail })
  })

  test('that an older AFK decided has an hour from when it was green, or a pause was over', () => {
    const old = liveRun({ turn: isOver, pushed: offered(green, merging) })
    const policy = byItself
    const hour = [{ type: 'tick', at: 60 * minute }] as const
    expect(after(hour, { from: old, policy }).run).toMatchObject({ cause: 'review' })
    const held = [
      { type: 'held', at: 1 },
      { type: 'released', at: 60 * minute },
      { type: 'tick', at: 61 * minute },
    ] as const
    expect(after(held, { from: old, policy }).run).toMatchObject({ state: 'live' })
  })

  test('is done only by the checks of the merge commit', () => {
    const story = [
      ...seen,
      merged,
      { type: 'checked', at: 7, commit, checks: green },
      { type: 'checked', at: 8, commit: merges, checks: green },
    ] as const
    expect(after(story.slice(0, -1), { policy: byItself }).run).toMatchObject({
      state: 'live',
      pushed: { commit: merges, checks: { verdict: 'pending' } },
    })
    const end = { state: 'done', commit: merges, request, endedAt: 8 }
    expect(after(story, { policy: byItself }).run).toMatchObject(end)
  })

  test('is mended where the merge commit is red, and its next pull request is merged, too', () => {
    const next = { number: 8, url: 'https://forge.test/pull/8' }
    const { run, ledger } = after(
      [
        ...seen,
        merged,
        { type: 'checked', at: 8, commit: merges, checks: red },
        { type: 'adopted', at: 9, turn: 2, place: null, environment: null, thread: 'thread_1' },
        { type: 'offered', at: 10, commit: 'd'.repeat(40), request: next },
        { type: 'turn-over', at: 11, turn: 2, end: finished, commit: null },
        { type: 'checked', at: 12, commit: 'd'.repeat(40), checks: green },
      ],
      { policy: byItself },
    )
    expect(run).toMatchObject({ pushed: { where: { request: next, isMerging: true } } })
    expect(budgetOf(ledger).attempts).toBe(1)
  })

  test('that is pushed to in between is judged anew, and not merged', () => {
    const head = 'd'.repeat(40)
    const { run } = after([...seen, { type: 'offered', at: 6, commit: head, request }], {
      policy: byItself,
    })
    expect(run).toMatchObject({
      pushed: { commit: head, checks: { verdict: 'pending' }, where: offeredAt },
    })
  })

  test('whose check fails before it is merged decides anew once that is mended', () => {
    const { run } = after(
      [
        ...seen,
        { type: 'checked', at: 6, commit, checks: red },
        { type: 'adopted', at: 7, turn: 2, place: null, environment: null, thread: 'thread_1' },
        { type: 'checked', at: 8, commit, checks: green },
      ],
      { policy: byItself },
    )
    expect(run).toMatchObject({ turn: { is: 'running' }, pushed: { where: offeredAt } })
  })

  test('whose merge is refused calls a person with the reason', () => {
    const why = 'At least 1 approving review is required'
    const { run } = after([...seen, { type: 'blocked', at: 6, why }], { policy: byItself })
    const left = { detail: why, commit, where: merging, endedAt: 6 }
    expect(run).toMatchObject({ state: 'needs-human', cause: 'review', ...left })
  })
})

test('a pull request that is reopened is judged anew', () => {
  const { run } = after(
    [
      ...seen.slice(0, 4),
      { type: 'declined', at: 6, request },
      { type: 'offered', at: 7, commit, request },
    ],
    { policy: byHuman },
  )
  expect(run).toMatchObject({ pushed: { pushedAt: 7, where: offeredAt } })
})

test('one that was closed is nobody’s but that of its run', () => {
  const others = { type: 'declined', at, request: { ...request, number: 8 } } as const
  const run = liveRun({ pushed: offered(green) })
  expect(transition(run, others, { policy: byHuman, budget: budgetOf([]) }).run).toBe(run)
})

describe('a run that begins with what a person merged', () => {
  const queued = queuedRun({}, { with: 'merge', commit: merges, request })

  test('asks no turn, and is done when that is green', () => {
    const { run, steps } = after(
      [
        { type: 'started', at },
        { type: 'checked', at: 6, commit: merges, checks: green },
      ],
      { from: queued, policy: byHuman },
    )
    expect(run).toMatchObject({ state: 'done', commit: merges, request })
    const effects = steps.flatMap((step) => step.effects)
    expect(effects).not.toContainEqual(expect.objectContaining({ type: 'ask' }))
  })

  test('asks its first turn where that is red', () => {
    const { run } = after(
      [
        { type: 'started', at },
        { type: 'checked', at: 6, commit: merges, checks: red },
      ],
      { from: queued, policy: byHuman },
    )
    expect(run).toMatchObject({ turn: asked({ number: 1, purpose: 'fix', askedAt: 6 }) })
  })

  test('can be told again from its ledger', () => {
    const story = after([{ type: 'started', at }], { from: queued, policy: byHuman })
    const again = story.ledger.reduce<Run>(
      (run, { what }) =>
        transition(run, what as RunEvent, { policy: byHuman, budget: budgetOf([]) }).run,
      queued,
    )
    expect(again).toEqual(story.run)
  })
})
