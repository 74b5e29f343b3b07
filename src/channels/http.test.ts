import { describe, expect, test } from 'vitest'

import { type Answered, retryAfterMs, unaccepted, unanswered } from './http.ts'

const now = Date.parse('2026-11-23T12:00:00Z')
const answered = (status: number, retryAfter: string | null = null): Answered => ({
  status,
  retryAfter,
  who: 'the far side',
  now,
})

describe('an answer that is not the success shape', () => {
  test.each([
    [200, 'unknown', 'not-understood'],
    [204, 'unknown', 'not-understood'],
    [301, 'refused', 'redirected'],
    [304, 'refused', 'redirected'],
    [308, 'refused', 'redirected'],
    [400, 'refused', 'invalid'],
    [401, 'refused', 'credential'],
    [403, 'refused', 'credential'],
    [404, 'refused', 'not-found'],
    [405, 'refused', 'invalid'],
    [408, 'unknown', 'timeout'],
    [410, 'refused', 'not-found'],
    [413, 'refused', 'too-large'],
    [422, 'refused', 'invalid'],
    [425, 'deferred', 'rate-limited'],
    [429, 'deferred', 'rate-limited'],
    [431, 'refused', 'too-large'],
    [500, 'unknown', 'server'],
    [502, 'unknown', 'server'],
    [503, 'unknown', 'server'],
    [507, 'unknown', 'server'],
    [599, 'unknown', 'server'],
  ])('%i is %s, %s', (status, type, code) => {
    expect(unaccepted(answered(status))).toMatchObject({ type, code })
  })

  test('every status is one of the three, and its detail names who and what', () => {
    for (let status = 200; status < 600; status++) {
      const failed = unaccepted(answered(status))
      const wanted =
        status === 425 || status === 429
          ? 'deferred'
          : status < 300 || status === 408 || status >= 500
            ? 'unknown'
            : 'refused'
      expect([status, failed.type]).toEqual([status, wanted])
      expect(failed.detail).toContain(`the far side answered ${status}`)
    }
  })

  test.each([408, 425, 429, 500, 503])('%i keeps the wish to wait', (status) => {
    expect(unaccepted(answered(status, '7'))).toHaveProperty('retryAfterMs', 7_000)
    expect(unaccepted(answered(status))).not.toHaveProperty('retryAfterMs')
  })

  test.each([301, 400, 401, 404, 413])('%i has no wish: it is never sent again', (status) => {
    expect(unaccepted(answered(status, '7'))).not.toHaveProperty('retryAfterMs')
  })
})

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['7', 7_000],
    [' 7 ', 7_000],
    ['3600', 3_600_000],
    ['86400', 3_600_000],
    ['99999999999999999999', 3_600_000],
    ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['Tue, 24 Nov 2026 12:00:00 GMT', 3_600_000],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j is %j ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms)
  })
})

describe('no answer', () => {
  const failure = (code: string) => Object.assign(new Error('to https://me:secret@host/'), { code })
  const late = { timedOut: true }
  const inTime = { timedOut: false }

  test.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('%s is deferred: nothing was sent', (code) => {
    expect(unanswered(failure(code), inTime)).toMatchObject({ type: 'deferred', code: 'network' })
  })

  test.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'HPE_INVALID_CONSTANT'])(
    '%s is unknown: it may have arrived',
    (code) => {
      expect(unanswered(failure(code), inTime)).toMatchObject({ type: 'unknown', code: 'network' })
    },
  )

  test('the cause of an error counts, however deep', () => {
    const deep = new Error('a', { cause: new Error('b', { cause: failure('ECONNREFUSED') }) })
    expect(unanswered(deep, inTime)).toMatchObject({ type: 'deferred' })
  })

  test('an abort is a timeout, whatever was thrown', () => {
    for (const thrown of [new DOMException('x', 'TimeoutError'), failure('ECONNRESET'), 'x', null])
      expect(unanswered(thrown, late)).toMatchObject({ type: 'unknown', code: 'timeout' })
  })

  test('what could not connect was not sent, even if time ran out too', () => {
    expect(unanswered(failure('ECONNREFUSED'), late)).toMatchObject({ type: 'deferred' })
  })

  test("the error's own words are not repeated", () => {
    for (const code of ['ECONNREFUSED', 'ECONNRESET', 'CERT_HAS_EXPIRED'])
      expect(unanswered(failure(code), inTime).detail).not.toMatch(/secret|host/)
  })
})
