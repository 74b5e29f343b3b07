/** The lines 1 and 2 of docs/verdict.md, the refusals of line 10, and what each move writes and does. */
import { describe, expect, test } from 'vitest'

import {
  after,
  asked,
  attempts,
  baseOfRun,
  commit,
  failed,
  finished,
  fix,
  green,
  landed,
  limitedUntil,
  line,
  liveRun,
  lost,
  minute,
  none,
  over,
  pending,
  policy,
  policyWith,
  pushedWith,
  question,
  queuedRun,
  red,
  redSinceStart,
  rerun,
  running,
} from '../../test/runs.ts'
import type { RunEvent } from './event.ts'
import { budgetOf } from './budget.ts'
import { phaseOf, type Run } from './run.ts'
import { type Step, transition } from './transition.ts'

const other = 'c'.repeat(40)
const third = 'd'.repeat(40)
const request = { number: 7, url: 'https://forge.test/pull/7' }
const end = { id: 'run_1', endedAt: 1 }
const base = baseOfRun()
const queued = queuedRun()
const ended = [
  { ...base, ...end, state: 'done', commit, passed: [], request: null },
  {
    ...base,
    ...end,
    state: 'needs-human',
    where: null,
    cause: 'question',
    detail: 'Which?',
    commit: null,
  },
  { ...base, ...end, state: 'frozen', where: landed, ranOut: 'attempts', commit, failing: [] },
  { ...base, ...end, state: 'withdrawn', withdrawnBy: 'ada' },
] as const satisfies readonly Run[]

/** One of each. */
const events = {
  started: { type: 'started', at: 2 },
  based: { type: 'based', at: 2, base: commit },
  adopted: { type: 'adopted', at: 2, turn: 1, place: null, environment: null, thread: 'thread_1' },
  refused: { type: 'refused', at: 2, turn: 1, detail: 'no such model' },
  alive: { type: 'alive', at: 2, turn: 1, seenAt: 2 },
  'turn-over': { type: 'turn-over', at: 2, turn: 1, end: failed, commit },
  spent: { type: 'spent', at: 2, turn: 1, costUsd: 900 },
  unreachable: { type: 'unreachable', at: 2 },
  reached: { type: 'reached', at: 2 },
  pushed: { type: 'pushed', at: 2, commit: other },
  offered: { type: 'offered', at: 2, commit: other, request },
  merged: { type: 'merged', at: 2, commit: other, request },
  declined: { type: 'declined', at: 2, request },
  blocked: { type: 'blocked', at: 2, why: 'a review is required' },
  unpushed: { type: 'unpushed', at: 2, commit },
  checked: { type: 'checked', at: 2, commit, checks: red },
  withdrawn: { type: 'withdrawn', at: 2, by: 'ada' },
  slept: { type: 'slept', at: 2, ms: 1 },
  held: { type: 'held', at: 2 },
  released: { type: 'released', at: 2 },
  tick: { type: 'tick', at: 99 * 60 * minute },
} as const satisfies { [T in RunEvent['type']]: RunEvent & { type: T } }

const stepOf = (run: Run, event: RunEvent) =>
  transition(run, event, { policy, budget: budgetOf([]) })
const kindsOf = ({ effects }: Step) =>
  effects.map((effect) => (effect.type === 'chore' ? effect.kind : effect.type))

describe(line(1, 'The run has ended → everything is ignored'), () => {
  describe.each(ended)('a run that is $state', (run) => {
    test.each(Object.values(events))('ignores $type', (event) => {
      const step = stepOf(run, event)
      expect(step.run).toBe(run)
      expect(step).toMatchObject({ entries: [], effects: [] })
    })
  })
})

const silently = 'the agent is stopped, nobody is rung, the ledger keeps it'

