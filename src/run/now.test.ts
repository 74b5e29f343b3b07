import { expect, test } from 'vitest'

import {
  approval,
  asked,
  finished,
  fix,
  green,
  limitedUntil,
  liveRun,
  minute,
  none,
  over,
  pending,
  policy,
  pushedWith,
  queuedRun,
  red,
  rerun,
  running,
} from '../../test/runs.ts'
import { nowOf } from './now.ts'
import type { Live } from './run.ts'

const day = 24 * 60 * minute

test.each<readonly [Partial<Live>, string]>([
  [{ turn: asked() }, 'turn 1 is on its way to the agent'],
  [{ turn: running() }, 'the agent works'],
  [{ turn: running(fix), pushed: pushedWith(red) }, 'the agent mends what CI found; CI is red'],
  [
    { turn: over(finished), pushed: pushedWith(none) },
    'the agent’s turn is over; CI has said nothing yet',
  ],
  [{ turn: running(), pushed: pushedWith(pending) }, 'the agent works; CI runs'],
  [{ turn: running(), pushed: pushedWith(rerun) }, 'the agent works; CI was cancelled'],
  [
    { turn: running(), pushed: pushedWith(pending, { tip: 'c'.repeat(40) }) },
    'the agent works; CI runs at a newer commit, which contains it',
  ],
  [{ turn: running(), pushed: pushedWith(green) }, 'the agent works; CI is green'],
  [
    { turn: over(finished), pushed: pushedWith(approval) },
    'the agent’s turn is over; CI waits for a person’s approval',
  ],
  [
    { turn: over(limitedUntil(90 * minute)) },
    'a usage limit holds the agent until 1970-01-01 01:30 UTC',
  ],
  // No longer than it is waited for.
  [{ turn: over(limitedUntil(9e20)) }, 'a usage limit holds the agent until 1970-01-02 00:00 UTC'],
  [{ isHeld: true }, 'the agent works; paused, so that no further turn is asked'],
  [{ unreachableSince: 3 * day }, 'the agent works; the executor cannot be asked'],
])('a run under way, of which %j is known: %s', (facts, words) => {
  expect(nowOf(liveRun(facts), policy)).toBe(words)
})

test('a run that is queued waits', () => {
  expect(nowOf(queuedRun(), policy)).toBe('it waits to be started')
})

test('where there is no CI, nothing is said of it', () => {
  const run = liveRun({ pushed: pushedWith(none) })
  expect(nowOf(run, { ...policy, ci: 'none' })).toBe('the agent works')
})
