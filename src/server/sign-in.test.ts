import { describe, expect, test } from 'vitest'

import { bell, type Bell, read, ringBody } from '../../test/bell.ts'
import { Accepted, SessionView } from './schemas.ts'

const operator = 'operator-token-0123456789'
const ring = 'ring-token-0123456789'
const withTokens = () => bell({ tokens: { operator, ring } })
const page = { 'x-afk-page': '1', 'sec-fetch-site': 'same-origin' }

const signIn = (node: Bell, headers: Readonly<Record<string, string>> = page, token = operator) =>
  node.post('/v1/session', { token }, headers)

/** The cookie as a browser sends it back. */
async function cookieOf(node: Bell): Promise<{ cookie: string }> {
  const [cookie = ''] = (await signIn(node)).headers.getSetCookie()
  return { cookie: cookie.split(';')[0] ?? '' }
}

describe('a sign-in', () => {
  test('gives a cookie that no script can read and no other site sends', async () => {
    const answer = await signIn(await withTokens())
    expect(await read(SessionView, answer)).toEqual({ needed: true, signedIn: true })
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^afk_session=[\w-]{20,}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
      ),
    ])
  })

  test.each([
    ['the origin', { origin: 'https://afk.test', host: 'afk.test' }],
    ['a proxy', { 'x-forwarded-proto': 'https' }],
  ])('over HTTPS, as %s tells, gives a secure cookie', async (_, headers) => {
    const answer = await signIn(await withTokens(), { ...page, ...headers })
    expect(answer.headers.getSetCookie()[0]).toMatch(/; Secure/)
  })

  test.each([
    ['a wrong token', 'wrong'],
    ['the ring token', ring],
    ['no token', ''],
  ])('with %s is refused, without a cookie', async (_, token) => {
    const answer = await signIn(await withTokens(), page, token)
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'wrong_token' }])
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test('is not needed where the node has no tokens', async () => {
    const answer = await signIn(await bell(), {})
    expect(await read(SessionView, answer)).toEqual({ needed: false, signedIn: false })
    expect(answer.headers.getSetCookie()).toEqual([])
  })
})

/** What a request from elsewhere looks like; the last is that of a browser without fetch metadata. */
const foreign: ReadonlyArray<readonly [string, Readonly<Record<string, string>>]> = [
  ['no sign of the page', {}],
  ['no header of the page', { 'sec-fetch-site': 'same-origin' }],
  ['another site', { 'x-afk-page': '1', 'sec-fetch-site': 'cross-site' }],
  ['another port of this machine', { 'x-afk-page': '1', 'sec-fetch-site': 'same-site' }],
  ['an address that was typed', { 'x-afk-page': '1', 'sec-fetch-site': 'none' }],
  ['no origin', { 'x-afk-page': '1' }],
  ['another origin', { 'x-afk-page': '1', origin: 'https://evil.test' }],
  ['another port, as its origin tells', { 'x-afk-page': '1', origin: 'http://127.0.0.1:3000' }],
  ['an origin that is hidden', { 'x-afk-page': '1', origin: 'null' }],
]

describe('what changes something', () => {
  test.each(foreign)('is refused with a cookie and %s, and changes nothing', async (_, headers) => {
    const node = await withTokens()
    const cookie = await cookieOf(node)
    for (const [method, path] of [
      ['POST', '/v1/rings'],
      ['POST', '/v1/drill'],
      ['POST', '/v1/pause'],
      ['DELETE', '/v1/session'],
    ] as const) {
      const body = method === 'POST' ? JSON.stringify(ringBody()) : null
      const answer = await node.request(path, { method, body, headers: { ...cookie, ...headers } })
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'foreign_page' }])
    }
    expect(node.events).toEqual([])
    expect((await node.get('/v1/rings', cookie)).status).toBe(200)
  })

  test.each([
    ['the browser says so', page],
    ['its origin is the host', { 'x-afk-page': '1', origin: 'http://127.0.0.1:7333' }],
  ])('is done for the page itself, by the operator, where %s', async (_, headers) => {
    const node = await withTokens()
    const cookie = await cookieOf(node)
    const posted = await node.post('/v1/rings', ringBody(), { ...cookie, ...headers })
    const { id } = await read(Accepted, posted)
    expect(await (await node.get(`/v1/rings/${id}`, cookie)).json()).toMatchObject({
      source: 'operator',
    })
  })

  test('needs no page of a bearer, whatever cookie comes along', async () => {
    const node = await withTokens()
    const bearer = { ...(await cookieOf(node)), authorization: `Bearer ${operator}` }
    expect((await node.post('/v1/rings', ringBody(), bearer)).status).toBe(202)
    const wrong = { ...bearer, authorization: 'Bearer wrong' }
    expect((await node.post('/v1/rings', ringBody(), { ...page, ...wrong })).status).toBe(401)
  })
})

describe('a browser', () => {
  test('reads with its cookie, and with no other', async () => {
    const node = await withTokens()
    const cookie = await cookieOf(node)
    expect((await node.get('/v1/status', cookie)).status).toBe(200)
    for (const other of [{}, { cookie: 'afk_session=guess' }, { cookie: 'afk_session=' }])
      expect((await node.get('/v1/status', other)).status).toBe(401)
  })

  test('can ask whether it has signed in', async () => {
    const node = await withTokens()
    const cookie = await cookieOf(node)
    const asked = async (headers: Readonly<Record<string, string>>) =>
      read(SessionView, await node.get('/v1/session', headers))
    expect(await asked({})).toEqual({ needed: true, signedIn: false })
    expect(await asked(cookie)).toEqual({ needed: true, signedIn: true })
  })

  test('that has signed out is a stranger, also with its old cookie', async () => {
    const node = await withTokens()
    const cookie = await cookieOf(node)
    const headers = { ...cookie, ...page }
    const answer = await node.request('/v1/session', { method: 'DELETE', headers })
    expect(await read(SessionView, answer)).toEqual({ needed: true, signedIn: false })
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^afk_session=; Max-Age=0; Path=\//),
    ])
    expect((await node.get('/v1/status', cookie)).status).toBe(401)
  })
})
