import { describe, expect, test } from 'vitest'

import { anHour, failed, jsonl, left, sample } from '../../../test/leftover.ts'
import type { TurnEnd } from '../../run/run.ts'
import { tryAgainAt } from '../turn-end.ts'
import type { Leftover } from './ending.ts'
import { parsers } from './look-at.ts'

describe('Codex', () => {
  const { codex } = parsers

  test.each<[string, Leftover, TurnEnd]>([
    [
      'codex-ok, warnings aside',
      sample('codex-ok'),
      { how: 'finished', said: 'All done: fixed it.' },
    ],
    ['codex-tool', sample('codex-tool'), { how: 'finished', said: 'All done: fixed it.' }],
    ['codex-401', sample('codex-401', 1), failed('unexpected status 401 Unauthorized')],
    [
      'codex-429, until the time it tells, in this zone',
      sample('codex-429', 1),
      { how: 'limited', until: new Date(2030, 0, 23, 18, 8).getTime() },
    ],
    [
      'SIGINT ends the stream',
      left({ code: 1, stdout: jsonl({ type: 'turn.started' }), stderr: 'interrupted' }),
      failed('exit code 1: interrupted'),
    ],
    ['SIGTERM', left({ code: 143 }), failed('exit code 143')],
    [
      'an error, and nothing after it',
      left({ code: 1, stdout: jsonl({ type: 'error', message: 'stream lost' }) }),
      failed('stream lost'),
    ],
    [
      'a limit that tells no time',
      left({ code: 1, stdout: jsonl({ type: 'turn.failed', error: { message: 'status 429' } }) }),
      anHour,
    ],
    [
      'a question',
      left({
        stdout: jsonl(
          { type: 'item.completed', item: { type: 'agent_message', text: 'AFK-Question: why?' } },
          { type: 'turn.completed', usage: {} },
        ),
      }),
      { how: 'asking', for: 'answer', question: 'why?' },
    ],
  ])('%s', (_, leftover, end) => {
    expect(codex(leftover)).toEqual({ end, costUsd: null })
  })

  const noon = new Date(2026, 10, 24, 12).getTime()
  test.each<[string, number | null]>([
    ['try again at 6:08 PM.', noon + 6 * 3_600_000 + 8 * 60_000],
    ['try again at 6:08 AM.', noon + 18 * 3_600_000 + 8 * 60_000],
    ['try again in 2 days 3 hours 5 minutes.', noon + 51 * 3_600_000 + 5 * 60_000],
    ['Please try again in 20 seconds', noon + 20_000],
    ['try again later.', null],
    ['try again at some point, 2030', null],
  ])('%s', (message, instant) => {
    expect(tryAgainAt(message, noon)).toBe(instant)
  })
})
