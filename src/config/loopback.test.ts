import { expect, test } from 'vitest'

import { isLoopback } from './loopback.ts'

test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.10', '::1', '[::1]'])(
  '%s is this machine alone',
  (host) => {
    expect(isLoopback(host)).toBe(true)
  },
)

test.each([
  '',
  '0.0.0.0',
  '::',
  '[::]',
  '128.0.0.1',
  '10.0.0.1',
  'localhost.evil.test',
  'evil-localhost',
  '127.0.0.1.evil.test',
  '127.0.0.1evil.test',
  'a127.0.0.1',
  '127.evil.test',
  '[::1].evil.test',
  'null',
])('%j is not', (host) => {
  expect(isLoopback(host)).toBe(false)
})
