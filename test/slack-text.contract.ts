/** What of a ring's text a Slack shows, by whichever channel: all of it as text, and cut only where it must be. */
import fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Message } from '../src/channels/channel.ts'
import { hostileText } from './hostile-text.ts'
import { message } from './message.ts'
import { mentionsIn, mrkdwnIn, partsOf, shown } from './slack-reading.ts'
import type { SlackMessage } from './slack-side.ts'

const link = 'https://t3.test/?thread=t-1'
const notes = ['reported by ci', 'Sent 7 min after the run ended.']

export function slackTextContract(arrive: (ring: Message) => Promise<SlackMessage>): void {
  test('hostile text arrives as text, in every part', async () => {
    const event = fc.record({ detail: hostileText, repo: hostileText, threadId: hostileText })
    const holds = async ({ repo, ...wild }: { detail: string; repo: string; threadId: string }) => {
      const ring = message({ ...wild, issue: { repo, number: 42 } }, { notes })
      const { title, body, issueRef } = ring.notification
      const arrived = await arrive(ring)
      const said = [body, ...notes].join('\n').trim()
      expect(shown(arrived.text)).toBe(`${title}\n${said}`)
      const { header, section, context } = partsOf(arrived)
      expect(header).not.toMatch(/[<>&]/)
      expect(shown(section)).toBe(said)
      expect(shown(context).startsWith(issueRef)).toBe(true)
      expect(mentionsIn(arrived)).toEqual([])
    }
    await fc.assert(fc.asyncProperty(event, holds), { numRuns: 60 })
  })

  test.each([
    '<!channel>',
    '<!here|here>',
    '<!everyone>',
    '<@U0123456789>',
    '<!subteam^S0123456789>',
    '<#C0123456789>',
    '<!date^1392734382^{date}|now>',
    '<https://evil.test|https://t3.test>',
    '&lt;!channel&gt;',
    '@channel @here @everyone',
  ])('%s in a ring calls nobody and hides nothing', async (detail) => {
    const ring = message({ detail, threadId: null, issue: { repo: detail, number: 1 } })
    const arrived = await arrive(ring)
    expect(mentionsIn(arrived)).toEqual([])
    for (const text of mrkdwnIn(arrived)) expect(text).not.toMatch(/[<>]/)
    expect(shown(arrived.text)).toBe(`${ring.notification.title}\n${detail}`)
  })

  test.each([
    ['ASCII', 'a'],
    ['escaped', '<'],
    ['longer escaped', '&'],
    ['three-byte', '€'],
    ['four-byte', '😀'],
    ['mixed', 'a&€😀'],
    ['broken', 'so\n'],
  ])('a long %s detail is cut, its thread and notes are whole', async (_name, unit) => {
    const detail = unit.repeat(6_000)
    const arrived = await arrive(message({ detail }, { notes }))
    const { header, section } = partsOf(arrived)
    const tail = ['…', `Thread: <${link}>`, ...notes].join('\n')
    for (const [text, max, above] of [
      [arrived.text, 3_900, `${header}\n`],
      [section, 3_000, ''],
    ] as const) {
      expect(text.length).toBeLessThanOrEqual(max)
      expect(text.length).toBeGreaterThan(max - 10)
      expect(text.endsWith(tail)).toBe(true)
      const kept = shown(text.slice(above.length, -tail.length))
      expect(detail.startsWith(kept)).toBe(true)
      expect(text.isWellFormed()).toBe(true)
    }
  })

  test.each([
    ['text', 3_900],
    ['section', 3_000],
  ] as const)('at the limit of the %s it is whole, a character more is cut', async (part, max) => {
    const of = async (length: number) => {
      const ring = message({ detail: 'a'.repeat(length) }, { notes })
      const arrived = await arrive(ring)
      return part === 'text' ? arrived.text : partsOf(arrived).section
    }
    const frame = (await of(1)).length - 1
    const whole = await of(max - frame)
    expect(whole).toHaveLength(max)
    expect(whole).not.toContain('…')
    const cut = await of(max - frame + 1)
    expect(cut.length).toBeLessThanOrEqual(max)
    expect(cut).toContain(`a…\nThread: <${link}>\n${notes[0]}`)
  })

  test.each(['a', '&', '😀'])('a long repository (%s) leaves room for the rest', async (unit) => {
    const repo = unit.repeat(5_000)
    const arrived = await arrive(message({ issue: { repo, number: 42 } }, { notes }))
    const { header, context } = partsOf(arrived)
    expect(header.length).toBeLessThanOrEqual(150)
    expect(header).toMatch(/^\[NEEDS-HUMAN\] .*…$/u)
    expect(context.length).toBeLessThanOrEqual(3_000)
    expect(arrived.text.length).toBeLessThanOrEqual(3_900)
    const tail = ['errored before push', `Thread: <${link}>`, ...notes].join('\n')
    expect(arrived.text.endsWith(`…\n${tail}`)).toBe(true)
    expect(partsOf(arrived).section).toBe(tail)
  })

  test('a link with an ampersand leads where it should', async () => {
    const { notification, ...rest } = message()
    const to = 'https://t3.test/?a=1&b=2&amp=3'
    const body = `errored before push\nThread: ${to}`
    const arrived = await arrive({ ...rest, notification: { ...notification, body, link: to } })
    expect(arrived.text).toContain('<https://t3.test/?a=1&amp;b=2&amp;amp=3>')
    expect(shown(arrived.text)).toBe(`${notification.title}\n${body}`)
    expect(shown(partsOf(arrived).section)).toBe(body)
  })

  test.each([
    [2_800, true, true],
    [3_400, true, false],
    [5_000, false, false],
  ])('a link of %i characters is whole or not there', async (length, inText, inSection) => {
    const ring = message({ threadId: 'x'.repeat(length - link.length + 3) }, { notes })
    const arrived = await arrive(ring)
    const { section } = partsOf(arrived)
    const whole = `Thread: <${ring.notification.link}>\n`
    expect([arrived.text.includes(whole), section.includes(whole)]).toEqual([inText, inSection])
    for (const [text, isThere] of [
      [arrived.text, inText],
      [section, inSection],
    ] as const) {
      expect(text.includes('t3.test')).toBe(isThere)
      expect(text.endsWith(notes.join('\n'))).toBe(true)
      expect(text).toContain('errored before push')
    }
  })
}
