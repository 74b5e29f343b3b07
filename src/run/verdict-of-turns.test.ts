/** The lines 8 to 14 of docs/verdict.md, in their order, each at its edges: what becomes of a turn. */
import { describe } from 'vitest'

import {
  asked,
  attempts,
  commit,
  failed,
  finished,
  fix,
  frozen,
  grant,
  human,
  judgesAs,
  landed,
  limitedUntil,
  line,
  lost,
  minute,
  none,
  over,
  pending,
  permission,
  pushedWith,
  question,
  red,
  rich,
  running,
  wait,
  written,
} from '../../test/runs.ts'

const isRed = pushedWith(red)
const isPending = pushedWith(pending)
const isUnchecked = pushedWith(none)
const isOver = over(finished)
const hour = 60 * minute

describe(line(8, 'A usage limit until T → wait until T, 24 h at most, and go on'), () => {
  const until = (end: number) => ({ turn: over(limitedUntil(end), { overAt: 5 }) })
  const again = { type: 'ask', purpose: 'implement', charge: null }
  const day = 24 * hour
  judgesAs([
    ['1 ms before T: wait', { ...until(hour), now: hour - 1 }, wait],
    ['at T', { ...until(hour), now: hour }, again],
    ['1 ms after T', { ...until(hour), now: hour + 1 }, again],
    ['before a look is through', { ...until(hour), now: hour, isTick: false }, again],
    ['T has passed', { ...until(0), now: 5 }, again],
    ['1 ms before 24 h: wait', { ...until(99 * day), now: day + 4 }, wait],
    ['24 h, T later', { ...until(99 * day), now: day + 5 }, again],
    ['held at T: wait', { ...until(hour), isHeld: true, now: hour }, wait],
    ['a fix goes on as a fix', { turn: over(limitedUntil(0), fix) }, { ...again, purpose: 'fix' }],
    ['pushed and pending', { ...until(0), pushed: isPending, now: 5 }, again],
    ['before 13: wait', { ...until(hour), ledger: rich }, wait],
    [
      'no money left at T: none is asked',
      { ...until(hour), ledger: rich, now: hour },
      human('cost'),
    ],
  ])
})

describe(line(9, 'The executor is unreachable → wait; after 60 min `needs-human`'), () => {
  const away = { unreachableSince: 0, turn: running({ seenAt: hour }) }
  const dead = human('executor-unreachable', {
    detail: 'the executor or the remote did not answer for 60 min',
    commit: null,
  })
  judgesAs([
    ['1 ms before: wait', { ...away, now: hour - 1 }, wait],
    ['at 60 min', { ...away, now: hour }, dead],
    ['1 ms after', { ...away, now: hour + 1 }, dead],
    ['a look is under way: wait', { ...away, now: hour, isTick: false }, wait],
    [
      'a turn that it has not yet',
      { ...away, turn: asked(), now: hour },
      human('executor-unreachable', {
        detail: 'its turn could not be brought to the agent for 60 min',
      }),
    ],
    [
      'what was said of it last',
      { ...away, turn: asked(), now: hour, unreachableWhy: 'GitHub refuses the token' },
      human('executor-unreachable', {
        detail: 'its turn could not be brought to the agent for 60 min: GitHub refuses the token',
      }),
    ],
    [
      'a turn that is over: there is nothing to ask it',
      { unreachableSince: 0, turn: over(question), now: hour },
      human('question'),
    ],
    [
      'what is pushed stays',
      { ...away, pushed: pushedWith(pending, { since: 1 }), now: hour },
      { end: { commit } },
    ],
    ['before 12: wait', { unreachableSince: 45 * minute, now: 99 * minute }, wait],
    ['before 13: wait', { unreachableSince: 0, ledger: rich }, wait],
  ])
})

describe(
  line(
    10,
    'The executor lost the turn, nothing pushed → it is asked again, twice at most, charged apart',
  ),
  () => {
    const gone = { turn: over(lost) }
    const again = { type: 'ask', purpose: 'implement', charge: 'loss' }
    judgesAs([
      ['the first time', gone, again],
      ['the second', { ...gone, ledger: attempts(1, 'loss') }, again],
      [
        'the third',
        { ...gone, ledger: attempts(2, 'loss') },
        human('lost', { detail: 'the executor lost its turn 3 times', commit: null }),
      ],
      ['attempts are charged apart', { ...gone, ledger: attempts(9) }, again],
      ['held: wait', { ...gone, isHeld: true }, wait],
      ['held, the third', { ...gone, isHeld: true, ledger: attempts(2, 'loss') }, human('lost')],
      ['pushed: CI is waited for', { ...gone, pushed: isPending }, wait],
      ['a fix', { turn: over(lost, fix) }, { ...again, purpose: 'fix' }],
      ['no money left: none is asked', { ...gone, ledger: rich }, human('cost')],
    ])
  },
)

