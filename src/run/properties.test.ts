/**
 * What holds of a run whatever happens to it: events in any order, twice, lost, of other turns and other
 * commits, with the time jumping both ways and grants in between.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  failed,
  finished,
  grant,
  limitedUntil,
  lost,
  queuedRun,
  baseOfRun,
} from '../../test/runs.ts'
import { budgetOf, fixMsAt } from './budget.ts'
import type { Entry, Grant, RunEvent } from './event.ts'
import { LIMITS, type Policy } from './limits.ts'
import { milestonesOf } from './milestones.ts'
import { isEnded, isTerminal, phaseOf, type Run } from './run.ts'
import { type Step, transition } from './transition.ts'

/** Small, so that a short story reaches every end. */
const limits = {
  ...LIMITS,
  ...{ fixForwardAttempts: 1, fixForwardMs: 40, silentMs: 30, costUsd: 10, greenMs: 5 },
  ...{ pendingMs: 20, graceMs: 10, unreachableMs: 20, usageLimitMs: 30, losses: 1 },
}

/** `after`: ms since the event before. `turn`: from the run's own; 0 is mostly meant. */
type Wish = { readonly after: number; readonly turn: number; readonly what: What }
type What = Pick<RunEvent, 'type'> | { readonly type: 'granted' }

const commit = fc.constantFrom('a', 'b')
const request = fc.constantFrom({ number: 7, url: 'u7' }, { number: 8, url: 'u8' })
const atMost = (max: number) => fc.integer({ min: 0, max })

const reds = Array.from({ length: 9 }, (_, i) => ({
  verdict: 'red',
  failing: [{ name: `${i}`, url: null }],
}))
const checks = fc.constantFrom(
  ...reds,
  ...[{ verdict: 'none' }, { verdict: 'green', passed: ['test'] }],
  ...['checks', 'rerun', 'approval'].map((waitsFor) => ({ verdict: 'pending', waitsFor })),
)

const questions = ['answer', 'permission'].map((what) => {
  return { how: 'asking', for: what, question: 'Which?' }
})
const ends = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(failed, ...questions) },
  { weight: 3, arbitrary: fc.constant(finished) },
  { weight: 4, arbitrary: fc.constant(lost) },
  { weight: 4, arbitrary: atMost(200).map(limitedUntil) },
)

const often = fc.oneof(
  fc.record({
    type: fc.constant('adopted'),
    place: fc.constant(null),
    thread: fc.constant('thread_1'),
  }),
  fc.record({ type: fc.constant('turn-over'), end: ends, commit: fc.option(commit, { freq: 2 }) }),
  fc.record({ type: fc.constant('checked'), commit, checks }),
  fc.record({ type: fc.constant('checked'), commit, checks, tip: fc.constantFrom('c', 'd') }),
  fc.record({ type: fc.constant('pushed'), commit }),
  fc.record({ type: fc.constant('offered'), commit, request }),
  fc.record({ type: fc.constant('tick') }),
)

const seldom = fc.oneof(
  fc.record({ type: fc.constant('started') }),
  fc.record({ type: fc.constant('alive'), seenAt: atMost(300) }),
  fc.record({ type: fc.constant('spent'), costUsd: atMost(12) }),
  fc.record({ type: fc.constant('unpushed'), commit }),
  fc.record({ type: fc.constant('merged'), commit, request }),
  fc.record({ type: fc.constant('declined'), request }),
  fc.record({
    type: fc.constantFrom('unreachable', 'reached', 'held', 'released', 'held', 'released'),
  }),
  fc.record({
    type: fc.constant('granted'),
    attempts: fc.integer({ min: -2, max: 2 }),
    minutes: fc.constant(0),
    costUsd: atMost(2),
  }),
)

const rarely = fc.oneof(
  fc.record({ type: fc.constant('based'), base: commit }),
  fc.record({ type: fc.constant('withdrawn'), by: fc.constant('ada') }),
  fc.record({ type: fc.constant('refused'), detail: fc.constant('no') }),
  fc.record({ type: fc.constant('blocked'), why: fc.constant('no') }),
)

