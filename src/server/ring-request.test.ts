import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { accepts, type Bell, bell, read, ringBody } from '../../test/bell.ts'
import { hostileText } from '../../test/hostile-text.ts'
import { until } from '../../test/until.ts'
import { plain } from '../doorbell/text.ts'
import { Accepted, RingView } from './schemas.ts'

/** Nothing was written and nothing sent: a ring that comes after is the first. */
async function expectUntouched(node: Bell) {
  const everything = { kind: null, state: null, limit: 9, before: null }
  expect((await node.store.list(everything)).rings).toEqual([])
  expect([node.events, node.sent()]).toEqual([[], []])
}

async function expectRefused(body: unknown, answer: object) {
  const node = await bell()
  const refused = await node.post('/v1/rings', body)
  expect([refused.status, await refused.json()]).toMatchObject([400, answer])
  await expectUntouched(node)
}

describe('a kind that is none of the three', () => {
  test.for<{ kind: unknown }>([
    { kind: 'paused' },
    { kind: 'Done' },
    { kind: 'DONE' },
    { kind: 'done ' },
    { kind: '' },
    { kind: 'needs_human' },
    { kind: 'run-started' },
    { kind: null },
    { kind: 7 },
    { kind: 0 },
    { kind: true },
    { kind: ['done'] },
    { kind: { kind: 'done' } },
    { kind: { toString: 'done' } },
  ])('(%j) is refused before anything is written or sent', async (kind) => {
    await expectRefused(ringBody(kind), { code: 'unknown_kind' })
  })

  test('(missing) is refused before anything is written or sent', async () => {
    await expectRefused(ringBody({ kind: undefined }), {
      code: 'invalid_body',
      issues: [{ path: 'kind' }],
    })
  })

  test('is named before all else that is wrong', async () => {
    await expectRefused({ kind: 'paused' }, { code: 'unknown_kind' })
  })
})

describe('a body that is not a ring', () => {
  test.each(['{', '{"kind":', 'done', '\u0000', "{'kind':'done'}", '{"a":1}{"b":2}'])(
    '%j is refused as not JSON',
    async (body) => {
      const issues = [{ path: '', message: 'must be JSON' }]
      await expectRefused(body, { code: 'invalid_body', issues })
    },
  )

  test.each(['', ' \n', 'null', '[]', '[{"kind":"done"}]', '"done"', '42', 'true', '{}'])(
    '%j is refused',
    async (body) => {
      await expectRefused(body, { code: 'invalid_body' })
    },
  )

  const issue = (more: object) => ({ issue: { repo: 'acme/web', number: 7, ...more } })

  test.each([
    ['issue', { issue: undefined }],
    ['issue', { issue: 'acme/web#7' }],
    ['issue', { issue: [] }],
    ['issue.number', issue({ number: '7' })],
    ['issue.number', issue({ number: 0 })],
    ['issue.number', issue({ number: -1 })],
    ['issue.number', issue({ number: 1.5 })],
    ['issue.number', issue({ number: 2 ** 53 })],
    ['issue.title', issue({ title: 7 })],
    ['issue.title', issue({ title: 'x'.repeat(1_001) })],
    ['issue.url', issue({ url: 'acme/web/7' })],
    ['issue.url', issue({ url: 'javascript:alert(1)' })],
    ['issue.url', issue({ url: 'data:text/html,x' })],
    ['issue', issue({ labels: ['x'] })],
    ['threadId', { threadId: 7 }],
    ['threadId', { threadId: 'x'.repeat(1_001) }],
    ['detail', { detail: undefined }],
    ['detail', { detail: null }],
    ['detail', { detail: ['x'] }],
    ['key', { key: '' }],
    ['key', { key: 7 }],
    ['key', { key: 'a b' }],
    ['key', { key: 'a\nb' }],
    ['key', { key: 'é' }],
    ['key', { key: 'x'.repeat(201) }],
    ['link', { link: 7 }],
    ['', { priority: 'high' }],
  ])('names the place %s of what is wrong there (%#)', async (path, more) => {
    await expectRefused(ringBody(more), {
      code: 'invalid_body',
      issues: expect.arrayContaining([expect.objectContaining({ path })]),
    })
  })

  test('names every place at once', async () => {
    const body = { kind: 'done', issue: { repo: '', number: 0 }, detail: 1 }
    const answer = await (await bell()).post('/v1/rings', body)
    const { issues } = (await answer.json()) as { issues: Array<{ path: string }> }
    const paths = new Set(issues.map(({ path }) => path))
    expect([...paths].toSorted()).toEqual(['detail', 'issue.number', 'issue.repo'])
  })
})

