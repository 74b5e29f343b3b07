import { describe, expect, test } from 'vitest'
import * as z from 'zod'

import { accepts, type Bell, bell, read, ringBody } from '../../test/bell.ts'
import { until } from '../../test/until.ts'
import { CATALOGUE, type ErrorCode } from '../errors.ts'
import { Accepted, DoctorView, ReadyView, StatusView } from './schemas.ts'

const operator = 'operator-token-0123456789'
const ring = 'ring-token-0123456789'
const noLoop = { repo: 'infra', number: 42 }
const full = { minFreeBytes: Number.MAX_SAFE_INTEGER }

const signIn = (node: Bell) =>
  node.post(
    '/v1/session',
    { token: 'wrong' },
    { 'x-afk-page': '1', 'sec-fetch-site': 'same-origin' },
  )

const waits: Readonly<Record<number, string>> = { 429: '6', 503: '1' }

/** One way to each refusal. */
const refusals: Record<ErrorCode, () => Promise<Response>> = {
  unknown_kind: async () => (await bell()).post('/v1/rings', ringBody({ kind: 'paused' })),
  invalid_body: async () => (await bell()).post('/v1/rings', '{'),
  invalid_query: async () => (await bell()).get('/v1/rings?limit=0'),
  reserved_key: async () => (await bell()).post('/v1/rings', ringBody({ key: 'run:1' })),
  unauthorized: async () => (await bell({ tokens: { operator } })).get('/v1/rings'),
  forbidden: async () =>
    (await bell({ tokens: { operator, ring } })).get('/v1/rings', {
      authorization: `Bearer ${ring}`,
    }),
  wrong_token: async () => signIn(await bell({ tokens: { operator } })),
  foreign_page: async () =>
    (await bell({ tokens: { operator } })).post('/v1/session', { token: '' }),
  foreign_request: async () => (await bell()).get('/v1/rings', { host: 'evil.test' }),
  not_found: async () => (await bell()).get('/v2/rings'),
  ring_not_found: async () => (await bell()).get('/v1/rings/ring_absent'),
  channel_not_found: async () => {
    const node = await bell()
    const { id } = await read(Accepted, await node.post('/v1/rings', ringBody()))
    return node.post(`/v1/rings/${id}/resend`, { channel: 'absent' })
  },
  run_not_found: async () => (await bell()).get('/v1/runs/run_absent'),
  key_conflict: async () => {
    const node = await bell()
    await node.post('/v1/rings', ringBody({ key: 'k' }))
    return node.post('/v1/rings', ringBody({ key: 'k', detail: 'other' }))
  },
  loop_disarmed: async () => (await bell()).post('/v1/start', noLoop),
  loop_refused: async () => (await bell({ issues: [] })).post('/v1/start', noLoop),
  body_too_large: async () =>
    (await bell()).post('/v1/rings', ringBody({ detail: 'x'.repeat(65_536) })),
  too_many_tries: async () => {
    const node = await bell({ tokens: { operator } })
    for (let i = 0; i < 10; i += 1) await signIn(node)
    return signIn(node)
  },
  internal: async () => {
    const openapi = () => Promise.reject(new Error('secret-of-the-inside'))
    return (await bell({ openapi })).get('/openapi.json')
  },
  too_many_clients: async () => (await bell({ isFull: true })).get('/v1/events'),
  overloaded: async () =>
    (await bell({ store: { maxWaitingAccepts: 0 } })).post('/v1/rings', ringBody()),
  store_unavailable: async () => (await bell({ store: full })).post('/v1/rings', ringBody()),
}

describe('every refusal of the catalogue', () => {
  test.each(Object.entries(refusals))(
    '%s has its status, words and paragraph',
    async (code, get) => {
      const [status, message] = CATALOGUE[code as ErrorCode]
      const answer = await get()
      expect(answer.status).toBe(status)
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
      const body = await answer.json()
      expect(body).toMatchObject({ code, message, docs: `docs/errors.md#${code}` })
      const issues = /^(?:invalid|loop)_/.test(code) ? ['issues'] : []
      expect(Object.keys(Object(body))).toEqual(['code', 'message', 'docs', ...issues])
      expect(answer.headers.get('retry-after')).toBe(waits[status] ?? null)
    },
  )

  test('a bug tells its story in the log alone', async () => {
    const openapi = () => Promise.reject(new Error('secret-of-the-inside'))
    const node = await bell({ openapi })
    expect(await (await node.get('/openapi.json')).text()).not.toMatch(/secret|\.ts/)
    expect(node.events).toEqual([
      { event: 'bug', where: 'the API', detail: expect.stringContaining('secret-of-the-inside') },
    ])
  })
})

