import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { message } from '../../../test/message.ts'
import { byteLength } from '../../doorbell/cut.ts'
import { renderNotification, type TerminalEvent, threadLine } from '../../doorbell/notification.ts'
import { plain } from '../../doorbell/text.ts'
import { ntfyPayload } from './payload.ts'

const target = { topic: 'afk', priorities: { low: 2, high: 4 } } as const

const units = [
  'a',
  ' ',
  '\n',
  '\t',
  '"',
  '\\',
  '=?',
  ',',
  '€',
  '😀',
  '\u00a0',
  '\ud800',
  '…',
  '\u0007',
]
const text = (maxRun: number) =>
  fc
    .array(fc.tuple(fc.constantFrom(...units), fc.nat(maxRun)), { maxLength: 6 })
    .map((runs) => runs.map(([unit, count]) => unit.repeat(count)).join(''))

const event: fc.Arbitrary<TerminalEvent> = fc.record({
  kind: fc.constantFrom('done', 'needs-human', 'frozen'),
  issue: fc.record({ repo: text(300), number: fc.nat() }),
  threadId: fc.oneof(fc.constant(null), text(40), text(400)),
  detail: text(5_000),
})
const notes = fc.array(
  text(40).map((note) => plain(note)),
  { maxLength: 3 },
)
const base = { baseUrl: 'https://t3.test' }
const rendered = fc.record({ event, notes }).map(({ event: one, notes: lines }) => ({
  ...message({}, { notes: lines }),
  notification: renderNotification(one, base),
}))

describe('whatever ended, its ntfy payload', () => {
  const holds = (check: (payload: ReturnType<typeof ntfyPayload>) => void) => {
    fc.assert(fc.property(rendered, (ring) => check(ntfyPayload(ring, target))))
  }

  test('fits the two limits of a real server', () => {
    holds((payload) => {
      expect(byteLength(payload.message)).toBeLessThanOrEqual(4_095)
      expect(byteLength(JSON.stringify(payload))).toBeLessThanOrEqual(8_191)
    })
  })

  test('is never blank, which ntfy would replace by words of its own', () => {
    holds((payload) => {
      expect(payload.message.trim()).not.toBe('')
    })
  })

  test('is well-formed in every field, so that no byte becomes another', () => {
    holds((payload) => {
      const { title, message: body, tags, click = '' } = payload
      for (const field of [title, body, click, ...tags]) expect(field.isWellFormed()).toBe(true)
    })
  })

  test('holds no encoded word in a field that ntfy decodes', () => {
    holds(({ title, tags, click = '', actions }) => {
      for (const field of [title, click, ...tags, JSON.stringify(actions ?? [])])
        expect(field).not.toContain('=?')
    })
  })

  test('has the link whole or not at all', () => {
    fc.assert(
      fc.property(rendered, (ring) => {
        const { link } = ring.notification
        const { click, actions } = ntfyPayload(ring, target)
        if (link === null || byteLength(link) > 1_536)
          expect([click, actions]).toEqual([undefined, undefined])
        else expect([click, actions?.[0]?.url]).toEqual([link, link])
      }),
    )
  })

  test('ends in its thread and its notes, whole, if the link fits a message', () => {
    fc.assert(
      fc.property(rendered, (ring) => {
        const { link } = ring.notification
        fc.pre(link === null || byteLength(link) < 3_000)
        const thread = link === null ? '' : threadLine(link)
        const tail = [thread, ...ring.notes.map((note) => `\n${note}`)].join('').trim()
        expect(ntfyPayload(ring, target).message.endsWith(tail)).toBe(true)
      }),
    )
  })

  test('leaves text that fits as it is', () => {
    fc.assert(
      fc.property(text(30), (detail) => {
        const ring = message({ detail, threadId: null })
        const wanted = plain(detail).trim() || 'infra#42'
        expect(ntfyPayload(ring, target).message).toBe(wanted)
      }),
    )
  })

  test('has as many tags as were given, none with a comma, whatever a caller writes', () => {
    const given = fc.array(
      text(4).map((tag) => plain(tag)),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(given, (tags) => {
        const { notification, ...rest } = message()
        const payload = ntfyPayload({ ...rest, notification: { ...notification, tags } }, target)
        expect(payload.tags).toHaveLength(tags.length)
        for (const tag of payload.tags) expect(tag).not.toContain(',')
      }),
    )
  })
})

describe('an ntfy payload', () => {
  test('says the same in ntfy words', () => {
    const ring = message({}, { notes: ['reported by ci'] })
    const url = 'https://t3.test/?thread=t-1'
    expect(ntfyPayload(ring, target)).toEqual({
      topic: 'afk',
      title: '[NEEDS-HUMAN] infra#42 needs a human',
      message: `errored before push\nThread: ${url}\nreported by ci`,
      priority: 4,
      tags: ['afk', 'escalation', 'needs-human'],
      sequence_id: ring.handle,
      click: url,
      actions: [{ action: 'view', label: 'Open thread', url }],
    })
  })

  test('without a link has neither a click nor an action', () => {
    const keys = Object.keys(ntfyPayload(message({ threadId: null }), target))
    expect(keys.sort()).toEqual(
      ['message', 'priority', 'sequence_id', 'tags', 'title', 'topic'].sort(),
    )
  })

  test('takes the priorities its owner chose', () => {
    const priorities = { low: 1, high: 5 } as const
    const of = (kind: TerminalEvent['kind']) =>
      ntfyPayload(message({ kind }), { topic: 'afk', priorities }).priority
    expect([of('done'), of('needs-human'), of('frozen')]).toEqual([1, 5, 5])
  })

  test.each([0, 1, 2, 3])(
    'of quotes uses the room there is, to the byte or one less (%i)',
    (pad) => {
      const ring = message({ detail: 'a'.repeat(pad) + '"'.repeat(6_000), threadId: null })
      const bytes = byteLength(JSON.stringify(ntfyPayload(ring, target)))
      expect(bytes).toBeLessThanOrEqual(8_191)
      expect(bytes).toBeGreaterThanOrEqual(8_188)
    },
  )

  test('with notes and no body is the notes', () => {
    const ring = message({ detail: ' \n', threadId: null }, { notes: ['reported by ci'] })
    expect(ntfyPayload(ring, target).message).toBe('reported by ci')
  })

  test('keeps its notes whole under a link that is longer than a message', () => {
    const ring = message({ threadId: 'x'.repeat(5_000) }, { notes: ['reported by ci'] })
    expect(ntfyPayload(ring, target).message.endsWith('\nreported by ci')).toBe(true)
  })
})
