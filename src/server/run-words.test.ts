import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import {
  approval,
  asked,
  commit,
  failed,
  failing,
  finished,
  fix,
  green,
  landed,
  limitedUntil,
  liveRun,
  lost,
  none,
  over,
  pending,
  permission,
  pushedWith,
  question,
  queuedRun,
  red,
  rerun,
  running,
} from '../../test/runs.ts'
import type { Entry } from '../run/event.ts'
import type { Cause, Ended, Frozen, In, Phase, Run } from '../run/run.ts'
import type { ChoreKind } from '../run/transition.ts'
import { runSummary } from './run-views.ts'
import { checksWords, choreWords, entryWords, standing, turnWords } from './run-words.ts'

const at = 0
const short = 'a'.repeat(12)
const request = { number: 7, url: 'https://forge.test/pull/7' }
const noon = Date.UTC(2026, 0, 1, 12)

const needsHuman = (cause: Cause, detail = 'so it is'): In<'needs-human'> => {
  return {
    ...queuedRun(),
    state: 'needs-human',
    where: null,
    cause,
    detail,
    commit: null,
    endedAt: 0,
  }
}
const frozen = (ranOut: Frozen['ranOut']): In<'frozen'> => {
  return { ...queuedRun(), state: 'frozen', where: landed, ranOut, commit, failing, endedAt: 0 }
}
const done = (...passed: string[]): In<'done'> => {
  return { ...queuedRun(), state: 'done', commit, passed, request: null, endedAt: 0 }
}
const withdrawn: In<'withdrawn'> = {
  ...queuedRun(),
  state: 'withdrawn',
  withdrawnBy: 'ada',
  endedAt: 0,
}

describe('where a run stands', () => {
  const phases = {
    queued: [queuedRun(), 'waits to be started'],
    dispatching: [liveRun({ turn: asked() }), 'its first turn is on its way to the agent'],
    working: [liveRun(), 'the agent works'],
    'paused-for-limit': [
      liveRun({ turn: over(limitedUntil(1)) }),
      'the agent met a usage limit, and goes on after it',
    ],
    checking: [
      liveRun({ turn: over(finished), pushed: pushedWith(pending) }),
      'CI checks what it pushed',
    ],
    fixing: [
      liveRun({ turn: running(fix), pushed: pushedWith(red) }),
      'the agent mends what CI found',
    ],
    done: [done('lint', 'test'), `done: ${short} landed, and CI is green: lint, test`],
    'needs-human': [
      needsHuman('question', 'Which port?'),
      'needs a human: the agent asks a question: Which port?',
    ],
    frozen: [frozen('attempts'), `frozen: its corrective turns are used up at ${short}: test`],
    withdrawn: [withdrawn, 'withdrawn by ada'],
  } satisfies Record<Phase, readonly [Run, string]>

  test.each(Object.entries(phases))('is said of one that is %s', (phase, [run, words]) => {
    expect([runSummary(run).phase, standing(run)]).toEqual([phase, words])
  })
})

describe('how a run ended', () => {
  test('by a pull request is said so', () => {
    const request = { number: 7, url: 'https://forge.test/pull/7' }
    expect(standing({ ...done('test'), request })).toBe(
      `done: ${short} landed by pull request #7, and CI is green: test`,
    )
  })

  test('without a CI is said so', () => {
    expect(standing(done())).toBe(`done: ${short} landed, and there is no CI here`)
  })

  const causes = {
    question: 'the agent asks a question',
    permission: 'the agent asks for a permission',
    'agent-error': 'the agent failed',
    'nothing-pushed': 'the agent ended without a push',
    'ci-stuck': 'CI comes to no end',
    'no-ci': 'no check appeared',
    'executor-unreachable': 'the executor could not be asked',
    lost: 'the executor lost its turns',
    'dispatch-failed': 'its turn was refused',
    stalled: 'the agent gave no sign of life',
    cost: 'its money is used up',
    review: 'its pull request needs a person',
  } satisfies Record<Cause, string>

  test.each(Object.entries(causes))('needing a human for %s says: %s', (cause, words) => {
    expect(standing(needsHuman(cause as Cause))).toBe(`needs a human: ${words}: so it is`)
  })

  const limits = {
    attempts: 'its corrective turns are used up',
    minutes: 'its minutes of mending are used up',
    money: 'its money is used up',
  } satisfies Record<Frozen['ranOut'], string>

  test.each(Object.entries(limits))('frozen for %s says: %s', (ranOut, words) => {
    expect(standing(frozen(ranOut as Frozen['ranOut']))).toContain(words)
  })
})

