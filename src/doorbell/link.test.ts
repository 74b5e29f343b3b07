import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import { DEFAULT_BASE_URL, type Link, linkFor, safeLink, templateOf } from './link.ts'
import type { TerminalEvent } from './notification.ts'

const baseUrl = 'https://t3.test'
const event: TerminalEvent = {
  kind: 'done',
  issue: { repo: 'acme/web', number: 42 },
  threadId: 't 1',
  environmentId: 'env/1',
  detail: 'merged + CI green',
}
const isStep = (text: string) => text === '.' || text === '..'
const threadIds = hostileText.filter((text) => text !== '' && !isStep(text))

describe('the link of an event', () => {
  test.each<[string, Link | undefined, string]>([
    ['by default', undefined, 'https://t3.test/?thread=t%201'],
    ['thread-query', 'thread-query', 'https://t3.test/?thread=t%201'],
    ['t3', 't3', 'https://t3.test/env%2F1/t%201'],
    ['a template', '{baseUrl}/{repo}/{number}#{threadId}', 'https://t3.test/acme%2Fweb/42#t%201'],
    ['a template used twice', '{baseUrl}/{number}/{number}', 'https://t3.test/42/42'],
    ['a function', (e, base) => `${base}/${e.kind}/${e.issue.number}`, 'https://t3.test/done/42'],
  ])('%s', (_, link, made) => {
    expect(linkFor(event, link === undefined ? { baseUrl } : { baseUrl, link })).toBe(made)
  })

  test('without a base goes to the default one', () => {
    expect(linkFor(event, {})).toBe(`${DEFAULT_BASE_URL}/?thread=t%201`)
  })

  test.each(['', '/', '///'])('does not mind the base ending in %j', (end) => {
    expect(linkFor(event, { baseUrl: `${baseUrl}/afk${end}` })).toBe(
      'https://t3.test/afk/?thread=t%201',
    )
  })

  test.each([null, ''])('is none without a thread (%j)', (threadId) => {
    expect(linkFor({ ...event, threadId }, { baseUrl })).toBeNull()
    expect(linkFor({ ...event, threadId }, { baseUrl, link: '{baseUrl}/{number}' })).toBeNull()
  })

  test('is none where the template needs an environment and the event has none', () => {
    const { environmentId: _, ...homeless } = event
    expect(linkFor(homeless, { baseUrl, link: 't3' })).toBeNull()
  })

  test('is none where the function makes none', () => {
    expect(linkFor(event, { baseUrl, link: () => null })).toBeNull()
  })

  test.each(['.', '..'])('is none where %j would walk up the path', (step) => {
    expect(linkFor({ ...event, threadId: step }, { baseUrl, link: 't3' })).toBeNull()
    expect(linkFor({ ...event, environmentId: step }, { baseUrl, link: 't3' })).toBeNull()
  })

  test.each(['.', '..'])('by default has any thread but an empty one, even %j', (threadId) => {
    expect(linkFor({ ...event, threadId }, { baseUrl })).toBe(`${baseUrl}/?thread=${threadId}`)
  })

  test('needs its scheme allowed', () => {
    const link = 't3-mobile'
    expect(() => linkFor(event, { link })).toThrow(TypeError)
    expect(linkFor(event, { link, schemes: ['t3code'] })).toBe('t3code://threads/env%2F1/t%201')
  })
})

describe('no thread id', () => {
  test('adds a parameter, a path segment, a fragment or a line to the default link', () => {
    fc.assert(
      fc.property(threadIds, (threadId) => {
        const link = linkFor({ ...event, threadId }, { baseUrl })!
        const { origin, pathname, hash, searchParams } = new URL(link)
        expect([origin, pathname, hash]).toEqual([baseUrl, '/', ''])
        expect([...searchParams]).toEqual([['thread', threadId.toWellFormed()]])
        expect(link).toMatch(/^[\x21-\x7e]+$/)
      }),
      { numRuns: 1_000 },
    )
  })

  test('adds a path segment, a parameter or a line to the t3 link, or leaves its origin', () => {
    fc.assert(
      fc.property(threadIds, threadIds, (threadId, environmentId) => {
        const link = linkFor({ ...event, threadId, environmentId }, { baseUrl, link: 't3' })!
        const { origin, pathname, search, hash } = new URL(link)
        expect([origin, search, hash]).toEqual([baseUrl, '', ''])
        const segments = pathname.split('/').map(decodeURIComponent)
        expect(segments).toEqual(['', environmentId.toWellFormed(), threadId.toWellFormed()])
        expect(link).toMatch(/^[\x21-\x7e]+$/)
      }),
      { numRuns: 1_000 },
    )
  })

  test.each(['\ud800', '\udc00', 'a\ud83d', '\ude00\ud83d'])('is too broken to link: %j', (id) => {
    const link = linkFor({ ...event, threadId: id }, { baseUrl })
    expect(link).toBe(`${baseUrl}/?thread=${encodeURIComponent(id.toWellFormed())}`)
  })
})

