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

const env = {
  AFK_NTFY_URL: 'https://ntfy.test/topic',
  AFK_KILL_SWITCH: 'false',
  AFK_OPERATOR_TOKEN: 'operator-token-0123456789',
}

const whole = {
  path: '/srv/a',
  tracker: { type: 'files', path: 'issues' },
  executor: { type: 'command', argv: ['agent'] },
  ci: { type: 'none' },
  landing: 'push',
}

const armingOf = (repo: object, more: Record<string, string> = {}) => {
  const text = JSON.stringify({ loop: { repos: { 'owner/a': repo } } })
  return arming(parseConfig(text, { file: null, env: { ...env, ...more } }))
}

test('all of it, and only all of it, arms the loop', () => {
  expect(armingOf(whole)).toEqual({ armed: true, missing: [] })
  expect(armingOf(whole, { AFK_KILL_SWITCH: 'true' }).armed).toBe(false)
})

test.each(Object.keys(whole))('a repository without its %s keeps the loop disarmed', (key) => {
  const { [key]: _, ...rest } = whole as Record<string, unknown>
  const { armed, missing } = armingOf(rest)
  expect([armed, missing]).toEqual([false, [`owner/a has no ${key} (loop.repos, loop.defaults)`]])
})

test('somebody who sits in front of it is reached by a terminal', () => {
  const text = JSON.stringify({ loop: { repos: { 'owner/a': whole } } })
  const config = parseConfig(text, { file: null, env: { ...env, AFK_NTFY_URL: '' } })
  expect(arming(config).armed).toBe(false)
  expect(arming(config, { isAttended: true }).armed).toBe(true)
})