describe('a repository', () => {
  test.each(['infra', 'acme/web', 'group/sub/project', 'a.b_c~d-e', '~user/repo'])(
    'is named %s as its tracker writes it',
    async (repo) => {
      const node = await bell()
      const answer = await node.post('/v1/rings', ringBody({ issue: { repo, number: 7 } }))
      expect(answer.status).toBe(202)
    },
  )

  test.each([
    '',
    ' ',
    'a b',
    'a\nb',
    'infra\n',
    'infra\u0000',
    'in\u202efra',
    'infra\u001b[31m',
    '/infra',
    'infra/',
    'a//b',
    'a\\b',
    'infra#7',
    'infra?x=1',
    'infra%2f',
    'https://evil.test',
    '<b>',
    '\ud800',
    'é',
    'x'.repeat(201),
    '.',
    '..',
    '../../etc',
    'acme/../../etc',
  ])('%j is refused by its place', async (repo) => {
    await expectRefused(ringBody({ issue: { repo, number: 7 } }), {
      code: 'invalid_body',
      issues: [{ path: 'issue.repo' }],
    })
  })
})

describe('a link', () => {
  test.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>',
    'vbscript:x',
    'file:///etc/passwd',
    't3code://threads/1',
    '//evil.test',
    'evil.test',
    'https://',
    'https://x.test/ y',
    'https://x.test/\n',
    'https://x.test/\u202e',
    'https://x.test/"><script>',
  ])('%j is refused by its place, and not repeated', async (link) => {
    const node = await bell()
    const answer = await node.post('/v1/rings', ringBody({ link }))
    const text = await answer.text()
    expect([answer.status, JSON.parse(text)]).toMatchObject([
      400,
      { code: 'invalid_body', issues: [{ path: 'link' }] },
    ])
    if (link.length > 12) expect(text).not.toContain(JSON.stringify(link).slice(1, -1))
    await expectUntouched(node)
  })

  test('that is empty or null is none', async () => {
    const node = await bell()
    const first = await read(
      Accepted,
      await node.post('/v1/rings', ringBody({ key: 'k', link: '' })),
    )
    const again = await node.post('/v1/rings', ringBody({ key: 'k', link: null }))
    expect(await read(Accepted, again)).toMatchObject({ id: first.id, duplicate: true })
  })
})

test.each(['run:7', 'run:', 'drill:7', 'drill:'])('the key %s is reserved', async (key) => {
  await expectRefused(ringBody({ key }), { code: 'reserved_key' })
})

test.each(['RUN:7', 'rerun:7', 'run', 'x'.repeat(200), '!~'])('the key %s is free', async (key) => {
  expect((await (await bell()).post('/v1/rings', ringBody({ key }))).status).toBe(202)
})

describe('text of any characters', () => {
  test('in the detail rings, made plain', async () => {
    const node = await bell()
    const detail = 'a\u0000b\u001b[31mred\u202eevil\ud800 \r\nend\u0085'
    const { id } = await read(Accepted, await node.post('/v1/rings', ringBody({ detail })))
    const story = await read(RingView, await node.get(`/v1/rings/${id}`))
    expect(story.body).toBe(`${plain(detail)}\nThread: https://t3.test/?thread=t-1`)
    expect(story.body).not.toMatch(/[\u0000\u001b\u202e\ud800]/)
    await until('it is sent', () => node.sent().length === 1)
    expect(node.sent()[0]?.notification.body).toBe(story.body)
  })

  test('in the detail, the thread or the title never fails, and rings once', async () => {
    const node = await bell({ channels: { phone: accepts } })
    await fc.assert(
      fc.asyncProperty(hostileText, hostileText, hostileText, async (detail, threadId, title) => {
        const issue = { repo: 'infra', number: 1, title }
        const body = ringBody({ detail, threadId, issue, key: randomUUID() })
        const answer = await node.post('/v1/rings', body)
        expect(answer.status).toBe(202)
        const { id } = await read(Accepted, answer)
        expect((await node.post('/v1/rings', body)).status).toBe(200)
        const story = await read(RingView, await node.get(`/v1/rings/${id}`))
        expect(story.threadId).toBe(threadId.toWellFormed() || null)
        expect(story.body.startsWith(plain(detail))).toBe(true)
      }),
      { numRuns: 100 },
    )
    expect(node.events.some(({ event }) => event === 'bug')).toBe(false)
  })
})
