import { expect, test } from 'vitest'

import { arming } from './arming.ts'
import { parseConfig } from './load.ts'

const none = { file: null, env: {} }

test('what ships is disarmed, and says everything that is missing', () => {
  const { armed, missing } = arming(parseConfig('', none))
  expect(armed).toBe(false)
  expect(missing.join('\n')).toMatch(/kill switch[^]*no repository[^]*no channel[^]*no token/)
})

test('a terminal is no channel that reaches somebody away', () => {
  const missing = (env: Record<string, string>) =>
    arming(parseConfig('', { file: null, env })).missing.join('\n')
  expect(missing({})).toMatch(/no channel reaches you/)
  expect(missing({ AFK_NTFY_URL: 'https://ntfy.test/topic' })).not.toMatch(/no channel reaches you/)
})

test('a version without a loop is never armed, whatever is configured', () => {
  const env = {
    AFK_NTFY_URL: 'https://ntfy.test/topic',
    AFK_KILL_SWITCH: 'false',
    AFK_ALLOWLIST: 'owner/a',
    AFK_OPERATOR_TOKEN: 'operator-token-0123456789',
  }
  const missing = ['this version has the bell only, no loop yet']
  expect(arming(parseConfig('', { file: null, env }))).toEqual({ armed: false, missing })
})
