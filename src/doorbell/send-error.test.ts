import { expect, test } from 'vitest'

import type { Failed } from './outcome.ts'
import { SendError } from './send-error.ts'

test.each<Failed>([
  { type: 'refused', code: 'credential', detail: 'the token was refused' },
  { type: 'deferred', code: 'network', detail: 'nobody listens there' },
  { type: 'unknown', code: 'timeout', detail: 'no answer within 10 s' },
])('a try that was $type says so, with the channel and the reason', (failed) => {
  const error = new SendError('phone', failed)
  expect(error).toBeInstanceOf(Error)
  expect([error.name, error.message]).toEqual(['SendError', `phone: ${failed.detail}`])
  expect([error.outcome, error.code]).toEqual([failed.type, failed.code])
  expect(error.retryAfterMs).toBeUndefined()
})

test.each([0, 7_000])(
  'a wait of %i ms that the receiver asked for is handed on',
  (retryAfterMs) => {
    const failed = { type: 'deferred', code: 'rate-limited', detail: 'slow', retryAfterMs } as const
    expect(new SendError('phone', failed).retryAfterMs).toBe(retryAfterMs)
  },
)

test('an error prints as its channel and reason, and nothing of the way it was sent', () => {
  const failed: Failed = { type: 'unknown', code: 'server', detail: 'answered 502' }
  expect(String(new SendError('phone', failed))).toBe('SendError: phone: answered 502')
})
