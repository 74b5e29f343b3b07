import { readFileSync } from 'node:fs'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import { TERMINAL_KINDS, type TerminalKind } from './kinds.ts'
import { type Notification, renderNotification, type TerminalEvent } from './notification.ts'

type Vector = {
  readonly event: TerminalEvent
  readonly baseUrl: string | null
  readonly notification: Notification
}
const file = new URL('../../test/vectors/notifications.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as readonly Vector[]

const baseUrl = 'https://t3.test'
const event: TerminalEvent = {
  kind: 'done',
  issue: { repo: 'infra', number: 42 },
  threadId: 't 1',
  detail: 'merged + CI green',
}

describe('every vector', () => {
  test('is there', () => expect(vectors).toHaveLength(10))

  test.each(vectors)(
    '$event.kind for $notification.issueRef from $baseUrl renders to the byte',
    ({ event, baseUrl, notification }) => {
      const rendered = renderNotification(event, baseUrl === null ? {} : { baseUrl })
      expect(rendered).toEqual(notification)
      expect(JSON.stringify(rendered)).toBe(JSON.stringify(notification))
      if (baseUrl === null) expect(renderNotification(event)).toEqual(notification)
    },
  )
})

test.each<[TerminalKind, string, 'low' | 'high', string[]]>([
  ['done', '[DONE] infra#42 landed', 'low', ['afk', 'done']],
  [
    'needs-human',
    '[NEEDS-HUMAN] infra#42 needs a human',
    'high',
    ['afk', 'escalation', 'needs-human'],
  ],
  [
    'frozen',
    '[FROZEN] infra#42 frozen — budget exhausted',
    'high',
    ['afk', 'escalation', 'frozen'],
  ],
])('%s has its own title, priority and tags', (kind, title, priority, tags) => {
  const rendered = renderNotification({ ...event, kind }, { baseUrl })
  expect(rendered).toMatchObject({ kind, issueRef: 'infra#42', title, priority, tags })
})

test('the body is the detail, then the link on a line of its own', () => {
  const { body, link } = renderNotification(event, { baseUrl })
  expect(body).toBe(`merged + CI green\nThread: ${link}`)
})

test('the link function is given the event and the base, and its link is the one shown', () => {
  const asked: unknown[] = []
  const link = (...args: unknown[]) => {
    asked.push(args)
    return 'https://elsewhere.test/1'
  }
  const rendered = renderNotification(event, { baseUrl: `${baseUrl}/`, link })
  expect(rendered.link).toBe('https://elsewhere.test/1')
  expect(rendered.body).toBe('merged + CI green\nThread: https://elsewhere.test/1')
  expect(asked).toEqual([[event, baseUrl]])
})

test('a link that may not be shown throws instead of being shown', () => {
  const link = () => 'javascript:alert(1)'
  expect(() => renderNotification(event, { link })).toThrow(TypeError)
})

test('a fourth kind throws, naming the three and the offender, before a link is asked for', () => {
  const asked: unknown[] = []
  const link = (event: TerminalEvent) => {
    asked.push(event)
    return null
  }
  // @ts-expect-error there is no fourth kind in the types either
  const merged: TerminalEvent = { ...event, kind: 'merged' }
  expect(() => renderNotification(merged, { link })).toThrow(
    new TypeError('kind must be one of done, needs-human, frozen; got "merged"'),
  )
  expect(asked).toEqual([])
})

test('nobody can change the tags of the next notification', () => {
  for (const kind of TERMINAL_KINDS)
    expect(Object.isFrozen(renderNotification({ ...event, kind }).tags)).toBe(true)
})

describe('whatever the agent writes', () => {
  const kind = fc.constantFrom(...TERMINAL_KINDS)
  const hostile = fc.record({
    kind,
    issue: fc.record({ repo: hostileText, number: fc.nat() }),
    threadId: fc.option(hostileText),
    detail: hostileText,
  })

  test('nothing that drives a terminal or turns the reading order around is shown', () => {
    fc.assert(
      fc.property(hostile, (event) => {
        const { body, title, issueRef, link } = renderNotification(event, { baseUrl })
        for (const shown of [body, title, issueRef, link ?? '']) {
          expect(shown).not.toMatch(/[\p{Cc}--[\n\t]]/v)
          expect(shown).not.toMatch(/[\u061c\u202a-\u202e\u2066-\u2069\ufeff]/)
          expect(shown.isWellFormed()).toBe(true)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('the repository is one line, in the title and in the reference', () => {
    fc.assert(
      fc.property(hostile, (event) => {
        const { title, issueRef } = renderNotification(event, { baseUrl })
        expect(`${title}${issueRef}`).not.toMatch(/[\n\r\t\u0085\u2028\u2029]/)
        expect(issueRef.endsWith(`#${event.issue.number}`)).toBe(true)
        expect(title.split(issueRef)).toHaveLength(2)
      }),
      { numRuns: 1_000 },
    )
  })

  test('the link stands on the last line, and there is none without a thread', () => {
    fc.assert(
      fc.property(hostile, (event) => {
        const { body, link } = renderNotification(event, { baseUrl })
        if (!event.threadId) expect(link).toBeNull()
        if (link !== null) expect(body.split('\n').at(-1)).toBe(`Thread: ${link}`)
      }),
      { numRuns: 1_000 },
    )
  })

  test('harmless words and lines are kept to the byte', () => {
    const words = fc.string({ unit: fc.constantFrom(...'abc xyz\n\t.,<>&*_`@#…é漢😀') })
    fc.assert(
      fc.property(kind, words, (kind, detail) => {
        const { body } = renderNotification({ ...event, kind, detail, threadId: null })
        expect(body).toBe(detail)
      }),
    )
  })

  test('its words are kept between colours, titles and overrides', () => {
    const detail = '\x1b[31mCI\x1b[0m is \x1b]0;pwned\x07red\u202e on\r\nmain\0 \ud800'
    const { body } = renderNotification({ ...event, detail, threadId: null })
    expect(body).toBe('CI is red on\nmain \ufffd')
  })
})
