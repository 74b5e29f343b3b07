import { describe, expect, test } from 'vitest'

import {
  asked,
  attempts,
  commit,
  failing,
  finished,
  fix,
  grant,
  landed,
  limitedUntil,
  liveRun,
  minute,
  over,
  pending,
  pushedWith,
  queuedRun,
  red,
  redSinceStart,
  running,
  written,
} from '../../test/runs.ts'
import { LIMITS } from '../run/limits.ts'
import type { Phase, Run } from '../run/run.ts'
import { runSummary, type RunStory, runView } from '../server/run-views.ts'
import { runLine, runStoryLines, scopeName } from './run-lines.ts'

const now = new Date(0)
const midnight = now.toTimeString().slice(0, 8)
const base = queuedRun({ issue: { repo: 'infra', number: 42, title: 'Make it work' } })

const links = { link: () => null }
const around = { ledger: [], chores: [], limits: LIMITS, links, now: 0 }

const story = (run: Run, more: Partial<RunStory> = {}) =>
  runStoryLines(runView({ run, ...around, ...more }), now)

describe('a run in a list', () => {
  const ended = { ...base, commit, endedAt: 0 } as const
  const phases = {
    queued: [base, 'waits to be started'],
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
    done: [
      { ...ended, state: 'done', passed: ['test'], request: null },
      'done: aaaaaaaaaaaa landed, and CI is green: test',
    ],
    'needs-human': [
      { ...ended, state: 'needs-human', where: null, cause: 'question', detail: 'Which port?' },
      'needs a human: the agent asks a question: Which port?',
    ],
    frozen: [
      { ...ended, state: 'frozen', where: landed, ranOut: 'minutes', failing: [] },
      'frozen: its minutes of mending are used up at aaaaaaaaaaaa',
    ],
    withdrawn: [
      { ...base, state: 'withdrawn', withdrawnBy: 'ada', endedAt: 0 },
      'withdrawn by ada',
    ],
  } satisfies Record<Phase, readonly [Run, string]>

  test.each(Object.entries(phases))('that is %s is one line', (_, [run, words]) => {
    const titled = { ...run, issue: base.issue }
    expect(runLine(runSummary(titled), now)).toBe(
      `${midnight}  run_1  infra#42  ${words}  (Make it work)`,
    )
  })

  test('says that it is paused', () => {
    expect(runLine(runSummary(liveRun({ isHeld: true })), now)).toBe(
      `${midnight}  run_1  infra#42  the agent works; paused`,
    )
  })
})

describe('the story of a run', () => {
  test('under way: what is known, what happened, and what must follow', () => {
    const run = { ...liveRun({ turn: running(fix), pushed: pushedWith(red) }), issue: base.issue }
    const ledger = [
      ...redSinceStart,
      ...attempts(1),
      ...written({ ...grant, attempts: 3, minutes: 0, costUsd: 0 }),
    ]
    const chore = { id: 1, run: 'run_1', tries: 2, detail: 'somebody edits the issue' } as const
    const chores = [{ ...chore, kind: 'mark-issue', isDone: false }] as const
    expect(story(run, { ledger, chores, now: 12 * minute })).toEqual([
      'infra#42  Make it work',
      '',
      `run_1, queued ${midnight} by loop`,
      '  phase    fixing: the agent mends what CI found',
      '  failing  test: https://ci.test/1',
      `  turn     turn 2, to mend what CI found, is with the agent; last sign of life ${midnight}`,
      `  pushed   ${commit} at ${midnight}; CI is red: test`,
      '  budget   used 1 of 5 and 3 granted corrective turns, 12 of 60 min (the clock runs), $0.00 of $100.00',
      '  branch   afk/42-1',
      '  thread   thread_1',
      '',
      `  ${midnight}  CI is red: test (aaaaaaaaaaaa)`,
      `  ${midnight}  turn 2 is asked, to mend what CI found; it counts as a corrective turn`,
      `  ${midnight}  ada granted 3 corrective turns: try again`,
      '',
      '  due   mark the issue as worked on (2 tries): somebody edits the issue',
    ])
  })

  test('that has ended: how, at which commit, and the whole of a long detail', () => {
    const detail = 'word '.repeat(200).trim()
    const run = {
      ...base,
      state: 'needs-human',
      where: null,
      cause: 'question',
      detail,
      commit,
      endedAt: 0,
    }
    const lines = story(run as Run)
    expect(lines).toContain(`  detail   ${detail}`)
    expect(lines).toContain(`  commit   ${commit}`)
    expect(lines[3]).toMatch(/^ {2}ended {4}\S+, needs a human: the agent asks a question: .*…$/)
  })

  test('that froze names each check that fails, with its address', () => {
    const run = {
      ...base,
      state: 'frozen',
      where: landed,
      ranOut: 'money',
      commit,
      failing,
      endedAt: 0,
    } as const
    expect(story(run)).toContain('  failing  test: https://ci.test/1')
  })

  test('goes on from another, and says what cannot be asked, and what was lost', () => {
    const run = { ...liveRun({ unreachableSince: 0 }), continues: 'run_0' }
    const lines = story(run, { ledger: attempts(1, 'loss'), limits: undefined }).join('\n')
    expect(lines).toContain(`  executor could not be asked since ${midnight}`)
    expect(lines).toContain('  goes on  from run_0')
    expect(lines).toContain('used 0 corrective turns, 0 min, $0.00, 1 lost turn')
  })

  test('names the address of its thread where there is one', () => {
    const lines = story(base, { links: { baseUrl: 'https://t3.test' } })
    expect(lines).toContain('  link     https://t3.test/?thread=thread_1')
    expect(story(base).filter((line) => line.startsWith('  link'))).toEqual([])
  })

  test('tells the last sign of life between two things that happened, and the last cost', () => {
    const alive = (seenAt: number) => ({ type: 'alive', at: 0, turn: 1, seenAt }) as const
    const spent = (costUsd: number) => ({ type: 'spent', at: 0, turn: 1, costUsd }) as const
    const ledger = written(
      alive(1),
      spent(1),
      alive(2),
      spent(2),
      { type: 'held', at: 0 },
      alive(3),
      alive(4),
    )
    const said = story(base, { ledger }).filter((line) => line.includes(midnight))
    expect(said.slice(1).map((line) => line.slice(midnight.length + 4))).toEqual([
      'turn 1 shows a sign of life',
      'turn 1 has cost $2.00 so far',
      'paused: no further turn is asked',
      'turn 1 shows a sign of life',
    ])
  })
})

test('everything is called so', () => {
  expect([scopeName('*'), scopeName('infra')]).toEqual(['everything', 'infra'])
})