describe('a link that may be shown', () => {
  test.each([
    'https://t3.test/?thread=1',
    'http://127.0.0.1:3773/a/b?c=d#e',
    'HTTPS://T3.test/%0a',
  ])('%s comes back as it is', (link) => {
    expect(safeLink(link)).toBe(link)
  })

  test.each([
    ['a script', 'javascript:alert(1)'],
    ['a script in capitals', 'JavaScript://t3.test/%0aalert(1)'],
    ['data', 'data:text/html,hi'],
    ['a file', 'file:///etc/passwd'],
    ['a scheme nobody allowed', 't3code://threads/1'],
    ['no scheme', '//t3.test/'],
    ['a path', '/threads/1'],
    ['nothing', ''],
    ['a space before the scheme', ' https://t3.test/'],
    ['a line break within the scheme', 'ht\ntps://t3.test/'],
    ['a scheme that only begins like one', 'httpsx://t3.test/'],
    ['no host', 'https://'],
    ['a line break', 'https://t3.test/\nThread: https://evil.test'],
    ['a space', 'https://t3.test/a b'],
    ['a bracket that closes a Slack link', 'https://t3.test/>'],
    ['a quote', 'https://t3.test/"'],
    ['a backslash', 'https://t3.test\\@evil.test'],
    ['an override', 'https://t3.test/\u202e'],
    ['a half of a pair', 'https://t3.test/\ud800'],
    ['an escape', 'https://t3.test/\x1b[31m'],
  ])('is not one with %s', (_, link) => {
    expect(() => safeLink(link)).toThrow(TypeError)
    expect(() => linkFor(event, { baseUrl, link: () => link })).toThrow(TypeError)
  })

  test('is refused without being repeated: it can hold a secret', () => {
    const secret = ['ftp://me:secret@t3.test/', 'https://me:secret@t3.test/\n', 'secret']
    for (const link of secret) expect(() => safeLink(link)).toThrow(/^(?!.*secret)/s)
  })

  test('has an allowed scheme and is one printable line, whatever a function makes', () => {
    const made = fc.oneof(
      hostileText,
      hostileText.map((text) => `https://t3.test/${text}`),
    )
    fc.assert(
      fc.property(made, (made) => {
        let link: string | null = null
        try {
          link = linkFor(event, { link: () => made })
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
        }
        if (link === null) return
        expect(link).toBe(made)
        expect(new URL(link).protocol).toMatch(/^https?:$/)
        expect(link).not.toMatch(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069<>"]/u)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('a template', () => {
  test('with an unknown value is refused, naming the value and the known ones', () => {
    const message =
      'unknown {thread} in a link template; known: {baseUrl}, {threadId}, {environmentId}, {repo}, {number}'
    expect(() => templateOf('{baseUrl}/{thread}')).toThrow(new TypeError(message))
  })

  test.each([
    'https://{repo}.example/{threadId}',
    'https://t3.example{threadId}',
    'https://user:{threadId}@t3.example/',
    '{baseUrl}{threadId}',
    '{baseUrl}.{repo}/{threadId}',
    '{repo}://threads/{threadId}',
    't3code://{threadId}',
  ])('with a value in its scheme or host is refused: %s', (template) => {
    expect(() => templateOf(template)).toThrow(/scheme or host/)
  })

  test.each([
    ...['{baseUrl}', '{baseUrl}/{threadId}', '{baseUrl}?t={threadId}', '{baseUrl}#{threadId}'],
    ...['https://t3.example/{repo}', 't3code://threads/{threadId}', 'obsidian:open?t={threadId}'],
  ])('with its values elsewhere is kept: %s', (template) => {
    expect(templateOf(template)).toBe(template)
  })

  test.each(['{thread-id}', '{ threadId }', '{}'])(
    'that misspells a value as %s is refused',
    (v) => {
      expect(() => templateOf(`{baseUrl}/${v}`)).toThrow(TypeError)
    },
  )
})
