import { describe, expect, test } from 'vitest'

import { bell, read, ringBody } from '../../test/bell.ts'
import { Accepted, RingView } from './schemas.ts'

const operator = 'operator-token-0123456789'
const ring = 'ring-token-0123456789'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('a node without tokens', () => {
  test.each([
    'localhost',
    'localhost:7333',
    'LOCALHOST:7333',
    '127.0.0.1',
    '127.0.0.1:80',
    '127.3.2.1',
    '[::1]',
    '[::1]:7333',
  ])('answers this machine by the name %s', async (host) => {
    const node = await bell()
    expect((await node.get('/v1/status', { host })).status).toBe(200)
    const origin = `http://${host}`
    expect((await node.post('/v1/rings', ringBody(), { host, origin })).status).toBe(202)
  })

  const strangers = [
    'evil.test',
    'evil.test:7333',
    'localhost.evil.test',
    '127.0.0.1.evil.test',
    '127.0.0.1.evil.test:7333',
    'evil.test#localhost',
    'localhost@evil.test',
    '0.0.0.0:7333',
    '192.168.1.4:7333',
    '[::1].evil.test',
    '[fe80::1]:7333',
  ]

  test.each(['', ...strangers])('refuses the Host %j, even for its health', async (host) => {
    const node = await bell()
    for (const path of ['/v1/status', '/v1/rings', '/healthz', '/openapi.json']) {
      const answer = await node.get(path, { host })
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'foreign_request' }])
    }
  })

  test('refuses a request without a Host', async () => {
    const node = await bell()
    expect((await node.app.request('/v1/status')).status).toBe(403)
  })

  test.each(['null', ...strangers.map((host) => `https://${host}`), ...strangers])(
    'refuses the Origin %j, and rings nothing',
    async (origin) => {
      const node = await bell()
      const answer = await node.post('/v1/rings', ringBody(), { origin })
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'foreign_request' }])
      expect(node.events).toEqual([])
    },
  )

  test('says that a ring is reported by local', async () => {
    const node = await bell()
    const { id } = await read(Accepted, await node.post('/v1/rings', ringBody()))
    expect(await read(RingView, await node.get(`/v1/rings/${id}`))).toMatchObject({
      source: 'local',
    })
  })

  test('minds no token', async () => {
    expect((await (await bell()).get('/v1/status', bearer('whatever'))).status).toBe(200)
  })
})

describe('a node with tokens', () => {
  const withTokens = () => bell({ tokens: { operator, ring } })

  test.each([
    ['none', {}],
    ['an empty one', { authorization: 'Bearer ' }],
    ['a wrong one', bearer('wrong-token-0123456789')],
    ['a part of one', bearer(operator.slice(0, -1))],
    ['one and more', bearer(`${operator}x`)],
    ['another scheme', { authorization: `Basic ${operator}` }],
    ['no scheme', { authorization: operator }],
  ])('answers 401 to a caller with %s', async (_, headers) => {
    const node = await withTokens()
    for (const answer of [
      await node.get('/v1/rings', headers),
      await node.get('/nowhere', headers),
      await node.post('/v1/rings', ringBody(), headers),
    ]) {
      expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'unauthorized' }])
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
    expect(node.events).toEqual([])
  })

  test('never repeats a token in what it answers', async () => {
    const node = await withTokens()
    expect(
      await (await node.get('/v1/rings', bearer('wrong-token-0123456789'))).text(),
    ).not.toMatch(/wrong/)
    expect(await (await node.get('/v1/status', bearer(operator))).text()).not.toContain(operator)
  })

  test('lets the operator do everything, from any Host and Origin', async () => {
    const node = await withTokens()
    const headers = { ...bearer(operator), host: 'afk.test', origin: 'https://evil.test' }
    const { id } = await read(Accepted, await node.post('/v1/rings', ringBody(), headers))
    for (const path of ['/v1/rings', `/v1/rings/${id}`, '/v1/status'])
      expect((await node.get(path, headers)).status).toBe(200)
    for (const [path, status] of [
      [`/v1/rings/${id}/ack`, 200],
      [`/v1/rings/${id}/resend`, 202],
      ['/v1/drill', 202],
      ['/v1/doctor', 200],
    ] as const)
      expect((await node.post(path, '', headers)).status).toBe(status)
  })

  test('lets the ring token post rings, and nothing else', async () => {
    const node = await withTokens()
    const { id } = await read(Accepted, await node.post('/v1/rings', ringBody(), bearer(ring)))
    for (const answer of [
      await node.get('/v1/rings', bearer(ring)),
      await node.get(`/v1/rings/${id}`, bearer(ring)),
      await node.get('/v1/status', bearer(ring)),
      await node.post(`/v1/rings/${id}/ack`, '', bearer(ring)),
      await node.post(`/v1/rings/${id}/resend`, '', bearer(ring)),
      await node.post('/v1/drill', '', bearer(ring)),
      await node.post('/v1/doctor', '', bearer(ring)),
      await node.get('/v1/runs', bearer(ring)),
      await node.get('/v1/runs/run_1', bearer(ring)),
      await node.post('/v1/runs/run_1/stop', '', bearer(ring)),
      ...(await Promise.all(
        ['pause', 'resume', 'start', 'continue', 'adopt', 'grants'].map((name) =>
          node.post(`/v1/${name}`, '', bearer(ring)),
        ),
      )),
      await node.request('/v1/rings', { method: 'PUT', headers: bearer(ring) }),
    ])
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'forbidden' }])
  })

  test('writes down which token posted a ring and acknowledged it', async () => {
    const node = await withTokens()
    const { id } = await read(Accepted, await node.post('/v1/rings', ringBody(), bearer(ring)))
    await node.post(`/v1/rings/${id}/ack`, '', bearer(operator))
    const story = await read(RingView, await node.get(`/v1/rings/${id}`, bearer(operator)))
    expect(story).toMatchObject({ source: 'ring', acknowledged: { by: 'operator' } })
  })

  test('tells anyone whether it is alive and ready', async () => {
    const node = await withTokens()
    for (const path of ['/healthz', '/readyz', '/openapi.json'])
      expect((await node.get(path, { host: 'afk.test' })).status).toBe(200)
  })
})
