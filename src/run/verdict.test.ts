/** The lines 3 to 7 of docs/verdict.md, in their order, each at its edges: what becomes of a commit. */
import { describe } from 'vitest'

import {
  approval,
  asked,
  attempts,
  commit,
  failed,
  finished,
  fix,
  frozen,
  grant,
  green,
  human,
  judgesAs,
  limitedUntil,
  line,
  lost,
  minute,
  none,
  over,
  pending,
  policy,
  policyWith,
  pushedWith,
  question,
  red,
  redSinceStart,
  rerun,
  rich,
  running,
  wait,
  written,
} from '../../test/runs.ts'
import type { Policy } from './limits.ts'

const done = { type: 'end', end: { state: 'done', commit, passed: ['lint', 'test'] } }
const askFix = { type: 'ask', purpose: 'fix', charge: 'attempt' }
const isGreen = pushedWith(green)
const isRed = pushedWith(red)
const isPending = pushedWith(pending)
const isOver = over(finished)
const fixRuns = running(fix)
const fixOver = over(finished, fix)
const tip = 'd'.repeat(40)
const hour = 60 * minute

describe(line(3, 'Pushed, CI green → `done`, once the turn is over or 10 min have passed'), () => {
  const runs = running({ seenAt: 10 * minute })
  judgesAs([
    ['the turn is over', { pushed: isGreen, turn: isOver }, done],
    ['it runs: wait', { pushed: isGreen }, wait],
    ['1 ms before: wait', { pushed: isGreen, turn: runs, now: 10 * minute - 1 }, wait],
    ['at 10 min', { pushed: isGreen, turn: runs, now: 10 * minute }, done],
    ['1 ms after', { pushed: isGreen, turn: runs, now: 10 * minute + 1 }, done],
    ['a look is under way: wait', { pushed: isGreen, now: 10 * minute, isTick: false }, wait],
    ['a fix that no agent has yet: wait', { pushed: isGreen, turn: asked(fix) }, wait],
    ['a turn that failed after all', { pushed: isGreen, turn: over(failed) }, done],
    ['a turn that asks', { pushed: isGreen, turn: over(question) }, done],
    ['a turn that was lost', { pushed: isGreen, turn: over(lost) }, done],
    ['a usage limit', { pushed: isGreen, turn: over(limitedUntil(hour)) }, done],
    ['before 4: no budget left', { pushed: isGreen, turn: fixOver, ledger: attempts(5) }, done],
    ['before 9', { pushed: isGreen, unreachableSince: 0, now: hour }, done],
    ['before 12: a silent turn', { pushed: isGreen, now: 99 * hour }, done],
    ['before 13', { pushed: isGreen, turn: isOver, ledger: rich }, done],
    ['before 13: wait', { pushed: isGreen, ledger: rich }, wait],
    ['held', { pushed: isGreen, turn: isOver, isHeld: true }, done],
  ])

  describe('Where the owner wrote `ci: none`, landing counts as green', () => {
    const bare: Policy = { ...policy, ci: 'none' }
    const landed = pushedWith(none, { pushedAt: minute })
    const proven = { type: 'end', end: { state: 'done', commit, passed: [], request: null } }
    judgesAs([
      ['the turn is over', { policy: bare, pushed: landed, turn: isOver }, proven],
      ['it runs: wait', { policy: bare, pushed: landed, now: 11 * minute - 1 }, wait],
      ['10 min after it landed', { policy: bare, pushed: landed, now: 11 * minute }, proven],
      ['nothing landed', { policy: bare, turn: isOver }, human('nothing-pushed')],
    ])
  })
})

const budgetGone = 'CI red, the budget used up (attempts or minutes, at or over) → `frozen`'

