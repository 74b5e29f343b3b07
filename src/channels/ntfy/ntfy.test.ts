import { describe, expect, onTestFinished, test } from 'vitest'

import { closedPort, listen } from '../../../test/listen.ts'
import { message } from '../../../test/message.ts'
import { type NtfyFault, ntfyStandIn } from '../../../test/ntfy-stand-in.ts'
import { until } from '../../../test/until.ts'
import type { Message } from '../channel.ts'
import { ntfy, type NtfyOptions } from './ntfy.ts'

const topic = 'topic-secret'
const token = 'tk_secret'
const longEnough = () => AbortSignal.timeout(10_000)
const phoneTo = (options: Partial<NtfyOptions> & { server: string }) => {
  const phone = ntfy({ topic, token, ...options })
  onTestFinished(() => phone.close())
  return phone
}
const opened = async () => {
  const server = await ntfyStandIn()
  onTestFinished(() => server.close())
  const phone = phoneTo({ server: server.url })
  const send = (ring: Message = message(), signal = longEnough()) => phone.send(ring, signal)
  const sendInto = (fault: NtfyFault, ring = message()) => {
    server.fail(fault)
    return send(ring)
  }
  return { server, send, sendInto }
}
const leaks = /secret|127\.0\.0\.1|localhost|nobody-has|http:|\w:\d{4}/

describe('an ntfy server that fails', () => {
  test('by never answering leaves the outcome unknown: out of time', async () => {
    const { server, send } = await opened()
    const abort = new AbortController()
    server.fail('hang')
    const sent = send(message(), abort.signal)
    await until('the publish was read', () => server.received() === 1)
    abort.abort()
    expect(await sent).toMatchObject({ type: 'unknown', code: 'timeout' })
  })

  test('by answering a byte now and then is waited for, and no longer than the try may take', async () => {
    const { server, send, sendInto } = await opened()
    expect(await sendInto('slow body')).toMatchObject({ type: 'accepted' })
    server.fail('slow body')
    const short = await send(message(), AbortSignal.timeout(40))
    expect(short).toMatchObject({ type: 'unknown', code: 'timeout' })
  })

  test.each<[NtfyFault, string, string]>([
    ['reset', 'unknown', 'network'],
    ['cut short', 'unknown', 'network'],
    ['500 after delivery', 'unknown', 'server'],
    ['500 before delivery', 'unknown', 'server'],
    ['502', 'unknown', 'server'],
    ['200 without id', 'unknown', 'not-understood'],
    ['redirect', 'refused', 'redirected'],
    [42901, 'deferred', 'rate-limited'],
    [42908, 'deferred', 'rate-limited'],
  ])('by %s is %s, %s, and is asked once', async (fault, type, code) => {
    const { server, sendInto } = await opened()
    expect(await sendInto(fault)).toMatchObject({ type, code })
    expect(server.received()).toBe(1)
    expect(server.violations).toEqual([])
  })

  test.each<NtfyFault>(['reset', 'cut short', '500 after delivery'])(
    'by %s has the message, and a repeat finds it',
    async (fault) => {
      const { server, send, sendInto } = await opened()
      const ring = message()
      const at = Date.now()
      expect(await sendInto(fault, ring)).toMatchObject({ type: 'unknown' })
      const repeated = await send({ ...ring, mayHaveArrivedSince: at })
      const kept = await server.poll(topic)
      expect(kept.map((one) => one.sequence_id)).toEqual([ring.handle])
      expect(repeated).toEqual({ type: 'accepted', reference: kept[0]?.id })
    },
  )

  test('by an error before delivery has nothing, and a repeat is published', async () => {
    const { server, send, sendInto } = await opened()
    const ring = message()
    const at = Date.now()
    await sendInto('500 before delivery', ring)
    expect(await send({ ...ring, mayHaveArrivedSince: at })).toMatchObject({ type: 'accepted' })
    expect(await server.poll(topic)).toHaveLength(1)
  })

  test('has the message still where the topic is busy', async () => {
    const { server, send, sendInto } = await opened()
    const at = Date.now()
    const detail = 'x'.repeat(4_000)
    for (let other = 0; other < 60; other++) await send(message({ detail }))
    const ring = message()
    await sendInto('reset', ring)
    await send({ ...ring, mayHaveArrivedSince: at })
    const same = (await server.poll(topic)).filter((one) => one.sequence_id === ring.handle)
    expect(same).toHaveLength(1)
  })
})

