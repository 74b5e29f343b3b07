/** Runs, and what happens to them, for tests of the loop's machine. Instants are counted from 0. */
import { expect, test } from 'vitest'

import { budgetOf } from '../src/run/budget.ts'
import type { Entry, RunEvent, Verdict } from '../src/run/event.ts'
import { LIMITS, type Limits, type Policy } from '../src/run/limits.ts'
import type {
  Beginning,
  Cause,
  In,
  Live,
  Pushed,
  Run,
  RunBase,
  Turn,
  TurnEnd,
  Where,
} from '../src/run/run.ts'
import { type Step, transition } from '../src/run/transition.ts'
import { judge } from '../src/run/verdict.ts'
import { read } from './markdown.ts'

export const minute = 60_000
export const commit = 'a'.repeat(40)

export const policy: Policy = { limits: LIMITS, ci: 'checks', merges: 'nobody' }
export const policyWith = (limits: Partial<Limits>): Policy => {
  return { ...policy, limits: { ...LIMITS, ...limits } }
}

export function queuedRun(
  wish: Partial<RunBase> = {},
  begins: Beginning = { with: 'turn' },
): In<'queued'> {
  return {
    id: 'run_1',
    state: 'queued',
    issue: { repo: 'infra', number: 42 },
    lineage: 'infra#42@main',
    threadId: 'thread_1',
    environmentId: null,
    branch: 'afk/42-1',
    by: 'loop',
    continues: null,
    begins,
    digest: '0'.repeat(64),
    queuedAt: 0,
    ...wish,
  }
}

/** Pushed, and not by a pull request. */
export const landed: Where = { is: 'landed', request: null }

export function baseOfRun(): RunBase {
  const { begins: _, ...base } = queuedRun()
  return base
}

/** Its first turn runs since 0, and nothing else is known. */
export function liveRun(wish: Partial<Live> = {}): In<'live'> {
  return {
    ...baseOfRun(),
    state: 'live',
    base: 'b'.repeat(40),
    turn: running(),
    pushed: null,
    unreachableSince: null,
    isHeld: false,
    ...wish,
  }
}

type TurnWish = Partial<Pick<Turn, 'number' | 'purpose' | 'askedAt'>>

const turn = { number: 1, purpose: 'implement', askedAt: 0 } as const
export const fix = { number: 2, purpose: 'fix' } as const

export const asked = (wish: TurnWish = {}): Turn => {
  return { ...turn, ...wish, is: 'asked', visit: null }
}

export const running = (wish: TurnWish & { readonly seenAt?: number } = {}): Turn => {
  return { ...turn, ...wish, is: 'running', seenAt: wish.seenAt ?? 0 }
}

export const over = (end: TurnEnd, wish: TurnWish & { readonly overAt?: number } = {}): Turn => {
  return { ...turn, ...wish, is: 'over', overAt: wish.overAt ?? 0, end }
}

export const finished: TurnEnd = { how: 'finished', said: 'all is done' }
export const failed: TurnEnd = { how: 'failed', detail: 'exit code 1' }
export const lost: TurnEnd = { how: 'lost' }
export const question: TurnEnd = { how: 'asking', for: 'answer', question: 'Which port?' }
export const permission: TurnEnd = { how: 'asking', for: 'permission', question: 'May I?' }
export const limitedUntil = (until: number): TurnEnd => ({ how: 'limited', until })

export const green: Verdict = { verdict: 'green', passed: ['lint', 'test'] }
export const failing = [{ name: 'test', url: 'https://ci.test/1' }] as const
export const red: Verdict = { verdict: 'red', failing }
export const pending: Verdict = { verdict: 'pending', waitsFor: 'checks' }
export const approval: Verdict = { verdict: 'pending', waitsFor: 'approval' }
export const rerun: Verdict = { verdict: 'pending', waitsFor: 'rerun' }
export const none: Verdict = { verdict: 'none' }

/** Pushed at 0, and CI says so since 0. */
export function pushedWith(checks: Verdict, wish: Partial<Pushed> & { since?: number } = {}) {
  const { since = 0, ...more } = wish
  return { commit, pushedAt: 0, checks: { ...checks, since }, where: landed, ...more }
}

/** A ledger's lines of the run `run_1`. */
export const written = (...lines: ReadonlyArray<Entry['what']>): readonly Entry[] =>
  lines.map((what) => ({ run: what.type === 'granted' ? null : 'run_1', what }))

/** So many fix turns were asked and charged, at 0. */
export const attempts = (count: number, charge: 'attempt' | 'loss' = 'attempt') =>
  written(
    ...Array.from({ length: count }, (_, index) => {
      return { type: 'asked', at: 0, turn: index + 2, purpose: 'fix', charge } as const
    }),
  )

/** CI was red at 0, and the clock of the budget has run since. */
export const redSinceStart = written({ type: 'checked', at: 0, commit, checks: red })

export const grant = { type: 'granted', at: 0, by: 'ada', why: 'try again' } as const

export type Story = {
  readonly run: Run
  readonly ledger: readonly Entry[]
  readonly steps: readonly Step[]
}

type Start = {
  readonly from?: Run
  readonly ledger?: readonly Entry[]
  readonly policy?: Policy
}

/** What becomes of a run after these events, one after the other, with its ledger kept. */
export function after(events: readonly RunEvent[], start: Start = {}): Story {
  const steps: Step[] = []
  let run: Run = start.from ?? queuedRun()
  let ledger = start.ledger ?? []
  for (const event of events) {
    const step = transition(run, event, {
      policy: start.policy ?? policy,
      budget: budgetOf(ledger),
    })
    steps.push(step)
    run = step.run
    ledger = [...ledger, ...step.entries.map((what) => ({ run: step.run.id, what }))]
  }
  return { run, ledger, steps }
}

/** Words of one of the fourteen lines, as docs/verdict.md has them. */
export function line(number: number, words: string): string {
  const page = read('docs/verdict.md')
  const lines = new RegExp(`^${number}\\. (?:.+\\n)(?:    ?.+\\n)*`, 'gm')
  const [, part = ''] = page.split('\n## The fourteen lines\n')
  const [found = ''] = part.match(lines) ?? []
  if (!found.replace(/\s+/g, ' ').includes(words))
    throw new Error(`line ${number} of docs/verdict.md does not say: ${words}`)
  return `${number}. ${words}`
}

type Case = Partial<Live> & {
  readonly now?: number
  readonly isTick?: boolean
  readonly ledger?: readonly Entry[]
  readonly policy?: Policy
}

function judged({ now = 0, isTick = true, ledger = [], policy: mine = policy, ...facts }: Case) {
  return judge(liveRun(facts), { now, isTick, policy: mine, budget: budgetOf(ledger) })
}

export const wait = { type: 'wait' }
export const frozen = (ranOut: string) => {
  return {
    type: 'end',
    end: { state: 'frozen', ranOut, commit, failing, where: landed },
  }
}
export const human = (cause: Cause, facts: { detail?: string; commit?: string | null } = {}) => {
  return { type: 'end', end: { state: 'needs-human', cause, ...facts } }
}

/** A test for each case: a run where these facts hold, at a tick unless it says otherwise, is judged so. */
export function judgesAs(cases: ReadonlyArray<readonly [string, Case, object]>) {
  test.each(cases)('%s', (_, facts, judgement) => {
    expect(judged(facts)).toMatchObject(judgement)
  })
}

/** What was spent is all that may be. */
export const rich = written({ type: 'spent', at: 0, turn: 1, costUsd: 100 })
