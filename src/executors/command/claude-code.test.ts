import { describe, expect, test } from 'vitest'

import { anHour, at, failed, jsonl, left, sample, says } from '../../../test/leftover.ts'
import type { TurnEnd } from '../../run/run.ts'
import { type Leftover } from './ending.ts'
import { parsers } from './look-at.ts'

describe('Claude Code', () => {
  const claude = parsers['claude-code']
  const result = (more: object) =>
    jsonl({ type: 'result', subtype: 'success', is_error: false, result: 'done', ...more })
  const limit = (status: string, resetsAt?: number) => ({
    type: 'rate_limit_event',
    rate_limit_info: { status, resetsAt, rateLimitType: 'five_hour' },
  })

  test.each<[string, Leftover, TurnEnd, number | null]>([
    ['claude-ok', sample('claude-ok'), { how: 'finished', said: says('All done') }, 0.00014],
    ['claude-tool', sample('claude-tool'), { how: 'finished', said: says('done') }, 0.00028],
    ['claude-api-401', sample('claude-api-401', 1), failed('api_error: Invalid API key'), 0],
    ['claude-api-529', sample('claude-api-529', 1), failed('529 Overloaded'), 0],
    [
      'claude-max-turns',
      sample('claude-max-turns', 1),
      failed('error_max_turns: Reached'),
      0.00028,
    ],
    ['claude-sigint, exit code 0', sample('claude-sigint'), failed('error_during_execution'), 0],
    [
      'claude-sigterm',
      left({ code: 143, stderr: 'Terminated' }),
      failed('exit code 143: Terminated'),
      null,
    ],
    ['SIGKILL', left({ code: null, signal: 'SIGKILL' }), failed('SIGKILL'), null],
    [
      'a bad --resume',
      left({ code: 1, stderr: 'No conversation found' }),
      failed('No conversation'),
      null,
    ],
    [
      'bypass as root',
      left({ code: 1, stderr: 'cannot be used with root' }),
      failed('with root'),
      null,
    ],
    ['exit 0 without a result', left({ stdout: 'hello' }), failed('exit code 0'), null],
  ])('%s', (_, leftover, end, costUsd) => {
    const ending = claude(leftover)
    expect(ending.end).toEqual(end)
    if (costUsd === null) expect(ending.costUsd).toBeNull()
    else expect(ending.costUsd).toBeCloseTo(costUsd, 8)
  })

  const denial = { tool_name: 'Bash', tool_use_id: 't', tool_input: { command: 'rm -r /srv' } }
  const budget = { subtype: 'error_max_budget_usd', is_error: true, errors: ['over $5'] }
  const broke = {
    is_error: true,
    api_error_status: 429,
    terminal_reason: 'api_error',
    result: 'no',
  }

  test.each<[string, string, TurnEnd]>([
    ['--max-budget-usd', result(budget), failed('error_max_budget_usd: over $5')],
    [
      'a tool that was denied',
      result({ permission_denials: [denial] }),
      { how: 'asking', for: 'permission', question: 'Bash: rm -r /srv' },
    ],
    [
      'a question in the last message, also where a tool was denied',
      result({ result: 'Hm.\nAFK-Question: may I?', permission_denials: [denial] }),
      { how: 'asking', for: 'answer', question: 'may I?' },
    ],
    ['a 429 without a time', result(broke), anHour],
    [
      'a 429 with a time in seconds',
      jsonl(limit('rejected', at / 1000 + 60)) + result(broke),
      { how: 'limited', until: at + 60_000 },
    ],
    ['a 429 with a time that has passed', jsonl(limit('rejected', 5)) + result(broke), anHour],
    [
      'a rejected limit without a status',
      jsonl(limit('rejected')) + result({ ...broke, api_error_status: null }),
      anHour,
    ],
    [
      'a limit that was only near',
      jsonl(limit('allowed_warning', at)) + result({}),
      { how: 'finished', said: 'done' },
    ],
    [
      'a rejection, and another error',
      jsonl(limit('rejected')) + result({ ...broke, api_error_status: 401 }),
      failed('api_error: no'),
    ],
    [
      'the last of two results',
      result({ is_error: true }) + result({}),
      { how: 'finished', said: 'done' },
    ],
    ['a subtype that says error, and is_error false', result({ subtype: 'x' }), failed('x: done')],
    ['a result line that is cut', result({}).slice(0, -20), failed('exit code 0')],
  ])('%s', (_, stdout, end) => {
    expect(claude(left({ stdout })).end).toEqual(end)
  })
})
