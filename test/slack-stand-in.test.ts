import { describe, expect, onTestFinished, test } from 'vitest'

import { slackStandIn } from './slack-stand-in.ts'
import { slackContract } from './slack.contract.ts'

const opened = async (options: Parameters<typeof slackStandIn>[0] = {}) => {
  const far = await slackStandIn(options)
  onTestFinished(() => far.close())
  return far
}

const mrkdwn = (text: string, verbatim = true) => ({ type: 'mrkdwn', text, verbatim })
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) })
const header = (text: string, emoji = false) => ({
  type: 'header',
  text: { type: 'plain_text', text, emoji },
})
const bar = (more: object = {}) => ({ color: '#e01e5a', blocks: [section('x')], ...more })
const good = {
  text: 'infra#42 needs a human\nThread: <https://t3.test/?a=1&amp;b=2>',
  blocks: [header('infra#42'), section('a &lt; b')],
  attachments: [bar()],
  unfurl_links: false,
  unfurl_media: false,
}

type Said = { readonly ok: boolean; readonly error?: string; readonly warning?: string }

const ask = async (
  url: string,
  body: string | URLSearchParams,
  headers: Record<string, string> = {},
) => {
  const response = await fetch(url, { method: 'POST', body, headers, redirect: 'manual' })
  return { response, text: await response.text() }
}
const json = 'application/json; charset=utf-8'

async function posting(content: object, more: Record<string, string> = {}) {
  const far = await opened()
  const headers = { 'content-type': json, authorization: `Bearer ${far.token}`, ...more }
  const body = JSON.stringify({ channel: far.channel, ...content })
  const { text, response } = await ask(`${far.apiUrl}chat.postMessage`, body, headers)
  return { far, response, said: JSON.parse(text) as Said }
}

async function hooking(content: object | string, type = 'application/json') {
  const far = await opened()
  const body = typeof content === 'string' ? content : JSON.stringify(content)
  return { far, ...(await ask(far.hookUrl, body, { 'content-type': type })) }
}