describe('a route', () => {
  test.each([
    ['POST', '/'],
    ['GET', '/v1'],
    ['PUT', '/v1/rings'],
    ['DELETE', '/v1/rings/ring_1'],
    ['GET', '/v1/drill'],
    ['GET', '/v1/rings/a/b/c'],
    ['GET', '/v1/../healthz/x'],
  ])('that is not there is 404: %s %s', async (method, path) => {
    const answer = await (await bell()).request(path, { method })
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not_found' }])
  })

  test.each(['absent', '%00', '%E0%A4%A', '..%2f..%2fetc', "' or 1=1 --", '💥'])(
    'for the ring %j, which never rang, is 404 and no bug',
    async (id) => {
      const node = await bell()
      for (const answer of [
        await node.get(`/v1/rings/${id}`),
        await node.post(`/v1/rings/${id}/ack`),
        await node.post(`/v1/rings/${id}/resend`),
      ])
        expect([answer.status, await answer.json()]).toMatchObject([
          404,
          { code: 'ring_not_found' },
        ])
      expect(node.events).toEqual([])
    },
  )

  test.each(['paused', null, 7])('/v1/drill knows no kind %j, and does nothing', async (kind) => {
    const node = await bell()
    const answer = await node.post('/v1/drill', { kind })
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'unknown_kind' }])
    expect(node.events).toEqual([])
  })

  test.each([
    ['/v1/rings/ID/ack', { by: '' }],
    ['/v1/rings/ID/ack', { by: 7 }],
    ['/v1/rings/ID/ack', { note: 'x'.repeat(2_001) }],
    ['/v1/rings/ID/ack', { who: 'ada' }],
    ['/v1/rings/ID/ack', []],
    ['/v1/rings/ID/ack', 'null'],
    ['/v1/rings/ID/resend', { channel: 7 }],
    ['/v1/rings/ID/resend', { channels: ['phone'] }],
    ['/v1/drill', { channel: 'phone' }],
    ['/v1/drill', '['],
    ['/v1/doctor', { links: 'yes' }],
    ['/v1/doctor', { all: true }],
  ])('%s refuses a wrong body, and does nothing (%#)', async (path, body) => {
    const node = await bell()
    const { id } = await read(Accepted, await node.post('/v1/rings', ringBody()))
    const answer = await node.post(path.replace('ID', id), body)
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'invalid_body' }])
    const { acknowledged, deliveries } = (await node.store.story(id))!
    expect([acknowledged, deliveries.length]).toEqual([null, 1])
    expect(node.events.filter(({ event }) => event === 'ring-accepted')).toHaveLength(1)
  })
})

describe('what the node says of itself', () => {
  test('alive and ready', async () => {
    const node = await bell()
    expect(await (await node.get('/healthz')).json()).toEqual({ alive: true })
    expect(await read(ReadyView, await node.get('/readyz'))).toEqual({ ready: true, problems: [] })
  })

  test('not ready where the courier has stopped', async () => {
    const node = await bell()
    await node.courier.stop()
    const answer = await node.get('/readyz')
    expect(answer.status).toBe(503)
    expect(await read(ReadyView, answer)).toEqual({
      ready: false,
      problems: ['the courier does not run'],
    })
  })

  test('not ready where the store accepts no ring', async () => {
    const node = await bell({ store: full })
    expect((await node.post('/v1/rings', ringBody())).status).toBe(503)
    const answer = await node.get('/readyz')
    expect([answer.status, await answer.json()]).toMatchObject([503, { ready: false }])
    expect((await read(StatusView, await node.get('/v1/status'))).ready).toBe(false)
  })

  test('how it stands: channels, what waits, what is dead, what the loop misses', async () => {
    const node = await bell({
      channels: {
        good: accepts,
        bad: () => ({ type: 'refused', code: 'credential', detail: 'the credential was refused' }),
      },
    })
    await node.post('/v1/rings', ringBody())
    const status = async () => read(StatusView, await node.get('/v1/status'))
    await until('a channel is closed', async () => (await status()).channels[1]?.state === 'closed')
    const { channels, loop, oldestUnsentAt, version } = await status()
    expect(version).toBe('1.2.3')
    expect(loop.armed).toBe(false)
    expect(channels[0]).toMatchObject({ name: 'good', state: 'open', detail: null, probeAt: null })
    expect(channels[1]).toMatchObject({ name: 'bad', due: 1, detail: 'the credential was refused' })
    expect(oldestUnsentAt).not.toBeNull()
  })

  test('a doctor’s findings', async () => {
    const { findings } = await read(DoctorView, await (await bell()).post('/v1/doctor'))
    expect(findings.map(({ about, type }) => [about, type])).toEqual([
      ['store', 'good'],
      ['links', 'good'],
      ['loop', 'unproven'],
    ])
  })

  test('a document of itself', async () => {
    const answer = await (await bell()).get('/openapi.json')
    const { openapi } = z.looseObject({ openapi: z.string() }).parse(await answer.json())
    expect(openapi).toBe('3.1.0')
  })
})