describe('an ntfy server that is not there', () => {
  test('defers where nothing listens', async () => {
    const outcome = await phoneTo({ server: await closedPort() }).send(message(), longEnough())
    expect(outcome).toMatchObject({ type: 'deferred', code: 'network' })
    expect(JSON.stringify(outcome)).not.toMatch(leaks)
  })

  test('defers where nobody has the name', async () => {
    const phone = phoneTo({ server: 'http://nobody-has-this.invalid' })
    const outcome = await phone.send(message(), longEnough())
    expect(outcome).toMatchObject({ type: 'deferred', code: 'network' })
    expect(JSON.stringify(outcome)).not.toMatch(leaks)
  })

  test('defers a repeat too: whatever arrived before, this try did not', async () => {
    const repeat = message({}, { mayHaveArrivedSince: Date.now() })
    const outcome = await phoneTo({ server: await closedPort() }).send(repeat, longEnough())
    expect(outcome).toMatchObject({ type: 'deferred', code: 'network' })
  })
})

describe('an ntfy channel', () => {
  test('does not follow a redirect, not even to a server that would take it', async () => {
    const asked: unknown[] = []
    const server = await listen((req, res) => {
      asked.push([req.method, req.url])
      if (req.url === '/') res.writeHead(301, { location: '/elsewhere' }).end()
      else res.end('{"id":"m1","event":"message"}')
    })
    const outcome = await phoneTo({ server }).send(message(), longEnough())
    expect(outcome).toMatchObject({ type: 'refused', code: 'redirected' })
    expect(asked).toEqual([['POST', '/']])
  })

  test.each<[string, Partial<NtfyOptions>, string | undefined]>([
    ['a token', {}, 'Bearer tk_secret'],
    ['a user in the URL', { server: 'me:p%40ss@' }, 'Basic bWU6cEBzcw=='],
    ['nothing', { server: '' }, undefined],
  ])('logs in with %s', async (_, { server: login }, authorization) => {
    const seen: unknown[] = []
    const server = await listen((req, res) => {
      seen.push(req.headers.authorization)
      res.end('{"id":"m1","event":"message"}')
    })
    const url = server.replace('//', `//${login ?? ''}`)
    const phone = ntfy({ server: url, topic, ...(login === undefined && { token }) })
    onTestFinished(() => phone.close())
    expect(await phone.send(message(), longEnough())).toMatchObject({ type: 'accepted' })
    expect(seen).toEqual([authorization])
  })

  test('posts below the path that the server has', async () => {
    const seen: unknown[] = []
    const server = await listen((req, res) => {
      seen.push(`${req.method} ${req.url}`)
      res.end(req.method === 'POST' ? '{"id":"m1","event":"message"}' : '')
    })
    const repeat = message({}, { mayHaveArrivedSince: 1_000_000_000_000 })
    await phoneTo({ server: `${server}/push/` }).send(repeat, longEnough())
    const since = 1_000_000_000 - 60
    expect(seen).toEqual([`GET /push/${topic}/json?poll=1&since=${since}`, 'POST /push/'])
  })

  test.each([200, 302, 400, 401, 403, 404, 413, 429, 500, 502])(
    'leaks nothing where a %i echoes the request',
    async (status) => {
      const server = await listen((req, res, body) => {
        const echo = `${req.headers.host} ${req.headers.authorization} ${body}`
        res.writeHead(status).end(JSON.stringify({ code: echo, error: echo, id: 7 }))
      })
      const outcome = await phoneTo({ server }).send(message(), longEnough())
      expect(JSON.stringify(outcome)).not.toMatch(leaks)
    },
  )

  test.each<NtfyFault>(['reset', 'cut short'])('leaks nothing by a %s', async (fault) => {
    const { sendInto } = await opened()
    expect(JSON.stringify(await sendInto(fault))).not.toMatch(leaks)
  })

  test.each(['', 'a b', 'a/b', 'a,b', 'ä', 'x'.repeat(65)])('refuses the topic %j', (bad) => {
    expect(() => ntfy({ server: 'https://ntfy.example', topic: bad })).toThrow(TypeError)
  })

  test.each(['', 'ntfy.example', 'ftp://ntfy.example', 'javascript:1'])(
    'refuses the server %j',
    (server) => {
      expect(() => ntfy({ server, topic })).toThrow(TypeError)
    },
  )
})

describe("an ntfy channel's check", () => {
  const check = async (server: string) => phoneTo({ server }).check(longEnough())

  test('asks for the health without the credential', async () => {
    const seen: unknown[] = []
    const server = await listen((req, res) => {
      seen.push([req.url, req.headers.authorization])
      res.end('{"healthy":true}')
    })
    expect((await check(server)).map((finding) => finding.type)).toEqual(['good', 'unproven'])
    expect(seen).toEqual([
      ['/v1/health', undefined],
      ['/v1/account', `Bearer ${token}`],
    ])
  })

  test('says so where something else answers', async () => {
    const server = await listen((_req, res) => res.end('<html>'))
    expect(await check(server)).toMatchObject([{ type: 'bad', mend: 'check `server`' }])
  })

  test('says so where nothing listens, and names no address', async () => {
    const findings = await check(await closedPort())
    expect(findings).toMatchObject([{ type: 'bad' }])
    expect(JSON.stringify(findings)).not.toMatch(leaks)
  })
})