const wishes: fc.Arbitrary<readonly Wish[]> = fc
  .array(
    fc.record({
      after: fc.oneof(
        { weight: 8, arbitrary: atMost(4) },
        { weight: 1, arbitrary: fc.integer({ min: -40, max: 60 }) },
      ),
      turn: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, -1, 1),
      what: fc.oneof(
        { weight: 24, arbitrary: often },
        { weight: 10, arbitrary: seldom },
        { weight: 1, arbitrary: rarely },
      ),
    }),
    { maxLength: 60, size: 'max' },
  )
  .map((rest) => [{ after: 0, turn: 0, what: { type: 'started' } }, ...rest])

type Moment = {
  readonly before: Run
  readonly event: RunEvent | Grant
  readonly step: Step
  /** What was written before it. */
  readonly ledger: readonly Entry[]
  readonly written: readonly Entry[]
}

const policies = fc.constantFrom<Policy>(
  { limits, ci: 'checks', merges: 'nobody' },
  { limits, ci: 'none', merges: 'nobody' },
  { limits, ci: 'checks', merges: 'human' },
  { limits, ci: 'checks', merges: 'auto' },
)

function live(story: readonly Wish[], policy: Policy): readonly Moment[] {
  const moments: Moment[] = []
  let run: Run = queuedRun()
  let ledger: readonly Entry[] = []
  let at = 0
  for (const { after, turn, what } of story) {
    at += after
    const mine = run.state === 'live' ? run.turn.number : 1
    const event = { ...grant, ...what, at, turn: mine + turn } as RunEvent | Grant
    const step: Step =
      event.type === 'granted'
        ? { run, entries: [event], effects: [] }
        : transition(run, event, { policy, budget: budgetOf(ledger) })
    const id = event.type === 'granted' ? null : run.id
    const written = [...ledger, ...step.entries.map((entry) => ({ run: id, what: entry }))]
    moments.push({ before: run, event, step, ledger, written })
    run = step.run
    ledger = written
  }
  return moments
}

const holds = (claim: (moments: readonly Moment[], policy: Policy) => void) =>
  fc.assert(
    fc.property(wishes, policies, (story, policy) => claim(live(story, policy), policy)),
    { numRuns: 200 },
  )
const holdsOfEach = (claim: (moment: Moment, policy: Policy) => void) =>
  holds((moments, policy) => moments.forEach((moment) => claim(moment, policy)))

const lastOf = (moments: readonly Moment[]) => moments.at(-1)!.step.run
const asks = ({ step }: Moment) => step.effects.some(({ type }) => type === 'ask')

test('the stories reach every end, and turns of every charge', () => {
  const reached = new Set<unknown>()
  const stories = fc.sample(fc.tuple(wishes, policies), { numRuns: 2_000, seed: 7 })
  for (const [story, policy] of stories)
    for (const { step } of live(story, policy)) {
      const { run, entries } = step
      reached.add(run.state === 'needs-human' ? run.cause : run.state)
      if (run.state === 'frozen') reached.add(run.ranOut)
      for (const each of entries)
        if (each.type === 'asked') reached.add(`${each.purpose} ${each.charge}`)
    }
  expect([...reached]).toEqual(
    expect.arrayContaining([
      ...['done', 'frozen', 'withdrawn', 'attempts', 'minutes', 'money'],
      ...['question', 'permission', 'agent-error', 'nothing-pushed', 'ci-stuck', 'no-ci'],
      ...['executor-unreachable', 'lost', 'dispatch-failed', 'stalled', 'cost', 'review'],
      ...['implement null', 'implement loss', 'fix attempt', 'fix null', 'fix loss'],
    ]),
  )
})

