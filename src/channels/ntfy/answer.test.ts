import { describe, expect, test } from 'vitest'

import { ntfyOutcome } from './answer.ts'

const now = Date.parse('2026-11-23T21:30:00Z')
const hours = 60 * 60_000
const outcome = (status: number, said: unknown, retryAfter: string | null = null) =>
  ntfyOutcome(
    { status, retryAfter, text: typeof said === 'string' ? said : JSON.stringify(said) },
    now,
  )
const page = '<html><title>infra</title></html>'

describe('an ntfy answer', () => {
  test('with an id and the event is accepted under that id', () => {
    const said = { id: 'VMgRVPguAZN7', event: 'message', topic: 'afk' }
    expect(outcome(200, said)).toEqual({ type: 'accepted', reference: 'VMgRVPguAZN7' })
    expect(outcome(200, `${JSON.stringify(said)}\n`)).toMatchObject({ type: 'accepted' })
  })

  test.each<[string, unknown]>([
    ['a page', page],
    ['nothing', ''],
    ['null', 'null'],
    ['a string', '"message"'],
    ['a list', '[{"id":"m1","event":"message"}]'],
    ['half an answer', '{"id":"m1","event":"mess'],
    ['an id that is a number', { id: 7, event: 'message' }],
    ['no id', { event: 'message' }],
    ['no event', { id: 'm1' }],
    ['another event', { id: 'm1', event: 'open' }],
  ])('of 200 with %s is unknown: nobody knows who answered', (_, said) => {
    expect(outcome(200, said)).toMatchObject({ type: 'unknown', code: 'not-understood' })
  })

  test.each([201, 202, 204])('of %i with an id is not the one of ntfy', (status) => {
    expect(outcome(status, { id: 'm1', event: 'message' })).toMatchObject({ type: 'unknown' })
  })

  const badParameters = `
    40000 40001 40002 40003 40004 40005 40006 40007 40008 40009 40010 40011 40013 40015 40016 40017
    40018 40019 40021 40024 40032 40033 40034 40035 40036 40037 40041 40042 40043 40044 40045 40046
    40047 40048 40049 40050 40052 40053 40055 40056`
    .trim()
    .split(/\s+/)
    .map(Number)
  test.each([
    ...badParameters.map((code) => [code, 'invalid'] as const),
    [40014, 'too-large'],
    [40101, 'credential'],
    [40301, 'credential'],
    [40401, 'not-found'],
    [41301, 'too-large'],
    [41303, 'too-large'],
    [50003, 'invalid'],
  ] as const)('of code %i is refused for good: %s', (code, why) => {
    const refused = outcome(Math.floor(code / 100), { code, http: 0, error: 'x' })
    expect(refused).toMatchObject({ type: 'refused', code: why })
    expect(refused).toHaveProperty('detail', expect.stringContaining(`(code ${code})`))
    expect(refused).not.toHaveProperty('retryAfterMs')
  })

  test.each([
    [42901, { notBeforeMs: 5_000 }],
    [42902, { notBeforeMs: 60_000 }],
    [42903, { notBeforeMs: 60_000 }],
    [42904, { notBeforeMs: 15 * 60_000 }],
    [42905, { notBeforeMs: 60_000 }],
    [42908, { retryAfterMs: 2.5 * hours + 60_000 }],
    [42909, { notBeforeMs: 60_000 }],
    [42910, { notBeforeMs: 60_000 }],
    [42911, { notBeforeMs: 60_000 }],
  ])('of code %i is deferred, and waits as that limit needs', (code, wait) => {
    const { detail, ...deferred } = outcome(429, { code, http: 429 }) as { detail: string }
    expect(deferred).toEqual({ type: 'deferred', code: 'rate-limited', ...wait })
    expect(detail).toContain(`(code ${code})`)
  })

  test('of a proxy that is rate limiting keeps its wish, and its page is dropped', () => {
    const limited = outcome(429, page, '120')
    expect(limited).toMatchObject({ type: 'deferred', retryAfterMs: 120_000 })
    expect(JSON.stringify(limited)).not.toContain('infra')
  })

  test('of 500 may have arrived, and is tried five times at the most', () => {
    const failed = outcome(500, { code: 50001, http: 500 })
    expect(failed).toMatchObject({ type: 'unknown', code: 'server', maxTries: 5 })
    expect(outcome(500, page)).toMatchObject({ type: 'unknown', maxTries: 5 })
  })

  test.each([502, 503, 504, 507])('of %i may have arrived, and is tried on', (status) => {
    for (const said of [page, { code: status * 100 + 1 }]) {
      expect(outcome(status, said)).toMatchObject({ type: 'unknown', code: 'server' })
      expect(outcome(status, said)).not.toHaveProperty('maxTries')
    }
  })

  test.each([
    [301, 'refused', 'redirected'],
    [400, 'refused', 'invalid'],
    [401, 'refused', 'credential'],
    [403, 'refused', 'credential'],
    [404, 'refused', 'not-found'],
    [405, 'refused', 'invalid'],
    [408, 'unknown', 'timeout'],
    [413, 'refused', 'too-large'],
    [429, 'deferred', 'rate-limited'],
    [431, 'refused', 'too-large'],
    [502, 'unknown', 'server'],
  ])('of %i in HTML is %s, %s, and says nothing of the page', (status, type, code) => {
    const failed = outcome(status, page)
    expect(failed).toMatchObject({ type, code })
    expect(JSON.stringify(failed)).not.toMatch(/html|infra/)
  })
})

test.each([
  ['at midnight itself', 0, 5 * 60_000],
  ['just after it', 20, 5 * 60_000],
  ['an hour after it', 3_600_000, 23 * 3_600_000 + 60_000],
  ['just before it', 86_399_000, 61_000],
])(
  'the daily quota used up %s waits for the next day, not for one more',
  (_, sinceMidnight, wait) => {
    const text = '{"code":42908}'
    const now = 20_000 * 86_400_000 + sinceMidnight
    const outcome = ntfyOutcome({ status: 429, retryAfter: null, text }, now)
    expect(outcome).toMatchObject({ type: 'deferred', retryAfterMs: wait })
  },
)