describe(line(2, `A person withdrew it → \`withdrawn\`: ${silently}`), () => {
  const cases: ReadonlyArray<readonly [string, Run]> = [
    ['works', liveRun()],
    ['no agent has yet', liveRun({ turn: asked() })],
    ['is held', liveRun({ isHeld: true })],
    ['before 3: is green', liveRun({ pushed: pushedWith(green), turn: over(finished) })],
    ['before 4, 5: is red', liveRun({ pushed: pushedWith(red), turn: over(finished, fix) })],
    ['before 6: is stuck', liveRun({ pushed: pushedWith(pending) })],
    ['before 8: waits for a usage limit', liveRun({ turn: over(limitedUntil(9)) })],
    ['before 9: cannot be asked', liveRun({ unreachableSince: 0 })],
    ['before 10: was lost', liveRun({ turn: over(lost) })],
    ['before 11: asks', liveRun({ turn: over(question) })],
  ]

  test.each(cases)('a run that %s', (_, run) => {
    const at = 99 * 60 * minute
    const withdrawn = { type: 'withdrawn', at, by: 'ada' } as const
    const step = stepOf(run, withdrawn)
    expect(step.run).toEqual({ ...base, state: 'withdrawn', withdrawnBy: 'ada', endedAt: at })
    expect(step.entries).toEqual([withdrawn, { type: 'ended', at, state: 'withdrawn' }])
    expect(kindsOf(step)).toEqual(['stop-agent', 'tell-issue', 'tidy-worktree', 'free-slot'])
  })

  test('a run that is queued: there is no agent to stop', () => {
    const step = stepOf(queued, events.withdrawn)
    expect(step.run).toMatchObject({ state: 'withdrawn' })
    expect(kindsOf(step)).toEqual(['tell-issue', 'tidy-worktree', 'free-slot'])
  })
})

describe(line(10, 'A turn that the executor refuses → `needs-human`, `dispatch-failed`'), () => {
  const refused = { type: 'refused', at: 5, turn: 1, detail: 'no such model' } as const

  test('the first turn', () => {
    const step = stepOf(liveRun({ turn: asked() }), refused)
    const { detail } = refused
    expect(step.run).toMatchObject({ cause: 'dispatch-failed', detail, commit: null, endedAt: 5 })
    expect(step.entries).toEqual([refused, { type: 'ended', at: 5, state: 'needs-human' }])
  })

  test.each([
    ['budget left: it would be refused again', red, [], 'needs-human'],
    ['checks pending', pending, [], 'needs-human'],
    ['4 before it: no budget left', red, attempts(5), 'frozen'],
    ['3 before it: green after all', green, [], 'done'],
  ])('a fix, with %s', (_, checks, ledger, state) => {
    const run = liveRun({ turn: asked(fix), pushed: pushedWith(checks) })
    const step = transition(run, { ...refused, turn: 2 }, { policy, budget: budgetOf(ledger) })
    expect(step.run).toMatchObject({ state, commit })
    expect(step.entries).toHaveLength(2)
  })

  test.each([
    ['another turn', liveRun({ turn: asked(fix) })],
    ['a turn that the agent has', liveRun()],
    ['a turn that is over', liveRun({ turn: over(limitedUntil(9)) })],
    ['a run that is queued', queued],
  ])('says nothing of %s', (_, run) => {
    expect(stepOf(run, refused)).toEqual({ run, entries: [], effects: [] })
  })
})

describe('a run that is queued', () => {
  test('is started with its first turn, which costs nothing', () => {
    const step = stepOf(queued, { type: 'started', at: 7 })
    const turn = { number: 1, purpose: 'implement', askedAt: 7, is: 'asked', visit: null }
    expect(step.run).toEqual({ ...liveRun({ base: null }), turn })
    expect(step.entries).toEqual([
      { type: 'started', at: 7 },
      { type: 'asked', at: 7, turn: 1, purpose: 'implement', charge: null },
    ])
    expect(kindsOf(step)).toEqual(['ask', 'mark-issue'])
  })

  const { started: _s, withdrawn: _w, ...rest } = events

  test.each(Object.values(rest))('ignores $type', (event) => {
    expect(stepOf(queued, event)).toEqual({ run: queued, entries: [], effects: [] })
  })
})

describe('a move', () => {
  test('into an end that rings rings once, stops the agent first and frees the slot last', () => {
    const step = stepOf(liveRun(), { ...events['turn-over'], commit: null })
    expect(step.run).toMatchObject({ state: 'needs-human', cause: 'agent-error' })
    const chores = ['stop-agent', 'tell-issue', 'tidy-worktree', 'free-slot']
    expect(kindsOf(step)).toEqual(['ring', ...chores])
  })

  test('to a fix asks the next turn, and says what it costs', () => {
    const run = liveRun({ pushed: pushedWith(pending), turn: over(finished) })
    const step = stepOf(run, { ...events.checked, at: 8 })
    expect(step.run).toMatchObject({ turn: { number: 2, purpose: 'fix', askedAt: 8, is: 'asked' } })
    expect(step.entries).toEqual([
      { ...events.checked, at: 8 },
      { type: 'asked', at: 8, turn: 2, purpose: 'fix', charge: 'attempt' },
    ])
    expect(step.effects).toEqual([{ type: 'ask', turn: 2 }])
  })

  test('that time alone decides has its tick in the ledger', () => {
    const step = stepOf(liveRun(), events.tick)
    expect(step.entries).toEqual([
      events.tick,
      { type: 'ended', at: events.tick.at, state: 'needs-human' },
    ])
  })

  test('counts the very event that makes it', () => {
    const run = liveRun({ pushed: pushedWith(pending), turn: over(finished) })
    const { steps } = after([events.checked], {
      from: run,
      policy: policyWith({ fixForwardMs: 0 }),
    })
    expect(steps[0]?.effects).toEqual([])
    const tick = { type: 'tick', at: 2 } as const
    const told = after([events.checked, tick], {
      from: run,
      policy: policyWith({ fixForwardMs: 0 }),
    })
    expect(told.run).toMatchObject({ state: 'frozen', ranOut: 'minutes' })
  })
})

