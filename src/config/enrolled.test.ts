import { expect, test } from 'vitest'

import { enrolled } from './enrolled.ts'
import { parseConfig } from './load.ts'

const repo = {
  path: '/srv/a',
  tracker: { type: 'files', path: '/srv/issues/a' },
  executor: { type: 'command', argv: ['agent'] },
  landing: 'push',
}

const pendingMinutes = (ci: object) => {
  const text = JSON.stringify({ loop: { repos: { 'owner/a': { ...repo, ci } } } })
  const [whole] = enrolled(parseConfig(text, { file: null, env: {} }).loop).repos
  return (whole?.limits.pendingMs ?? 0) / 60_000
}

test.each([
  ['30m', 60],
  ['50m', 60],
  ['51m', 61],
  ['3h', 190],
])('CI that may take %s is stuck after %i minutes', (timeout, minutes) => {
  expect(pendingMinutes({ type: 'command', argv: ['make'], timeout })).toBe(minutes)
})

test('CI whose time is not ours is stuck after an hour', () => {
  expect(pendingMinutes({ type: 'none' })).toBe(60)
})
