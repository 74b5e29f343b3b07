/**
 * What ntfy answers on the wire, asked without our channel: the facts that the stand-in must share with
 * a real server, so that a test against the one says something about the other.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'

import type { NtfyServerOptions } from './ntfy-server.ts'
import type { FarSide } from './ntfy.contract.ts'

type Asked = { readonly method?: string; readonly auth?: string; readonly body?: unknown }

export function ntfyWireContract(open: (options: NtfyServerOptions) => Promise<FarSide>): void {
  let publicSide: FarSide
  let guarded: FarSide
  let withFiles: FarSide
  beforeAll(async () => {
    publicSide = await open({})
    guarded = await open({ auth: 'deny-all' })
    withFiles = await open({ attachments: true })
  })
  afterAll(async () => {
    for (const side of [publicSide, guarded, withFiles]) await side.close()
  })

  const topic = `protected-${randomUUID()}`
  const ask = async (side: FarSide, path: string, { method = 'POST', auth, body }: Asked) => {
    const response = await fetch(`${side.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...(auth && { authorization: auth }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    expect(response.headers.has('retry-after')).toBe(false)
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    return { status: response.status, type, said: type.includes('/json') ? JSON.parse(text) : text }
  }
  const publish = (side: FarSide, body: unknown, auth?: string) =>
    ask(side, '/', { body, ...(auth && { auth }) })
  const padded = (bytes: number) => {
    const frame = { topic, message: 'x', title: '' }
    return { ...frame, title: 'x'.repeat(bytes - JSON.stringify(frame).length) }
  }

  test.each<[string, unknown, number]>([
    ['not JSON', 'nope', 40024],
    ['a priority in quotes', { topic, priority: '5' }, 40024],
    ['half a priority', { topic, priority: 3.5 }, 40024],
    ['tags that are no list', { topic, tags: 'a' }, 40024],
    ['no topic', { message: 'x' }, 40009],
    ['a topic with a space', { topic: 'a b', priority: 9 }, 40009],
    ['a reserved topic', { topic: 'docs', priority: 9 }, 40010],
    ['a sequence id with a space, before a bad priority', sequence('a b', 9), 40049],
    ['a priority of six', { topic, priority: 6 }, 40007],
    ['four actions', { topic, actions: actions(4) }, 40018],
    ['an action without a label', { topic, actions: [{ action: 'view', url: 'x' }] }, 40018],
    ['4096 bytes of message', { topic, message: 'x'.repeat(4_096) }, 40014],
    ['1366 three-byte characters', { topic, message: '€'.repeat(1_366) }, 40014],
    ['8192 bytes of JSON', padded(8_192), 41303],
  ])('%s is an error', async (_, body, code) => {
    const { status, said } = await publish(publicSide, body)
    expect([status, said.code, said.http]).toEqual([Math.floor(code / 100), code, status])
  })

  test.each<[string, unknown]>([
    ['4095 bytes of message', { topic, message: 'x'.repeat(4_095) }],
    ['1365 three-byte characters', { topic, message: '€'.repeat(1_365) }],
    ['8191 bytes of JSON', padded(8_191)],
    ['null for what is not there', { topic, message: null, tags: null, priority: null }],
    ['a priority of zero', { topic, priority: 0 }],
    ['an unknown key', { topic, idempotency_key: 'x' }],
  ])('%s is taken', async (_, body) => {
    const { status, said } = await publish(publicSide, body)
    expect([status, said.event]).toEqual([200, 'message'])
    expect(said.id).toMatch(/^[A-Za-z0-9]{12}$/)
  })

  test('a message too long is an internal error where files are allowed', async () => {
    const { said } = await publish(withFiles, { topic, message: 'x'.repeat(4_096) })
    expect(said.code).toBe(50001)
  })

  test('text is trimmed, blank text says triggered, tags are split at commas', async () => {
    const ask = { topic, title: ' t ', message: '\n\u0085 ', tags: [' a,b ', '', 'c'] }
    const { said } = await publish(publicSide, ask)
    expect(said).toMatchObject({ title: 't', message: 'triggered', tags: ['a', 'b', 'c'] })
    const kept = await publish(publicSide, { topic, message: ' a\n b ', title: '  ' })
    expect(kept.said.message).toBe('a\n b')
    expect(kept.said).not.toHaveProperty('title')
  })

  test('an encoded word is decoded in the title, and not in the message', async () => {
    const word = '=?UTF-8?B?SGVsbG8=?='
    const { said } = await publish(publicSide, { topic, title: `x ${word} y`, message: word })
    expect(said).toMatchObject({ title: 'x Hello y', message: word })
  })

  test.each<[string, string, Asked, number, string | RegExp]>([
    ['two slashes', '//', { body: { topic } }, 301, ''],
    ['a page at the root', '/', { method: 'GET' }, 200, /html/],
    ['health', '/v1/health', { method: 'GET' }, 200, /json/],
    ['a path below', '/no/such/path/', { body: { topic } }, 404, /json/],
    ['a slash after a topic', '/no/', { body: { topic } }, 404, /json/],
    [
      'a poll of nothing',
      `/${randomUUID()}/json?poll=1&since=12`,
      { method: 'GET' },
      200,
      /ndjson/,
    ],
    ['a poll since nonsense', '/t/json?poll=1&since=soon', { method: 'GET' }, 400, /json/],
  ])('%s: %s', async (_, path, asked, status, type) => {
    const answered = await ask(publicSide, path, asked)
    expect(answered.status).toBe(status)
    expect(answered.type).toMatch(type)
  })

  test('an open server takes any credential', async () => {
    expect((await publish(publicSide, { topic }, 'Bearer tk_wrong')).status).toBe(200)
  })

  test('nobody is 403, a credential that is none too, a wrong one 401', async () => {
    const right = guarded.tokens?.readWrite
    const codes = []
    for (const auth of ['', 'Digest x', 'Bearer tk_wrong', `bearer ${right}`, `Bearer  ${right} `])
      codes.push((await publish(guarded, { topic }, auth)).said.code)
    expect(codes).toEqual([40301, 40301, 40101, 40101, undefined])
  })

  test('the credential is looked at before the body, and the body before the right to write', async () => {
    const long = 'x'.repeat(9_000)
    expect((await publish(guarded, long, 'Bearer tk_wrong')).said.code).toBe(40101)
    expect((await publish(guarded, long)).said.code).toBe(41303)
    expect((await publish(guarded, { topic, priority: 9 })).said.code).toBe(40301)
  })

  test('a token that may only write cannot poll', async () => {
    const path = `/${topic}/json?poll=1`
    const auth = `Bearer ${guarded.tokens?.writeOnly}`
    expect((await ask(guarded, path, { method: 'GET', auth })).said.code).toBe(40301)
  })

  test('a bad credential fails even the health check', async () => {
    const auth = 'Bearer tk_wrong'
    expect((await ask(guarded, '/v1/health', { method: 'GET', auth })).status).toBe(401)
    expect((await ask(guarded, '/v1/account', { method: 'GET' })).status).toBe(200)
  })

  function sequence(id: string, priority: number) {
    return { topic, sequence_id: id, priority }
  }

  function actions(count: number) {
    return Array.from({ length: count }, () => ({ action: 'view', label: 'l', url: 'u' }))
  }
}
