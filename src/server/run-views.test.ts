import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import {
  approval,
  asked,
  attempts,
  commit,
  failing,
  finished,
  fix,
  grant,
  green,
  landed,
  liveRun,
  minute,
  none,
  over,
  pending,
  pushedWith,
  queuedRun,
  red,
  rerun,
  redSinceStart,
  running,
  written,
} from '../../test/runs.ts'
import { renderNotification } from '../doorbell/notification.ts'
import { LIMITS } from '../run/limits.ts'
import type { Run } from '../run/run.ts'
import { RunView } from './run-schemas.ts'
import { liveRunView, pauseView, type RunStory, runView } from './run-views.ts'

const zero = '1970-01-01T00:00:00.000Z'

function viewOf(run: Run, more: Partial<RunStory> = {}) {
  const around = { ledger: [], chores: [], limits: LIMITS, links: { link: () => null }, now: 0 }
  const view = runView({ run, ...around, ...more })
  expect(RunView.parse(view)).toEqual(view)
  return view
}

const base = queuedRun()
const tip = 'd'.repeat(40)
const facts = {
  commit: null,
  cause: null,
  detail: null,
  ranOut: null,
  withdrawnBy: null,
  tip: null,
  passed: [],
  failing: [],
  pullRequest: null,
  next: null,
}

const lostNext = 'look at the executor, then afk continue infra#42'
const moreMoney = 'afk grant infra#42 --cost 20 --why TEXT, then afk continue infra#42'

describe('the facts of a run', () => {
  const states = {
    queued: [base, null],
    live: [liveRun(), null],
    done: [
      { ...base, state: 'done', commit, tip, passed: ['test'], request: null, endedAt: 0 },
      { ...facts, kind: 'done', commit, tip, passed: ['test'] },
    ],
    'needs-human': [
      {
        ...base,
        state: 'needs-human',
        where: null,
        cause: 'lost',
        detail: 'thrice',
        commit,
        endedAt: 0,
      },
      { ...facts, kind: 'needs-human', commit, cause: 'lost', detail: 'thrice', next: lostNext },
    ],
    frozen: [
      {
        ...base,
        state: 'frozen',
        where: landed,
        ranOut: 'money',
        commit,
        tip,
        failing,
        endedAt: 0,
      },
      {
        ...facts,
        kind: 'frozen',
        commit,
        tip,
        ranOut: 'money',
        failing: [...failing],
        next: moreMoney,
      },
    ],
    withdrawn: [
      { ...base, state: 'withdrawn', withdrawnBy: 'ada', endedAt: 0 },
      { ...facts, kind: 'withdrawn', withdrawnBy: 'ada' },
    ],
  } satisfies Record<Run['state'], readonly [Run, object | null]>

  test.each(Object.entries(states))('that is %s are its verdict’s', (_, [run, verdict]) => {
    const view = viewOf(run)
    expect([view.verdict, view.endedAt]).toEqual([verdict, verdict === null ? null : zero])
  })

  test.each([
    [asked(), { state: 'asked', seenAt: null, overAt: null }],
    [running({ seenAt: 0 }), { state: 'running', seenAt: zero, overAt: null }],
    [over(finished, fix), { number: 2, purpose: 'fix', state: 'over', overAt: zero }],
  ])('have its turn: %#', (turn, seen) => {
    expect(viewOf(liveRun({ turn })).turn).toMatchObject({ askedAt: zero, ...seen })
  })

  test.each([
    [none, { checks: 'none' }],
    [pending, { checks: 'pending', waitsFor: 'checks' }],
    [approval, { checks: 'pending', waitsFor: 'approval' }],
    [rerun, { checks: 'pending', waitsFor: 'rerun' }],
    [green, { checks: 'green', passed: ['lint', 'test'] }],
    [red, { checks: 'red', failing: [...failing] }],
  ])('have what CI says of what it pushed: %#', (checks, seen) => {
    const silence = { waitsFor: null, tip: null, passed: [], failing: [], commit }
    expect(viewOf(liveRun({ pushed: pushedWith(checks) })).pushed).toMatchObject({
      ...silence,
      ...seen,
    })
  })

  test('have the newer commit that was judged in its place', () => {
    const { pushed } = viewOf(liveRun({ pushed: pushedWith(green, { tip }) }))
    const says = 'CI is green at dddddddddddd, which contains it: lint, test'
    expect(pushed).toMatchObject({ commit, tip, says })
  })

  const request = { number: 7, url: 'https://forge.test/pull/7' }

  test('say what a person does next, as the ring does', () => {
    const end = { state: 'needs-human', cause: 'question', detail: 'Which?', commit: null } as const
    const { verdict } = viewOf({ ...base, ...end, where: null, endedAt: 0 })
    expect(verdict?.next).toBe('write the answer into the issue, then afk continue infra#42')
  })

  test('have the pull request that it is offered in', () => {
    const where = { is: 'offered', request, isMerging: false } as const
    const { pushed } = viewOf(liveRun({ pushed: pushedWith(green, { where }) }))
    expect(pushed).toMatchObject({ where: 'offered', pullRequest: request })
    const end = { state: 'needs-human', cause: 'review', detail: '', commit, where } as const
    expect(viewOf({ ...base, ...end, endedAt: 0 }).verdict).toMatchObject({ pullRequest: request })
  })

  test('say that it is held, and since when its executor could not be asked', () => {
    expect(viewOf(liveRun({ isHeld: true, unreachableSince: 0 }))).toMatchObject({
      held: true,
      unreachableSince: zero,
    })
  })

  test('have its chores, done and due, with why one waits', () => {
    const chore = { id: 1, run: base.id, tries: 1, detail: 'free', isDone: true } as const
    const waits = { ...chore, tries: 3, isDone: false, detail: 'somebody\nedits it' }
    const chores = [
      { ...chore, kind: 'free-slot' },
      { ...waits, kind: 'tell-issue' },
    ] as const
    expect(viewOf(base, { chores }).chores).toMatchObject([
      { kind: 'free-slot', state: 'done', tries: 1, detail: 'free' },
      { kind: 'tell-issue', state: 'due', tries: 3, detail: 'somebody edits it' },
    ])
  })
})