describe('a line of the ledger', () => {
  type Type = Entry['what']['type']
  type Row = readonly [Entry['what'], string]
  const turn = 1
  const asks = { type: 'asked', at, turn: 2, purpose: 'fix' } as const
  const ends = { type: 'turn-over', at, turn, commit: null } as const
  const checked = { type: 'checked', at, commit } as const
  const ended = (state: Ended['state']) => ({ type: 'ended', at, state }) as const
  const grant = { type: 'granted', at, by: 'ada', why: 'go on', minutes: 0, costUsd: 0 } as const

  const rows = {
    started: [[{ type: 'started', at }, 'it starts']],
    asked: [
      [{ ...asks, turn, purpose: 'implement', charge: null }, 'turn 1 is asked, to do the work'],
      [
        { ...asks, charge: 'attempt' },
        'turn 2 is asked, to mend what CI found; it counts as a corrective turn',
      ],
      [
        { ...asks, charge: 'loss' },
        'turn 2 is asked, to mend what CI found; the executor had lost it',
      ],
    ],
    based: [[{ type: 'based', at, base: commit }, `it works off ${short}`]],
    adopted: [
      [
        { type: 'adopted', at, turn, place: null, environment: null, thread: 'thread_1' },
        'turn 1 is with the agent',
      ],
    ],
    refused: [[{ type: 'refused', at, turn, detail: 'no key' }, 'turn 1 was refused: no key']],
    alive: [[{ type: 'alive', at, turn, seenAt: 0 }, 'turn 1 shows a sign of life']],
    'turn-over': [
      [
        { ...ends, end: finished, commit },
        `turn 1 is over; the agent says: all is done; ${short} landed`,
      ],
      [{ ...ends, end: { how: 'finished', said: ' \n' } }, 'turn 1 is over'],
      [{ ...ends, end: failed }, 'turn 1 failed: exit code 1'],
      [{ ...ends, end: question }, 'turn 1 is over; the agent asks for an answer: Which port?'],
      [{ ...ends, end: permission }, 'turn 1 is over; the agent asks for a permission: May I?'],
      [{ ...ends, end: lost }, 'turn 1 is lost: the executor knows it no more'],
      [
        { ...ends, end: limitedUntil(noon) },
        'turn 1 met a usage limit, until 2026-01-01 12:00 UTC',
      ],
    ],
    spent: [[{ type: 'spent', at, turn, costUsd: 1.5 }, 'turn 1 has cost $1.50 so far']],
    slept: [
      [{ type: 'slept', at, ms: 120_000 }, 'the machine slept for 2 min, which no limit counts'],
    ],
    unreachable: [
      [{ type: 'unreachable', at }, 'the executor cannot be asked'],
      [{ type: 'unreachable', at, detail: 'no answer' }, 'it cannot go on: no answer'],
    ],
    reached: [[{ type: 'reached', at }, 'the executor answers again']],
    pushed: [[{ type: 'pushed', at, commit }, `${short} is on the landing branch`]],
    offered: [[{ type: 'offered', at, commit, request }, `${short} is offered in pull request #7`]],
    merging: [[{ type: 'merging', at, commit }, `its pull request is to be merged at ${short}`]],
    merged: [[{ type: 'merged', at, commit, request }, `pull request #7 is merged, as ${short}`]],
    declined: [[{ type: 'declined', at, request }, 'pull request #7 is closed without a merge']],
    blocked: [
      [
        { type: 'blocked', at, why: 'a review\nis required' },
        'its pull request needs a person: a review is required',
      ],
    ],
    unpushed: [[{ type: 'unpushed', at, commit }, `${short} is on the landing branch no more`]],
    checked: [
      [{ ...checked, checks: none }, `CI has said nothing yet (${short})`],
      [{ ...checked, checks: pending }, `CI runs (${short})`],
      [{ ...checked, checks: rerun }, `CI was cancelled (${short})`],
      [
        { ...checked, checks: green, tip: 'c'.repeat(40) },
        `CI is green at cccccccccccc, which contains it: lint, test (${short})`,
      ],
      [{ ...checked, checks: approval }, `CI waits for a person’s approval (${short})`],
      [{ ...checked, checks: green }, `CI is green: lint, test (${short})`],
      [{ ...checked, checks: red }, `CI is red: test (${short})`],
    ],
    withdrawn: [[{ type: 'withdrawn', at, by: 'ada' }, 'withdrawn by ada']],
    held: [[{ type: 'held', at }, 'paused: no further turn is asked']],
    released: [[{ type: 'released', at }, 'no longer paused']],
    tick: [[{ type: 'tick', at }, 'a time limit has passed']],
    ended: [
      [ended('done'), 'it ended: done'],
      [ended('needs-human'), 'it ended: needs a human'],
      [ended('frozen'), 'it ended: frozen'],
      [ended('withdrawn'), 'it ended: withdrawn'],
    ],
    granted: [
      [{ ...grant, attempts: 1 }, 'ada granted 1 corrective turn: go on'],
      [
        { ...grant, attempts: 2, minutes: 0.25, costUsd: 5 },
        'ada granted 2 corrective turns, 0.3 min, $5.00: go on',
      ],
      [{ ...grant, attempts: 0 }, 'ada granted nothing: go on'],
    ],
  } satisfies Record<Type, readonly Row[]>

  const all: readonly Row[] = Object.values(rows).flat()

  test.each(all)('is in plain words: $1', (what, words) => {
    expect(entryWords(what)).toBe(words)
  })

  test('is of its own type in each row', () => {
    for (const [type, told] of Object.entries(rows))
      expect(told.map(([what]) => what.type)).toEqual(told.map(() => type))
  })
})