describe('an event that says nothing new', () => {
  const stands = liveRun({ pushed: pushedWith(pending, { since: 1 }), unreachableSince: 1 })
  const cases: ReadonlyArray<readonly [string, Run, RunEvent]> = [
    ['time that decides nothing', liveRun(), { type: 'tick', at: 1 }],
    ['a start of what is started', liveRun(), events.started],
    ['a turn that the agent has already', liveRun(), events.adopted],
    ['another turn adopted', liveRun({ turn: asked(fix) }), events.adopted],
    ['a sign of life of another turn', liveRun({ turn: running(fix) }), events.alive],
    ['an older sign of life', liveRun({ turn: running({ seenAt: 3 }) }), events.alive],
    ['a sign of life of what is over', liveRun({ turn: over(limitedUntil(9)) }), events.alive],
    ['the end of an earlier turn', liveRun({ turn: running(fix) }), events['turn-over']],
    ['a second end', liveRun({ turn: over(limitedUntil(9)) }), events['turn-over']],
    ['the same commit', stands, { type: 'pushed', at: 2, commit }],
    ['another commit gone', stands, { type: 'unpushed', at: 2, commit: other }],
    ['the same checks', stands, { type: 'checked', at: 2, commit, checks: pending }],
    ['checks of another commit', stands, { type: 'checked', at: 2, commit: other, checks: red }],
    ['checks where nothing is pushed', liveRun(), events.checked],
    ['unreachable still', stands, events.unreachable],
    ['reached still', liveRun(), events.reached],
    ['held twice', liveRun({ isHeld: true }), events.held],
    ['not held', liveRun(), events.released],
    ['no cost', liveRun(), { type: 'spent', at: 2, turn: 1, costUsd: 0 }],
    ['the cost of a turn that is not asked', liveRun(), { ...events.spent, turn: 2 }],
  ]

  test.each(cases)('changes nothing and writes nothing: %s', (_, run, event) => {
    const step = stepOf(run, event)
    expect(step.run).toBe(run)
    expect(step).toMatchObject({ entries: [], effects: [] })
  })

  test('a cost told twice, or lower, is written once', () => {
    const spent = { type: 'spent', at: 2, turn: 1 } as const
    const costs = [3, 3, 1, 4].map((costUsd) => ({ ...spent, costUsd }))
    const { ledger } = after(costs, { from: liveRun() })
    expect(ledger.map(({ what }) => what)).toEqual([costs[0], costs[3]])
  })
})

