import { describe, expect, test } from 'vitest'

import { anHour, at, failed, jsonl, left, sample } from '../../../test/leftover.ts'
import type { TurnEnd } from '../../run/run.ts'
import { type Leftover } from './ending.ts'
import { parsers } from './look-at.ts'

describe('OpenCode', () => {
  const { opencode } = parsers
  const step = (reason: string, cost: number) => ({ type: 'step_finish', part: { reason, cost } })
  const words = (text: string) => ({ type: 'text', part: { type: 'text', text } })
  const error = (data: object) => ({ type: 'error', error: { name: 'APIError', data } })
  const limit = { message: 'slow down', statusCode: 429, responseHeaders: { 'retry-after': '90' } }

  test.each<[string, Leftover, TurnEnd, number | null]>([
    ['opencode-ok', sample('opencode-ok'), { how: 'finished', said: 'All done: fixed it.' }, 0],
    ['opencode-401', sample('opencode-401', 1), failed('APIError: bad key'), null],
    ['killed: nothing', left({ code: null, signal: 'SIGKILL' }), failed('SIGKILL'), null],
    ['idle is not success', left(), failed('exit code 0'), null],
    [
      'an error after a step, with exit code 0',
      left({ stdout: jsonl(step('stop', 0.5), error({ message: 'gone' })) }),
      failed('APIError: gone'),
      0.5,
    ],
    [
      'an error that it got over; the cost of all steps',
      left({ stdout: jsonl(step('tool-calls', 0.25), error({}), words('ok'), step('stop', 0.5)) }),
      { how: 'finished', said: 'ok' },
      0.75,
    ],
    [
      'a step that was cut off',
      left({ stdout: jsonl(step('length', 0)) }),
      failed('its last step ended with "length"'),
      0,
    ],
    [
      'a limit with a time',
      left({ code: 1, stdout: jsonl(error(limit)) }),
      { how: 'limited', until: at + 90_000 },
      null,
    ],
    [
      'a limit without one',
      left({ code: 1, stdout: jsonl(error({ message: 'Rate limit' })) }),
      anHour,
      null,
    ],
    [
      'a question',
      left({ stdout: jsonl(words('AFK-Question: why?'), step('stop', 0)) }),
      { how: 'asking', for: 'answer', question: 'why?' },
      0,
    ],
  ])('%s', (_, leftover, end, costUsd) => {
    expect(opencode(leftover)).toEqual({ end, costUsd })
  })
})