describe(line(4, budgetGone), () => {
  const four = { pushed: isRed, turn: fixOver, ledger: attempts(4) }
  const five = { ...four, ledger: attempts(5) }
  const slow = { pushed: isRed, turn: running({ ...fix, seenAt: hour }), ledger: redSinceStart }
  const more = written({ ...grant, attempts: 1, minutes: 1, costUsd: 0 })
  judgesAs([
    ['4 of 5 attempts: not yet', four, askFix],
    ['5 of 5', five, frozen('attempts')],
    ['6 of 5', { ...five, ledger: attempts(6) }, frozen('attempts')],
    [
      'none allowed',
      { ...four, ledger: [], policy: policyWith({ fixForwardAttempts: 0 }) },
      frozen('attempts'),
    ],
    ['5 of 5 before a look is through', { ...five, isTick: false }, frozen('attempts')],
    ['a person gave one more', { ...five, ledger: [...attempts(5), ...more] }, askFix],
    ['losses are charged apart', { ...five, ledger: attempts(9, 'loss') }, askFix],
    ['the last attempt is open: wait', { ...five, turn: fixRuns }, wait],
    ['the last attempt is not with the agent yet: wait', { ...five, turn: asked(fix) }, wait],
    ['1 ms before 60 min: wait', { ...slow, now: hour - 1 }, wait],
    ['at 60 min, with the turn open', { ...slow, now: hour }, frozen('minutes')],
    ['1 ms after', { ...slow, now: hour + 1 }, frozen('minutes')],
    ['60 min, the turn over', { ...slow, turn: fixOver, now: hour }, frozen('minutes')],
    [
      '60 min, the last attempt open',
      { ...slow, ledger: [...redSinceStart, ...attempts(5)], now: hour },
      frozen('minutes'),
    ],
    ['60 min, a look under way: wait', { ...slow, turn: fixOver, now: hour, isTick: false }, wait],
    [
      'a person gave a minute: 1 ms before',
      { ...slow, ledger: [...redSinceStart, ...more], now: 61 * minute - 1 },
      wait,
    ],
    [
      'a person gave a minute: after it',
      { ...slow, ledger: [...redSinceStart, ...more], now: 61 * minute },
      frozen('minutes'),
    ],
    ['before 5: held', { ...five, isHeld: true }, frozen('attempts')],
    ['before 9', { ...slow, unreachableSince: 0, now: hour }, frozen('minutes')],
    ['before 11: asking', { ...five, turn: over(question, fix) }, frozen('attempts')],
    [
      'before 11: asking, by minutes',
      { ...slow, turn: over(question, fix), now: hour },
      frozen('minutes'),
    ],
    ['before 12', { ...slow, turn: fixRuns, now: hour }, frozen('minutes')],
    ['before 13', { ...five, ledger: [...attempts(5), ...rich] }, frozen('attempts')],
  ])
})

describe(line(5, 'Pushed, CI red, budget left → one fix turn'), () => {
  const limited = over(limitedUntil(minute), fix)
  judgesAs([
    ['the first turn is over', { pushed: isRed, turn: isOver }, askFix],
    ['before a look is through', { pushed: isRed, turn: isOver, isTick: false }, askFix],
    ['the first turn failed', { pushed: isRed, turn: over(failed) }, askFix],
    ['it runs: wait', { pushed: isRed }, wait],
    ['a fix is open: wait', { pushed: isRed, turn: fixRuns, ledger: attempts(1) }, wait],
    ['a fix that changed nothing', { pushed: isRed, turn: fixOver, ledger: attempts(1) }, askFix],
    ['its thread is gone', { pushed: isRed, turn: over(lost, fix), ledger: attempts(1) }, askFix],
    ['held: wait', { pushed: isRed, turn: isOver, isHeld: true }, wait],
    [
      'one that asks → 11',
      { pushed: isRed, turn: over(question, fix) },
      human('question', { commit }),
    ],
    ['a usage limit: wait', { pushed: isRed, turn: limited, now: minute - 1 }, wait],
    [
      'a fix that met one goes on',
      { pushed: isRed, turn: limited, now: minute },
      { ...askFix, charge: null },
    ],
    [
      'also where it was the last',
      { pushed: isRed, turn: limited, now: minute, ledger: attempts(5) },
      { ...askFix, charge: null },
    ],
    ['a first turn that met one', { pushed: isRed, turn: over(limitedUntil(0)) }, askFix],
    [
      'before 10: no losses left',
      { pushed: isRed, turn: over(lost, fix), ledger: attempts(2, 'loss') },
      askFix,
    ],
    [
      'while it is open, 9 watches it',
      { pushed: isRed, turn: fixRuns, unreachableSince: 0, now: hour },
      human('executor-unreachable', { commit }),
    ],
    [
      'while it is open, 12 watches it',
      { pushed: isRed, turn: fixRuns, now: 45 * minute },
      human('stalled', { commit }),
    ],
    [
      'while it is open, 13 watches it',
      { pushed: isRed, turn: fixRuns, ledger: rich },
      frozen('money'),
    ],
    [
      'no money left: none is asked',
      { pushed: isRed, turn: isOver, ledger: rich },
      frozen('money'),
    ],
    [
      'no money left, a look under way',
      { pushed: isRed, turn: isOver, ledger: rich, isTick: false },
      wait,
    ],
  ])
})