describe('what a run knows', () => {
  const told = (from: Run, ...seen: readonly RunEvent[]) => after(seen, { from }).run

  test('its base is the first that was told', () => {
    const based = (to: string) => ({ type: 'based', at: 2, base: to }) as const
    const run = told(liveRun({ base: null, turn: asked() }), based(commit), based(other))
    expect(run).toMatchObject({ base: commit, turn: { is: 'asked' } })
  })

  test('what the machine slept is not silence, nor waiting for checks', () => {
    const from = liveRun({
      turn: running({ seenAt: 5 }),
      pushed: pushedWith(pending, { since: 5 }),
    })
    const slept = { type: 'slept', at: 8 * 60 * minute, ms: 7 * 60 * minute } as const
    const run = told({ ...from, unreachableSince: slept.at - 1 }, slept)
    expect(run).toMatchObject({
      turn: { seenAt: slept.ms + 5 },
      pushed: { pushedAt: slept.ms, checks: { since: slept.ms + 5 } },
      unreachableSince: slept.at,
    })
  })

  test('a sign of life is never later than the look at it', () => {
    const ahead = { type: 'alive', at: 5, turn: 1, seenAt: 99 * 60 * minute } as const
    expect(told(liveRun(), ahead)).toMatchObject({ turn: { seenAt: 5 } })
  })

  test('checks that say the same keep since when, with another approval they do not', () => {
    const checks = { verdict: 'red', failing: [{ name: 'lint', url: null }] } as const
    const run = liveRun({ pushed: pushedWith(red, { since: 1 }) })
    const more = told(run, { type: 'checked', at: 9, commit, checks })
    expect(more).toMatchObject({ pushed: { checks: { since: 1, ...checks } } })
    const waits = { verdict: 'pending', waitsFor: 'checks' } as const
    const asks = liveRun({ pushed: pushedWith({ ...waits, waitsFor: 'approval' }) })
    const moved = told(asks, { type: 'checked', at: 9, commit, checks: waits })
    expect(moved).toMatchObject({ pushed: { checks: { since: 9 } } })
  })

  test('checks that wait keep since when, whoever cancelled them and at whichever commit', () => {
    const run = liveRun({ pushed: pushedWith(pending, { since: 1 }) })
    const checked = { type: 'checked', commit, at: 9 } as const
    for (const checks of [pending, rerun])
      for (const more of [{}, { tip: other }])
        expect(told(run, { ...checked, checks, ...more })).toMatchObject({
          pushed: { checks: { since: 1 } },
        })
  })

  test('a first check has its time anew at each commit that is judged', () => {
    const run = liveRun({ pushed: pushedWith(none, { since: 1, tip: other }) })
    const checked = { type: 'checked', commit, at: 9, checks: none } as const
    expect(told(run, { ...checked, tip: other })).toBe(run)
    const pushed = { checks: { since: 9 } }
    expect(told(run, { ...checked, tip: third })).toMatchObject({ pushed })
    expect(told(run, checked)).toMatchObject({ pushed })
    expect(told(run, checked)).not.toHaveProperty('pushed.tip')
  })

  test('of a newer commit nobody has asked CI yet', () => {
    const run = told(liveRun({ pushed: pushedWith(red) }), { type: 'pushed', at: 9, commit: other })
    const checks = { verdict: 'pending', waitsFor: 'checks', since: 9 }
    expect(run).toMatchObject({ pushed: { commit: other, pushedAt: 9, checks } })
  })

  test(`${line(6, 'A commit that a force-push removed counts as not pushed')}`, () => {
    const run = liveRun({ pushed: pushedWith(red), turn: over(finished) })
    expect(told(run, events.unpushed)).toMatchObject({ cause: 'nothing-pushed', commit: null })
  })

  test.each([
    ['adopted', asked(), events.adopted],
    ['alive', running(), events.alive],
    ['over', running(), { ...events['turn-over'], end: limitedUntil(9) }],
    ['asked after', running(), events.reached],
  ])('an executor that tells of a turn that is %s answers', (_, turn, event) => {
    expect(told(liveRun({ turn, unreachableSince: 0 }), event)).toMatchObject({
      state: 'live',
      unreachableSince: null,
    })
  })

  test('a node that was down does not call an agent silent with the first it hears of it', () => {
    const at = 50 * minute
    const back = told(
      liveRun(),
      { type: 'reached', at },
      { type: 'alive', at, turn: 1, seenAt: at },
    )
    expect(told(back, { type: 'tick', at })).toMatchObject({ state: 'live' })
    const spent = { type: 'spent', at, turn: 1, costUsd: 100 } as const
    const landed = { ...events['turn-over'], end: finished, at }
    const checked = { type: 'checked', at, commit, checks: green } as const
    expect(told(liveRun(), spent, landed, checked)).toMatchObject({ state: 'done' })
  })

  test('a fix that landed while a node was down is not frozen by its minutes', () => {
    const at = 90 * minute
    const from = liveRun({ pushed: pushedWith(red), turn: running(fix) })
    const landed: RunEvent = { type: 'turn-over', at, turn: 2, end: finished, commit: other }
    const checked: RunEvent = { type: 'checked', at, commit: other, checks: green }
    const { run } = after([{ type: 'reached', at }, landed, checked], {
      from,
      ledger: redSinceStart,
    })
    expect(run).toMatchObject({ state: 'done', commit: other })
  })
})

describe('in one word a run', () => {
  test.each<readonly [string, Run]>([
    ['queued', queued],
    ['dispatching', liveRun({ turn: asked() })],
    ['working', liveRun()],
    ['working', liveRun({ turn: asked({ number: 2 }) })],
    ['paused-for-limit', liveRun({ turn: over(limitedUntil(9)) })],
    ['checking', liveRun({ pushed: pushedWith(pending) })],
    ['checking', liveRun({ pushed: pushedWith(red), turn: over(finished, fix) })],
    ['fixing', liveRun({ pushed: pushedWith(red), turn: asked(fix) })],
    ...ended.map((run) => [run.state, run] as const),
  ])('is %s', (phase, run) => {
    expect(phaseOf(run)).toBe(phase)
  })
})
