import { describe, expect, test } from 'vitest'

import { failed, jsonl, left } from '../../../test/leftover.ts'
import type { TurnEnd } from '../../run/run.ts'
import { SAID_MAX } from '../turn-end.ts'
import type { Leftover } from './ending.ts'
import { parsers } from './look-at.ts'

describe('a command of the owner’s own', () => {
  const { none } = parsers

  test.each<[string, Partial<Leftover>, TurnEnd]>([
    ['exit 0 is finished', { stdout: 'all is well\n' }, { how: 'finished', said: 'all is well' }],
    ['silence, too', {}, { how: 'finished', said: '' }],
    ['an exit code', { code: 3, stderr: 'one\ntwo\n\n' }, failed('exit code 3: two')],
    ['a signal', { code: null, signal: 'SIGKILL' }, failed('ended by SIGKILL')],
    [
      'a command that did not start',
      { code: null, fault: 'ENOENT' },
      failed('did not start: ENOENT'),
    ],
    [
      'lost output',
      { code: 1, fault: '7 bytes (ENOSPC)' },
      failed('exit code 1: 7 bytes (ENOSPC)'),
    ],
    [
      'a question in the last line',
      { stdout: 'I wonder.\n**AFK-Question:** which colour?\n\n' },
      { how: 'asking', for: 'answer', question: 'which colour?' },
    ],
    [
      'a question before the last line is none',
      { stdout: 'AFK-Question: which?\nnever mind' },
      { how: 'finished', said: 'AFK-Question: which?\nnever mind' },
    ],
    [
      'a question without words is none',
      { stdout: 'AFK-Question:' },
      { how: 'finished', said: 'AFK-Question:' },
    ],
    [
      'a question and an error is an error',
      { code: 1, stdout: 'AFK-Question: x' },
      failed('exit code 1'),
    ],
    [
      'escapes',
      { stdout: '\u001b[31mred\u001b[0m\r\n\u202eevil' },
      { how: 'finished', said: 'red\nevil' },
    ],
  ])('%s', (_, more, end) => {
    expect(none(left(more))).toEqual({ end, costUsd: null })
  })

  test('only the end of much output is kept', () => {
    const { end } = none(left({ stdout: `${'x'.repeat(9_000)}the end` }))
    if (end.how !== 'finished') throw new Error(end.how)
    expect(end.said).toHaveLength(SAID_MAX)
    expect(end.said).toMatch(/the end$/)
  })
})

describe.each(['none', 'claude-code', 'codex', 'opencode'] as const)(
  'hostile output, %s',
  (preset) => {
    test.each<[string, string]>([
      ['null', 'null\n{"type":null}\n[]\n"x"\n{'],
      ['wrong types', jsonl({ type: 'result', is_error: 'no', subtype: 1, total_cost_usd: 'all' })],
      ['wrong parts', jsonl({ type: 'step_finish', part: 7 }, { type: 'turn.failed', error: 'x' })],
      [
        'wrong denials',
        jsonl({
          type: 'result',
          subtype: 'success',
          is_error: false,
          permission_denials: [7, null],
        }),
      ],
      ['a lone surrogate', '\ud800'],
    ])('%s is judged without a crash, and nothing in it costs', (_, stdout) => {
      const { end, costUsd } = parsers[preset](left({ stdout, code: 1 }))
      expect(['failed', 'asking', 'finished']).toContain(end.how)
      expect(costUsd).toBeNull()
    })
  },
)