describe('the Slack stand-in', () => {
  const mentions = ['<!here>', '<@U0123456789>', '<!channel>', '<!subteam^S0123456789>']
  slackContract((options) => slackStandIn({ ...options, mentions }))

  test('takes what a sender should send, and notes nothing', async () => {
    const { far, said } = await posting(good)
    expect(said).toMatchObject({ ok: true, channel: far.channel, ts: far.messages()[0]?.ts })
    expect(said).not.toHaveProperty('warning')
    const { far: other, response, text } = await hooking(good)
    expect([response.status, text]).toEqual([200, 'ok'])
    expect(response.headers.get('content-type')).toContain('text/html')
    expect([...far.violations, ...other.violations]).toEqual([])
  })

  test.each<readonly [string, object, RegExp]>([
    ['a mention in the text', { text: '<!channel> come' }, /^raw <!channel>$/],
    ['a user in a block', { blocks: [section('<@U0123456789>')] }, /^raw <@U/],
    ['a label on a link', { text: '<https://evil.test|https://t3.test>' }, /^raw <https/],
    ['a bare bracket', { text: 'a > b' }, /bracket/],
    ['a bare ampersand', { attachments: [bar({ blocks: [section('a & b')] })] }, /ampersand/],
    ['an entity in a header', { blocks: [header('a &amp; b')] }, /plain_text$/],
    ['emoji in a header', { blocks: [header(':fire:', true)] }, /emoji/],
    ['guessed links', { blocks: [{ ...section('x'), text: mrkdwn('x', false) }] }, /verbatim/],
    ['no text', { text: '' }, /screen reader/],
    ['text that is split', { text: 'x'.repeat(4_001) }, /split/],
    ['a colour by name', { attachments: [bar({ color: 'danger' })] }, /^colour danger$/],
    ['unfurled links', { unfurl_links: true }, /unfurl_links/],
    ['unfurled media', { unfurl_media: undefined }, /unfurl_media/],
    ['link_names', { link_names: false }, /link_names of/],
    ['an unknown argument', { colour: 'red' }, /(?:argument|field) colour of/],
  ])('writes down %s', async (_, wrong, said) => {
    const { far } = await posting({ ...good, ...wrong })
    expect(far.violations).toEqual([expect.stringMatching(said)])
    const { far: other } = await hooking({ ...good, ...wrong })
    expect(other.violations).toEqual([expect.stringMatching(said)])
  })

  test('warns of a charset that is missing, and of one too many', async () => {
    const { far, said } = await posting(good, { 'content-type': 'application/json' })
    expect(said).toMatchObject({ ok: true, warning: 'missing_charset' })
    const headers = {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      authorization: `Bearer ${far.token}`,
    }
    await ask(`${far.apiUrl}auth.test`, '', headers)
    expect(far.violations).toEqual(['missing_charset', 'superfluous_charset'])
  })

  const many = (count: number, length: number) => Array(count).fill(section('x'.repeat(length)))
  test.each<readonly [string, object, string]>([
    ['a header too long', { blocks: [header('x'.repeat(151))] }, 'invalid_blocks'],
    ['a section too long', { blocks: [section('x'.repeat(3_001))] }, 'invalid_blocks'],
    ['an empty section', { blocks: [section('')] }, 'invalid_blocks'],
    ['too many blocks', { blocks: many(51, 1) }, 'invalid_blocks'],
    ['a kind it does not know', { blocks: [{ type: 'video' }] }, 'invalid_blocks'],
    ['blocks too long together', { blocks: many(4, 2_990) }, 'msg_blocks_too_long'],
    ['too many attachments', { attachments: Array(101).fill(bar()) }, 'too_many_attachments'],
    ['blocks beside old fields', { attachments: [bar({ fallback: 'x' })] }, 'invalid_attachments'],
    ['nothing', { text: '', blocks: [], attachments: [] }, 'no_text'],
    ['a text that is none', { text: 7 }, 'invalid_arguments'],
  ])('refuses %s', async (_, wrong, error) => {
    const { far, said } = await posting({ ...good, ...wrong })
    expect(said).toMatchObject({ ok: false, error })
    const { far: other, response, text } = await hooking({ ...good, ...wrong })
    expect([response.status, text]).toEqual([400, error])
    expect([...far.messages(), ...other.messages()]).toEqual([])
  })

  test('says where a block is wrong', async () => {
    const { said } = await posting({ ...good, blocks: [header('x'), section('')] })
    const messages = [expect.stringContaining('[json-pointer:/blocks/1/text/text]')]
    expect(said).toMatchObject({ response_metadata: { messages } })
  })

  test.each<readonly [string, Record<string, string>, string]>([
    ['nobody', { authorization: '' }, 'not_authed'],
    ['another', { authorization: 'Bearer xoxb-other' }, 'invalid_auth'],
    ['an odd content type', { 'content-type': 'text/xml' }, 'invalid_post_type'],
  ])('lets in no request of %s', async (_, headers, error) => {
    const { said } = await posting(good, headers)
    expect(said).toMatchObject({ ok: false, error })
  })

  test.each(['invalid_metadata_format'])('refuses metadata as %s', async (error) => {
    const metadata = { event_type: 'x', event_payload: { nothing: null } }
    expect((await posting({ ...good, metadata })).said).toMatchObject({ ok: false, error })
  })

  test('knows no other method, and nothing but POST', async () => {
    const far = await opened()
    const headers = { 'content-type': json, authorization: `Bearer ${far.token}` }
    const { text } = await ask(`${far.apiUrl}chat.meMessage`, '{}', headers)
    expect(JSON.parse(text)).toEqual({ ok: false, error: 'unknown_method' })
    await fetch(`${far.apiUrl}auth.test?token=x`, { headers })
    await fetch(far.hookUrl)
    expect(far.violations).toHaveLength(2)
  })

  test.each(['not json', '[]', '"text"', 'null'])('a webhook refuses %s', async (body) => {
    const { response, text } = await hooking(body)
    expect([response.status, text]).toEqual([400, 'invalid_payload'])
  })

  test('a webhook takes JSON only', async () => {
    const form = `payload=${encodeURIComponent(JSON.stringify(good))}`
    const { text } = await hooking(form, 'application/x-www-form-urlencoded')
    expect(text).toBe('invalid_payload')
  })

  test('has one timestamp for each message, in order', async () => {
    const far = await opened({ now: () => 1_795_000_000_000 })
    for (let count = 0; count < 12; count++) far.workspace.post({ text: 'x' })
    const stamps = far.messages().map(({ ts }) => ts)
    expect(stamps.slice(0, 2)).toEqual(['1795000000.000000', '1795000000.000001'])
    expect(new Set(stamps).size).toBe(12)
    expect(stamps.toSorted()).toEqual(stamps)
  })

  test('shows of its history what was asked for', async () => {
    const far = await opened({ now: () => 1_795_000_000_000 })
    const metadata = { event_type: 'x', event_payload: {} }
    for (const text of ['a', 'b', 'c', 'd']) far.workspace.post({ text, metadata })
    const read = async (more: Record<string, string>) => {
      const headers = { authorization: `Bearer ${far.token}` }
      const args = new URLSearchParams({ channel: far.channel, ...more })
      const { text } = await ask(`${far.apiUrl}conversations.history`, args, {
        ...headers,
        'content-type': 'application/x-www-form-urlencoded',
      })
      const page = JSON.parse(text) as { messages: { text: string }[] }
      return { page, texts: page.messages.map((each) => each.text).join('') }
    }
    const oldest = '1795000000.000001'
    expect((await read({ oldest })).texts).toBe('dc')
    expect((await read({ oldest, inclusive: 'true' })).texts).toBe('dcb')
    const first = await read({ limit: '3' })
    expect([first.texts, first.page]).toMatchObject(['dcb', { has_more: true }])
    const { next_cursor: cursor } = Object(first.page).response_metadata as { next_cursor: string }
    const last = await read({ limit: '3', cursor })
    expect([last.texts, last.page]).toMatchObject(['a', { has_more: false }])
    expect(last.page.messages[0]).not.toHaveProperty('metadata')
    const told = await read({ limit: '1', include_all_metadata: 'true' })
    expect(told.page.messages[0]).toMatchObject({ metadata })
  })
})