describe(
  line(
    11,
    'The turn is over and nothing is pushed, or it asks for something that only a person has',
  ),
  () => {
    judgesAs([
      [
        'it finished',
        { turn: isOver },
        human('nothing-pushed', { detail: 'all is done', commit: null }),
      ],
      [
        'it finished in silence',
        { turn: over({ how: 'finished', said: '' }) },
        human('nothing-pushed', { detail: 'the turn ended without a push' }),
      ],
      [
        'it failed',
        { turn: over(failed) },
        human('agent-error', { detail: 'exit code 1', commit: null }),
      ],
      [
        'it asks',
        { turn: over(question) },
        human('question', { detail: 'Which port?', commit: null }),
      ],
      [
        'it asks for a permission',
        { turn: over(permission) },
        human('permission', { detail: 'May I?' }),
      ],
      ['before a look is through', { turn: isOver, isTick: false }, human('nothing-pushed')],
      [
        'it asks: what is pushed stays',
        { pushed: isPending, turn: over(question) },
        human('question', { commit }),
      ],
      ['it finished, pushed: CI is waited for', { pushed: isPending, turn: isOver }, wait],
      ['it failed, pushed: CI is waited for', { pushed: isPending, turn: over(failed) }, wait],
      ['held all the same', { turn: isOver, isHeld: true }, human('nothing-pushed')],
      ['before 13', { turn: over(question), ledger: rich }, human('question')],
    ])
  },
)

describe(
  line(12, 'No sign of life for 45 min → the agent is stopped; `needs-human`, `stalled`'),
  () => {
    const still = human('stalled', { detail: 'no sign of life for 45 min', commit: null })
    judgesAs([
      ['1 ms before: wait', { now: 45 * minute - 1 }, wait],
      ['at 45 min', { now: 45 * minute }, still],
      ['1 ms after', { now: 45 * minute + 1 }, still],
      ['since its last sign of life', { turn: running({ seenAt: 1 }), now: 45 * minute }, wait],
      ['a look is under way: wait', { now: 45 * minute, isTick: false }, wait],
      ['a turn that the agent has not yet: wait', { turn: asked(), now: 99 * hour }, wait],
      [
        'what is pushed stays',
        { pushed: isPending, now: 45 * minute },
        human('stalled', { commit }),
      ],
      ['held all the same', { isHeld: true, now: 45 * minute }, still],
      ['before 13', { ledger: rich, now: 45 * minute }, still],
    ])
  },
)

describe(
  line(
    13,
    'The spending limit is used up → `frozen` if something is pushed, else `needs-human`, `cost`',
  ),
  () => {
    const spent = (costUsd: number) => written({ type: 'spent', at: 0, turn: 1, costUsd })
    const more = written({ ...grant, attempts: 0, minutes: 0, costUsd: 1 })
    const free = { turn: isOver, ledger: rich }
    judgesAs([
      ['a cent before: wait', { ledger: spent(99.99) }, wait],
      ['at the limit', { ledger: rich }, human('cost', { commit: null })],
      ['over it', { ledger: spent(100.01) }, human('cost')],
      ['a look is under way: wait', { ledger: rich, isTick: false }, wait],
      [
        'pushed',
        { ledger: rich, pushed: isPending },
        { end: { state: 'frozen', where: landed, ranOut: 'money', commit, failing: [] } },
      ],
      ['pushed, the turn over: CI is waited for', { ...free, pushed: isPending }, wait],
      ['pushed, the turn over, no check yet', { ...free, pushed: isUnchecked }, wait],
      [
        'pushed, the turn limited: none is asked at T',
        { ...free, turn: over(limitedUntil(0)), pushed: isPending, now: 5 },
        wait,
      ],
      ['pushed and red: it names the checks', { ledger: rich, pushed: isRed }, frozen('money')],
      ['a person gave a dollar', { ledger: [...rich, ...more] }, wait],
      [
        'a person gave a dollar, and it is gone',
        { ledger: [...spent(101), ...more] },
        human('cost'),
      ],
    ])
  },
)

describe(line(14, 'Else → wait'), () => {
  judgesAs([
    ['it runs', {}, wait],
    ['no agent has it yet', { turn: asked() }, wait],
    ['pushed, and CI is asked', { pushed: isPending, turn: isOver }, wait],
    ['held', { isHeld: true }, wait],
  ])
})