describe(
  line(6, "the checks pending for 60 min, or waiting for a person's approval → `needs-human`"),
  () => {
    const stuck = human('ci-stuck', { detail: 'the checks are pending for 60 min', commit })
    const cancelled = human('ci-stuck', {
      detail: 'the checks are pending for 60 min: they were cancelled',
    })
    const elsewhere = human('ci-stuck', {
      detail: 'the checks at dddddddddddd, which contains it, are pending for 60 min',
    })
    const unapproved = pushedWith(approval)
    const runs = running({ seenAt: hour })
    judgesAs([
      ['1 ms before: wait', { pushed: isPending, turn: isOver, now: hour - 1 }, wait],
      ['at 60 min', { pushed: isPending, turn: isOver, now: hour }, stuck],
      ['1 ms after', { pushed: isPending, turn: isOver, now: hour + 1 }, stuck],
      ['all cancelled', { pushed: pushedWith(rerun), turn: isOver, now: hour }, cancelled],
      ['judged elsewhere', { pushed: pushedWith(pending, { tip }), now: hour }, elsewhere],
      ['while the turn runs', { pushed: isPending, turn: runs, now: hour }, stuck],
      [
        'a look is under way: wait',
        { pushed: isPending, turn: isOver, now: hour, isTick: false },
        wait,
      ],
      [
        'since they were pending, not since the push',
        { pushed: pushedWith(pending, { since: 1 }), turn: isOver, now: hour },
        wait,
      ],
      [
        'an approval, at once',
        { pushed: unapproved, isTick: false },
        human('ci-stuck', { detail: 'the checks wait for a person’s approval', commit }),
      ],
      ['before 8', { pushed: unapproved, turn: over(limitedUntil(hour)) }, human('ci-stuck')],
      ['before 9', { pushed: isPending, unreachableSince: 0, now: hour }, stuck],
      ['before 11', { pushed: unapproved, turn: over(question) }, human('ci-stuck')],
      ['before 12', { pushed: isPending, now: hour }, stuck],
      ['before 13', { pushed: unapproved, ledger: rich }, human('ci-stuck')],
      [
        'no minutes left, but not red: wait',
        {
          pushed: pushedWith(pending, { since: hour }),
          turn: fixOver,
          ledger: redSinceStart,
          now: 90 * minute,
        },
        wait,
      ],
    ])
  },
)

describe(line(7, 'Pushed, no check within 10 min → `needs-human`, `no-ci`'), () => {
  const bare = pushedWith(none)
  const noCi = human('no-ci', { detail: 'no check appeared in 10 min', commit })
  judgesAs([
    ['1 ms before: wait', { pushed: bare, turn: isOver, now: 10 * minute - 1 }, wait],
    ['at 10 min', { pushed: bare, turn: isOver, now: 10 * minute }, noCi],
    ['1 ms after', { pushed: bare, turn: isOver, now: 10 * minute + 1 }, noCi],
    ['while the turn runs', { pushed: bare, now: 10 * minute }, noCi],
    ['a look is under way: wait', { pushed: bare, now: 10 * minute, isTick: false }, wait],
    ['before 8', { pushed: bare, turn: over(limitedUntil(hour)), now: 10 * minute }, noCi],
    ['before 9', { pushed: bare, unreachableSince: 0, now: 10 * minute }, noCi],
    ['before 11', { pushed: bare, turn: over(question), now: 10 * minute }, noCi],
    ['before 12', { pushed: bare, now: 50 * minute }, human('no-ci')],
    ['before 13', { pushed: bare, ledger: rich, now: 10 * minute }, noCi],
  ])
})