describe('a run', () => {
  test('rings exactly once if it ends done, needs-human or frozen, and else never', () => {
    holds((moments) => {
      const rings = moments.flatMap(({ step }) =>
        step.effects.filter(({ type }) => type === 'ring'),
      )
      expect(rings).toHaveLength(isTerminal(lastOf(moments)) ? 1 : 0)
    })
  })

  test('is done only at a commit that is on the landing branch', () => {
    holdsOfEach(({ before, step }) => {
      if (step.run.state !== 'done' || before.state !== 'live') return
      const told = step.entries.find(({ type }) => ['pushed', 'merged', 'turn-over'].includes(type))
      expect(before.pushed?.where.is === 'landed' || told !== undefined).toBe(true)
    })
  })

  test('is merged only where its owner wrote so, and while nothing is held', () => {
    holdsOfEach(({ before, step }, { merges }) => {
      if (!step.entries.some(({ type }) => type === 'merging')) return
      expect(merges).toBe('auto')
      expect(before).toMatchObject({ state: 'live', turn: {} })
      expect(step.run).toMatchObject({ isHeld: false, turn: { is: 'over' } })
    })
  })

  test('rings with the step that ends it', () => {
    holdsOfEach(({ before, step }) => {
      const isRung = step.effects.some(({ type }) => type === 'ring')
      expect(isRung).toBe(isTerminal(step.run) && !isEnded(before))
    })
  })

  test('that has ended never changes, writes nothing and does nothing', () => {
    holdsOfEach(({ before, event, step }) => {
      if (!isEnded(before) || event.type === 'granted') return
      expect(step).toEqual({ run: before, entries: [], effects: [] })
      expect(step.run).toBe(before)
    })
  })

  test('ends with one line in the ledger, the last of its own', () => {
    holds((moments) => {
      const { written } = moments.at(-1)!
      const mine = written.filter(({ run }) => run !== null).map(({ what }) => what.type)
      const isOne = mine.indexOf('ended') === mine.length - 1
      expect(mine.includes('ended') ? isOne : !isEnded(lastOf(moments))).toBe(true)
    })
  })

  test('has on the landing branch what its milestones say, and there what CI says if that is red or green', () => {
    holdsOfEach(({ step: { run }, written }) => {
      if (run.state !== 'live') return
      const seen = milestonesOf(run.id, written)
      const last = seen.findLast(({ type }) =>
        ['pushed', 'offered', 'merged', 'gone'].includes(type),
      )
      expect(last && last.type !== 'gone' && 'commit' in last ? last.commit : null).toBe(
        run.pushed?.commit ?? null,
      )
      const { verdict = 'none' } = run.pushed?.checks ?? {}
      if (verdict !== 'red' && verdict !== 'green') return
      const told = seen.findLast((each) => each.type === 'red' || each.type === 'green')
      expect([told?.type, told?.tip]).toEqual([verdict, run.pushed?.tip])
    })
  })

  test('that ends by what CI says of a newer commit says so, and else never', () => {
    holdsOfEach(({ step: { run }, written }, { ci }) => {
      if (run.state !== 'done' && run.state !== 'frozen') return
      if (run.state === 'done' ? ci === 'none' : run.failing.length === 0) return
      const seen = milestonesOf(run.id, written)
      const told = seen.findLast((each) => each.type === 'red' || each.type === 'green')
      expect([told?.type, told?.tip]).toEqual([run.state === 'done' ? 'green' : 'red', run.tip])
    })
  })

  test('keeps who and what it is', () => {
    holdsOfEach(({ step }) =>
      expect(step.run).toMatchObject({ ...baseOfRun(), state: step.run.state }),
    )
  })

  test('that changed has written why, and what is told twice at once says nothing new', () => {
    holdsOfEach(({ before, event, step, written }, policy) => {
      if (event.type === 'granted') return
      if (step.run !== before) expect(step.entries[0]).toBe(event)
      // Nobody tells of a turn that this very step asks.
      if ('turn' in event && before.state === 'live' && event.turn > before.turn.number) return
      const again = transition(step.run, event, { policy, budget: budgetOf(written) })
      expect(again).toEqual({ run: step.run, entries: [], effects: [] })
    })
  })

  test('can be told again from its ledger, to the same run and the same lines', () => {
    holds((moments, policy) => {
      const { written: ledger } = moments.at(-1)!
      let run: Run = queuedRun()
      let again: readonly Entry[] = []
      for (const entry of ledger) {
        const { what } = entry
        if (what.type === 'granted') again = [...again, entry]
        else if (what.type !== 'asked' && what.type !== 'merging' && what.type !== 'ended') {
          const step = transition(run, what, { policy, budget: budgetOf(again) })
          run = step.run
          again = [...again, ...step.entries.map((line) => ({ run: run.id, what: line }))]
        }
      }
      expect(run).toEqual(lastOf(moments))
      expect(again).toEqual(ledger)
    })
  })
})

