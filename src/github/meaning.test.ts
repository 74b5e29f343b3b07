import { describe, expect, test } from 'vitest'

import { type Answer, meaningOf } from './meaning.ts'

type Given = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
  readonly method?: string
}

const now = Date.parse('2026-11-24T10:00:00Z')
const json = { 'content-type': 'application/json; charset=utf-8' }

function answerOf({ status, headers = json, text = '{"message":"Words"}' }: Given): Answer {
  return { status, text, header: (name) => headers[name] ?? null }
}

function meaning(given: Given) {
  const { method = 'GET' } = given
  return meaningOf(answerOf(given), { method, budget: 'rest', now })
}

describe('an answer', () => {
  test.each<[Given, unknown]>([
    [{ status: 200, text: '[1]' }, [1]],
    [{ status: 201, text: '{}' }, {}],
    [{ status: 202, headers: { 'content-length': '0' }, text: '' }, null],
    [{ status: 204, headers: {}, text: '' }, null],
    [{ status: 200, headers: { 'content-type': 'application/vnd.github+json' }, text: '1' }, 1],
  ])('%j is here', (given, value) => {
    expect(meaning(given)).toEqual({ is: 'here', value })
  })

  test('304 is unchanged', () => {
    expect(meaning({ status: 304, headers: {}, text: '' })).toEqual({ is: 'unchanged' })
  })

  test.each<[Given]>([
    [{ status: 200, headers: { 'content-type': 'text/html' }, text: '<html>' }],
    [{ status: 200, headers: {}, text: '{}' }],
    [{ status: 200, text: '{"half":' }],
    [{ status: 200, text: '' }],
    [{ status: 403, headers: { 'content-type': 'text/html' }, text: '<html>' }],
    [{ status: 404, headers: { 'content-type': 'text/html' }, text: '<html>' }],
    [{ status: 404, text: '{"error":"no route"}' }],
    [{ status: 410, text: 'null' }],
    [{ status: 401, headers: {}, text: 'proxy' }],
    [{ status: 407, headers: {}, text: '' }],
    [{ status: 408 }],
    [{ status: 500 }],
    [{ status: 503, headers: { 'retry-after': '3' }, text: '' }],
    [{ status: 300 }],
    [{ status: 301 }],
    [{ status: 303, headers: { location: '/x' } }],
  ])('%j is nothing that GitHub says', (given) => {
    expect(meaning(given)).toMatchObject({ is: 'failed', code: 'unreachable' })
  })

  test.each<[Given, string]>([
    [{ status: 401 }, 'unauthorized'],
    [{ status: 403 }, 'forbidden'],
    [{ status: 451 }, 'forbidden'],
    [{ status: 404 }, 'gone'],
    [{ status: 410 }, 'gone'],
    [{ status: 400 }, 'refused'],
    [{ status: 409 }, 'refused'],
    [{ status: 422 }, 'refused'],
    [{ status: 301, headers: { location: '/x' }, method: 'PATCH' }, 'refused'],
  ])('%j is %s', (given, code) => {
    expect(meaning(given)).toMatchObject({ is: 'failed', code })
  })

  test.each<[Given]>([
    [{ status: 301 }],
    [{ status: 302 }],
    [{ status: 307 }],
    [{ status: 308 }],
    [{ status: 307, method: 'POST' }],
    [{ status: 308, method: 'DELETE' }],
  ])('%j has moved', (given) => {
    expect(meaning({ ...given, headers: { location: '/x' } })).toEqual({ is: 'moved', to: '/x' })
  })

  test('that refuses says why in one line, not too long, and nothing that drives a terminal', () => {
    const message = `no\n\u001b[31m${'x'.repeat(1_000)}`
    const { why } = meaning({ status: 422, text: JSON.stringify({ message }) }) as { why: string }
    expect(why).toMatch(/^no x{200,}$/)
    expect(why.length).toBeLessThanOrEqual(300)
  })
})

describe('a limit', () => {
  const at = (seconds: number) => String(now / 1_000 + seconds)
  const spent = { ...json, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': at(60) }
  const secondary = '{"message":"You have exceeded a secondary rate limit. Please wait."}'

  test.each<[string, Given, unknown]>([
    ['primary', { status: 403, headers: spent }, { by: 'primary', waitMs: 61_000 }],
    ['primary', { status: 429, headers: spent }, { by: 'primary', waitMs: 61_000 }],
    [
      'primary, its reset past',
      { status: 403, headers: { ...spent, 'x-ratelimit-reset': at(-600) } },
      { by: 'primary', waitMs: 1_000 },
    ],
    [
      'primary, unsaid until when',
      { status: 403, headers: json, text: '{"message":"API rate limit exceeded for user ID 1."}' },
      { by: 'primary', waitMs: null },
    ],
    [
      'secondary',
      { status: 403, headers: { ...json, 'retry-after': '7' }, text: secondary },
      { by: 'secondary', waitMs: 7_000 },
    ],
    [
      'secondary, until the reset',
      { status: 403, headers: spent, text: secondary },
      { by: 'secondary', waitMs: 61_000 },
    ],
    ['secondary, unsaid', { status: 403, text: secondary }, { by: 'secondary', waitMs: null }],
    [
      'a gateway’s',
      { status: 429, headers: { 'retry-after': '7' }, text: '<html>' },
      { by: 'secondary', waitMs: 7_000 },
    ],
    [
      'a gateway’s, told as an instant',
      { status: 429, headers: { 'retry-after': '1790000000' }, text: '' },
      { by: 'secondary', waitMs: 3_600_000 },
    ],
    [
      'secondary, for a day',
      { status: 403, headers: { ...json, 'retry-after': '86400' }, text: secondary },
      { by: 'secondary', waitMs: 3_600_000 },
    ],
    [
      'of an older kind',
      { status: 403, text: '{"message":"You have triggered an abuse detection mechanism."}' },
      { by: 'secondary', waitMs: null },
    ],
  ])('that is %s is told from a permission', (_, given, limited) => {
    expect(meaning(given)).toEqual({ is: 'limited', ...(limited as object) })
  })

  test('is reckoned by the clock of whoever answered', () => {
    const date = new Date(now - 3_600_000).toUTCString()
    const headers = { ...spent, 'x-ratelimit-reset': at(-3_600 + 60), date }
    expect(meaning({ status: 403, headers })).toMatchObject({ waitMs: 61_000 })
  })
})