describe('the link of a run', () => {
  const t3 = { baseUrl: 'https://t3.test' }

  test.each([
    [t3, 'https://t3.test/?thread=thread_1'],
    [{ ...t3, link: '{baseUrl}/{repo}/{number}/{threadId}' }, 'https://t3.test/infra/42/thread_1'],
    [{ ...t3, link: 't3' }, null],
    [{ link: () => null }, null],
  ])('opens its thread as its ring does: %#', (links, link) => {
    const { issue, threadId } = base
    const ring = renderNotification({ kind: 'frozen', issue, threadId, detail: 'red' }, links)
    expect([viewOf(base, { links }).link, ring.link]).toEqual([link, link])
  })
})

describe('the budget of a run', () => {
  test('is what was used and what is left, with what was granted on top', () => {
    const given = { ...grant, attempts: 2, minutes: 30, costUsd: 10 }
    const spent = { type: 'spent', at: 0, turn: 1, costUsd: 12.345 } as const
    const ledger = [...redSinceStart, ...attempts(6), ...written(spent, given)]
    expect(viewOf(liveRun(), { ledger, now: 12 * minute }).budget).toEqual({
      attempts: { used: 6, limit: 5, granted: 2, left: 1 },
      minutes: { used: 12, limit: 60, granted: 30, left: 78 },
      costUsd: { used: 12.35, limit: 100, granted: 10, left: 97.65 },
      losses: 0,
      running: true,
    })
  })

  test('has never less than nothing left', () => {
    const { budget } = viewOf(liveRun(), { ledger: attempts(9) })
    expect(budget.attempts).toEqual({ used: 9, limit: 5, granted: 0, left: 0 })
  })

  test('has no limits where the repository is not enrolled any more', () => {
    const { budget } = viewOf(liveRun(), { ledger: attempts(1, 'loss'), limits: undefined })
    expect([budget.attempts, budget.losses]).toEqual([
      { used: 0, limit: null, granted: 0, left: null },
      1,
    ])
  })
})

test('the ledger of a run has its own lines and the grants, with their instants', () => {
  const ledger = [
    ...written({ type: 'started', at: 0 }, { ...grant, attempts: 1, minutes: 0, costUsd: 0 }),
    { run: 'run_2', what: { type: 'held', at: 5 } as const },
    ...written({ type: 'tick', at: minute }),
  ]
  expect(viewOf(base, { ledger }).ledger).toEqual([
    { at: zero, type: 'started', says: 'it starts' },
    { at: zero, type: 'granted', says: 'ada granted 1 corrective turn: try again' },
    { at: '1970-01-01T00:01:00.000Z', type: 'tick', says: 'a time limit has passed' },
  ])
})

test('text of somebody else is one safe line, wherever it stands', () => {
  const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
  const textsOf = (value: unknown): readonly string[] => {
    if (typeof value === 'string') return [value]
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
  }
  fc.assert(
    fc.property(hostileText, (text) => {
      const issue = { repo: text, number: 42, title: text, url: text }
      const hostile = { ...base, issue, by: text, branch: text, threadId: text }
      const why = { state: 'needs-human', where: null, cause: 'question', detail: text } as const
      const named = [{ name: text, url: text }]
      const pushed = pushedWith({ verdict: 'red', failing: named }, { commit: text })
      const chore = { id: 1, run: base.id, kind: 'tell-issue', tries: 1, detail: text } as const
      const links = { baseUrl: 'https://t3.test' }
      const views = [
        viewOf({ ...hostile, ...why, commit: null, endedAt: 0 }, { links }),
        viewOf({ ...liveRun({ pushed }), issue }, { chores: [{ ...chore, isDone: false }] }),
        viewOf({ ...hostile, state: 'withdrawn', withdrawnBy: text, endedAt: 0 }),
        liveRunView(hostile),
        pauseView({ scope: text, at: 0, by: text }),
      ]
      return textsOf(views).every((each) => !unsafe.test(each) && each.isWellFormed())
    }),
  )
})