describe('a turn', () => {
  test('is asked only while none is open, and is the next', () => {
    holdsOfEach((moment) => {
      const { before, event, step } = moment
      if (!asks(moment)) return
      expect(step.run).toMatchObject({ state: 'live', turn: { is: 'asked' } })
      if (before.state !== 'live') return expect(before.state).toBe('queued')
      const { turn } = before
      const isOver = event.type === 'turn-over' && event.turn === turn.number
      expect(turn.is === 'over' || isOver).toBe(true)
      expect(step.run).toMatchObject({ turn: { number: turn.number + 1 } })
    })
  })

  test('is asked exactly where the ledger says so', () => {
    holdsOfEach(({ step }) => {
      const told = step.effects.flatMap((effect) => (effect.type === 'ask' ? [effect.turn] : []))
      const lines = step.entries.flatMap((each) => (each.type === 'asked' ? [each.turn] : []))
      expect(told).toEqual(lines)
    })
  })

  test('is never asked while the run is held', () => {
    holdsOfEach((moment) => {
      if (asks(moment)) expect(moment.step.run).toMatchObject({ isHeld: false })
    })
  })

  test('is asked and charged only while the budget has some left', () => {
    holdsOfEach(({ step, ledger }) => {
      const { attempts, losses, granted } = budgetOf(ledger)
      for (const each of step.entries) {
        if (each.type !== 'asked') continue
        if (each.charge === 'attempt')
          expect(attempts).toBeLessThan(limits.fixForwardAttempts + granted.attempts)
        if (each.charge === 'loss') expect(losses).toBeLessThan(limits.losses)
      }
    })
  })

  test('is never asked with money that is gone', () => {
    holdsOfEach((moment) => {
      const { costUsd, granted } = budgetOf(moment.written)
      const isFirst = moment.before.state === 'queued'
      if (asks(moment) && !isFirst) expect(costUsd).toBeLessThan(limits.costUsd + granted.costUsd)
    })
  })
})

describe('the budget', () => {
  test('used never shrinks, and no line but a grant gives any', () => {
    holds((moments) => {
      const { written } = moments.at(-1)!
      let before = budgetOf([])
      written.forEach((entry, index) => {
        const now = budgetOf(written.slice(0, index + 1))
        for (const used of ['attempts', 'losses', 'costUsd', 'fixMs', 'asOf'] as const)
          expect(now[used]).toBeGreaterThanOrEqual(before[used])
        for (const given of ['attempts', 'ms', 'costUsd'] as const)
          expect(now.granted[given]).toBeGreaterThanOrEqual(before.granted[given])
        if (entry.what.type !== 'granted') expect(now.granted).toEqual(before.granted)
        before = now
      })
    })
  })

  test('is the same where lines are told twice', () => {
    holds((moments) => {
      const { written } = moments.at(-1)!
      const twice = written.flatMap((entry) => (entry.run === null ? [entry] : [entry, entry]))
      expect(budgetOf(twice)).toEqual(budgetOf(written))
    })
  })

  test('has a clock that runs from the first red on, but while held, limited or ended', () => {
    holdsOfEach(({ step: { run }, written }) => {
      const isRed = written.some(
        ({ what }) => what.type === 'checked' && what.checks.verdict === 'red',
      )
      const isStill =
        !isRed || run.state !== 'live' || run.isHeld || phaseOf(run) === 'paused-for-limit'
      const budget = budgetOf(written)
      const later = fixMsAt(budget, budget.asOf + 1_000) - budget.fixMs
      expect(later).toBe(isStill ? 0 : 1_000)
    })
  })
})
