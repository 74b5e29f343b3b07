/** What stands of a run, by its ledger. That it agrees with the run: `properties.test.ts`. */
import { expect, test } from 'vitest'

import { commit, failing, finished, green, grant, pending, red, written } from '../../test/runs.ts'
import type { Entry } from './event.ts'
import { type Milestone, milestonesOf } from './milestones.ts'

type Lines = ReadonlyArray<Entry['what']>

const at = 0
const other = 'c'.repeat(40)
const more = [...failing, { name: 'lint', url: null }]

const asked = (turn: number, charge: 'attempt' | 'loss' | null): Entry['what'] => {
  return { type: 'asked', at, turn, purpose: turn === 1 ? 'implement' : 'fix', charge }
}
const adopted = (place: string | null): Entry['what'] => ({
  type: 'adopted',
  at,
  turn: 1,
  place,
  environment: null,
  thread: 'thread_1',
})
const over = (turn: number, landed: string | null): Entry['what'] => {
  return { type: 'turn-over', at, turn, end: finished, commit: landed }
}
const pushed: Entry['what'] = { type: 'pushed', at, commit }
const unpushed: Entry['what'] = { type: 'unpushed', at, commit }
const checked = (checks: typeof red, of = commit) => {
  return { type: 'checked', at, commit: of, checks } as const
}

const request = { number: 7, url: 'https://forge.test/pull/7' }
const offered: Entry['what'] = { type: 'offered', at, commit, request }
const merged: Entry['what'] = { type: 'merged', at, commit: other, request }

const isOffered: Milestone = { type: 'offered', commit, request }
const isPushed: Milestone = { type: 'pushed', commit }
const isRed: Milestone = { type: 'red', failing }
const isGreen: Milestone = { type: 'green', passed: ['lint', 'test'] }

const cases: ReadonlyArray<readonly [string, Lines, readonly Milestone[]]> = [
  ['nothing', [], []],
  ['an agent that was only asked', [{ type: 'started', at }, asked(1, null)], []],
  ['a place', [adopted('/places/run_1')], [{ type: 'worktree' }]],
  ['a place that nobody can name', [adopted(null)], []],
  ['a place of several turns', [adopted('/a'), adopted('/a')], [{ type: 'worktree' }]],
  ['a push', [pushed], [isPushed]],
  ['a push seen when its turn was over', [asked(1, null), over(1, commit)], [isPushed]],
  ['the same push twice', [asked(1, null), pushed, over(1, commit)], [isPushed]],
  ['the end of a turn before', [asked(1, null), asked(2, 'loss'), over(1, commit)], []],
  ['a turn that pushed nothing', [asked(1, null), over(1, null)], []],
  ['a red', [pushed, checked(red)], [isPushed, isRed]],
  [
    'a red at a newer commit, which is green in the end',
    [pushed, { ...checked(red), tip: other }, { ...checked(green), tip: other }],
    [isPushed, { ...isRed, tip: other }, { ...isGreen, tip: other }],
  ],
  [
    'an offer that is green, merged and green again',
    [offered, checked(green), merged, checked(green, other)],
    [isOffered, isGreen, { type: 'merged', commit: other, request }, isGreen],
  ],
  [
    'an offer that is told twice, and closed',
    [offered, offered, { type: 'declined', at, request }],
    [isOffered, { type: 'declined', request }],
  ],
  [
    'more that is red',
    [pushed, checked(red), checked(pending), checked({ verdict: 'red', failing: more })],
    [isPushed, { type: 'red', failing: more }],
  ],
  ['checks that run', [pushed, checked(pending), checked({ verdict: 'none' })], [isPushed]],
  ['the checks of another commit', [pushed, checked(red, other)], [isPushed]],
  ['the checks of nothing', [checked(green)], []],
  ['one that flaps', [pushed, checked(red), checked(green)], [isPushed, isRed, isGreen]],
  [
    'one mended',
    [pushed, checked(red), asked(2, 'attempt'), over(2, other), checked(green, other)],
    [isPushed, isRed, { type: 'fix', number: 1 }, { type: 'pushed', commit: other }, isGreen],
  ],
  [
    'corrective turns, of which one was lost and one met a limit',
    [asked(2, 'attempt'), asked(3, 'loss'), asked(4, 'attempt'), asked(5, null)],
    [
      { type: 'fix', number: 1 },
      { type: 'fix', number: 2 },
    ],
  ],
  ['a force-push', [pushed, unpushed], [isPushed, { type: 'gone', commit }]],
  ['red at what is gone', [pushed, unpushed, checked(red)], [isPushed, { type: 'gone', commit }]],
  [
    'what came back',
    [pushed, checked(red), unpushed, pushed, checked(red)],
    [isPushed, isRed, { type: 'gone', commit }, isPushed, isRed],
  ],
  ['a force-push of another commit', [pushed, { ...unpushed, commit: other }], [isPushed]],
  ['a grant', [{ ...grant, attempts: 1, minutes: 0, costUsd: 0 }], []],
]

test.each(cases)('of %s', (_, lines, milestones) => {
  expect(milestonesOf('run_1', written(...lines))).toEqual(milestones)
})

test('of another run are none of this one’s', () => {
  expect(milestonesOf('run_2', written(pushed, checked(red)))).toEqual([])
})