describe('a turn', () => {
  test.each([
    [asked(), 'turn 1, to do the work, is on its way to the agent'],
    [running(), 'turn 1, to do the work, is with the agent'],
    [over(failed, fix), 'turn 2, to mend what CI found, failed: exit code 1'],
  ])('is told by where it is: %#', (turn, words) => {
    expect(turnWords(turn)).toBe(words)
  })
})

test('every chore says what it does', () => {
  const kinds = {
    'mark-issue': /mark the issue/,
    'stop-agent': /end all of the agent/,
    'tell-issue': /tell the issue/,
    'tidy-worktree': /worktree/,
    'free-slot': /next run/,
  } satisfies Record<ChoreKind, RegExp>
  for (const [kind, words] of Object.entries(kinds))
    expect(choreWords[kind as ChoreKind]).toMatch(words)
})

describe('text of somebody else', () => {
  const isOneSafeLine = (text: string) =>
    !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(text) &&
    text.isWellFormed() &&
    new TextEncoder().encode(text).length < 1_100

  const everywhere = (text: string): readonly string[] => [
    standing(needsHuman('question', text)),
    standing({ ...withdrawn, withdrawnBy: text }),
    standing(done(text, text)),
    standing({ ...frozen('money'), failing: [{ name: text, url: text }] }),
    turnWords(over({ how: 'asking', for: 'answer', question: text })),
    checksWords({ verdict: 'red', failing: [{ name: text, url: null }] }),
    entryWords({ type: 'refused', at, turn: 1, detail: text }),
    entryWords({ type: 'withdrawn', at, by: text }),
    entryWords({
      type: 'granted',
      at,
      by: text,
      why: text,
      attempts: 1,
      minutes: 0,
      costUsd: 0,
    }),
    entryWords({
      type: 'turn-over',
      at,
      turn: 1,
      end: { how: 'finished', said: text },
      commit: text,
    }),
  ]

  test('stays one line, drives no terminal and is cut, wherever it stands', () => {
    fc.assert(
      fc.property(hostileText, (text) =>
        [...everywhere(text), ...everywhere(text.repeat(50))].every(isOneSafeLine),
      ),
    )
  })
})
