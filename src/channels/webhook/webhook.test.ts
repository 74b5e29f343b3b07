import { Webhook } from 'standardwebhooks'
import { describe, expect, onTestFinished, test } from 'vitest'

import { type Answering, closedPort, listen } from '../../../test/listen.ts'
import { message } from '../../../test/message.ts'
import { until } from '../../../test/until.ts'
import type { Ring } from '../../doorbell/ring.ts'
import { webhook } from './webhook.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const longEnough = () => AbortSignal.timeout(10_000)
const hookTo = (url: string) => {
  const hook = webhook({ url, secret })
  onTestFinished(() => hook.close())
  return hook
}
const sendTo = (url: string, ring = message(), signal = longEnough()) =>
  hookTo(url).send(ring, signal)
const answering = async (answer: Answering) => sendTo(`${await listen(answer)}/afk?key=hush`)
const leaks = /hush|127\.0\.0\.1|whsec|\/afk/

/** Takes what verifies, as a receiver's owner would write it. */
async function receiver() {
  const taken: { headers: Record<string, string>; payload: unknown }[] = []
  const url = await listen((req, res, body) => {
    const headers = Object.fromEntries(
      Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
    )
    taken.push({ headers, payload: new Webhook(secret).verify(body, headers) })
    res.writeHead(204).end()
  })
  return { url, taken }
}

describe('a signed webhook', () => {
  test('verifies, and says what rang', async () => {
    const { url, taken } = await receiver()
    const { notification, ...rest } = message({}, { notes: ['reported by ci'] })
    const ring: Ring = {
      id: 'ring_1',
      key: 'run:1',
      issue: { repo: 'infra', number: 42 },
      threadId: 't-1',
      notification,
      source: 'ci',
      acceptedAt: Date.parse('2026-11-23T12:00:00Z'),
    }
    const outcome = await sendTo(`${url}/afk`, { ...rest, notification, ring })
    expect(outcome).toEqual({ type: 'accepted', reference: rest.handle })
    const { notification: _, acceptedAt: __, ...facts } = ring
    expect(taken.map((one) => one.payload)).toEqual([
      {
        type: 'ring',
        ring: { ...facts, acceptedAt: '2026-11-23T12:00:00.000Z' },
        notification: { ...notification, body: `${notification.body}\nreported by ci` },
      },
    ])
  })

  test('verifies whatever the text', async () => {
    const { url, taken } = await receiver()
    const details = ['', '"\\\n\t', '€😀', '\u2028', 'x'.repeat(100_000)]
    for (const detail of details)
      expect(await sendTo(url, message({ detail }))).toMatchObject({ type: 'accepted' })
    expect(taken).toHaveLength(details.length)
  })

  test('is JSON, posted to the path and query of the URL', async () => {
    const seen: unknown[] = []
    await answering((req, res) => {
      seen.push([req.method, req.url, req.headers['content-type']])
      res.end()
    })
    expect(seen).toEqual([['POST', '/afk?key=hush', 'application/json']])
  })

  test('is known by its handle, and does not verify with another secret', async () => {
    const ring = message()
    let isForged = false
    const url = await listen((req, res, body) => {
      expect(req.headers['webhook-id']).toBe(ring.handle)
      const headers = Object.fromEntries(
        Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
      )
      const other = new Webhook(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)
      try {
        other.verify(body, headers)
      } catch {
        isForged = true
      }
      res.end()
    })
    expect(await sendTo(url, ring)).toMatchObject({ type: 'accepted' })
    expect(isForged).toBe(true)
  })

  test('keeps its id when repeated, and takes a new timestamp and signature', async () => {
    const { url, taken } = await receiver()
    const hook = hookTo(url)
    const ring = message()
    await hook.send(ring, longEnough())
    const second = Math.floor(Date.now() / 1_000)
    await until('the next second', () => Math.floor(Date.now() / 1_000) > second)
    await hook.send({ ...ring, mayHaveArrivedSince: Date.now() }, longEnough())
    const [first, repeat] = taken.map((one) => one.headers)
    expect(repeat?.['webhook-id']).toBe(first?.['webhook-id'])
    expect(Number(repeat?.['webhook-timestamp'])).toBeGreaterThan(
      Number(first?.['webhook-timestamp']),
    )
    expect(repeat?.['webhook-signature']).not.toBe(first?.['webhook-signature'])
  })
})

describe("a webhook's receiver", () => {
  test.each([200, 201, 202, 204, 299])('that answers %i has taken it', async (status) => {
    const outcome = await answering((_req, res) => res.writeHead(status).end())
    expect(outcome).toMatchObject({ type: 'accepted' })
  })

  test.each<[number, string, string]>([
    [400, 'refused', 'invalid'],
    [401, 'refused', 'credential'],
    [403, 'refused', 'credential'],
    [404, 'refused', 'not-found'],
    [410, 'refused', 'not-found'],
    [413, 'refused', 'too-large'],
    [408, 'unknown', 'timeout'],
    [429, 'deferred', 'rate-limited'],
    [500, 'unknown', 'server'],
    [503, 'unknown', 'server'],
  ])('that answers %i: %s, %s', async (status, type, code) => {
    const outcome = await answering((_req, res) => res.writeHead(status).end('no'))
    expect(outcome).toMatchObject({ type, code })
    expect(outcome).not.toHaveProperty('retryAfterMs')
  })

  test.each([301, 302, 303, 307, 308])('that answers %i is not followed', async (status) => {
    const asked: unknown[] = []
    const outcome = await answering((req, res) => {
      asked.push(req.url)
      res.writeHead(asked.length === 1 ? status : 200, { location: '/elsewhere' }).end()
    })
    expect(outcome).toMatchObject({ type: 'refused', code: 'redirected' })
    expect(asked).toHaveLength(1)
  })

  test.each([
    [429, '30', 30_000],
    [429, '86400', 3_600_000],
    [503, '30', 30_000],
    [503, '86400', 3_600_000],
  ])('that answers %i with Retry-After %s is left alone for %i ms', async (status, header, ms) => {
    const outcome = await answering((_req, res) =>
      res.writeHead(status, { 'retry-after': header }).end(),
    )
    expect(outcome).toHaveProperty('retryAfterMs', ms)
  })

  test.each([429, 503])('that answers %i with a date is left alone until then', async (status) => {
    const inMs = (ms: number) =>
      answering((_req, res) => {
        const date = new Date(Date.now() + ms).toUTCString()
        res.writeHead(status, { 'retry-after': date }).end()
      })
    const soon = await inMs(60_000)
    expect(soon).toHaveProperty('retryAfterMs', expect.closeTo(55_000, -4))
    expect(await inMs(2 * 3_600_000)).toHaveProperty('retryAfterMs', 3_600_000)
  })

  test('that never answers leaves the outcome unknown: out of time', async () => {
    let received = 0
    const url = await listen(() => void received++)
    const abort = new AbortController()
    const sent = sendTo(url, message(), abort.signal)
    await until('the request was read', () => received === 1)
    abort.abort()
    expect(await sent).toMatchObject({ type: 'unknown', code: 'timeout' })
  })

  test('that resets the connection leaves the outcome unknown', async () => {
    const outcome = await answering((req) => void req.socket.resetAndDestroy())
    expect(outcome).toMatchObject({ type: 'unknown', code: 'network' })
  })

  test('that is not there defers', async () => {
    const outcome = await sendTo(`${await closedPort()}/afk?key=hush`)
    expect(outcome).toMatchObject({ type: 'deferred', code: 'network' })
    expect(JSON.stringify(outcome)).not.toMatch(leaks)
  })

  test.each([204, 302, 400, 403, 429, 500])('that echoes with %i leaks nothing', async (status) => {
    const outcome = await answering((req, res) => {
      res.writeHead(status, { location: req.url }).end(`${req.headers.host}${req.url} ${secret}`)
    })
    expect(JSON.stringify(outcome)).not.toMatch(leaks)
  })

  test('that resets leaks nothing', async () => {
    const outcome = await answering((req) => void req.socket.resetAndDestroy())
    expect(JSON.stringify(outcome)).not.toMatch(leaks)
  })

  test('gets a check without a ring', async () => {
    const asked: unknown[] = []
    const url = await listen((req, res) => {
      asked.push(req.method)
      res.writeHead(405).end()
    })
    const findings = await hookTo(url).check(longEnough())
    expect(findings.map((finding) => finding.type)).toEqual(['good', 'unproven'])
    expect(asked).toEqual(['HEAD'])
    const [gone] = await hookTo(await closedPort()).check(longEnough())
    expect(gone).toMatchObject({ type: 'bad' })
    expect(JSON.stringify(gone)).not.toMatch(leaks)
  })
})

describe('what is configured wrongly', () => {
  const bytes = (count: number) => Buffer.alloc(count, 1).toString('base64')

  test.each([24, 32, 64])('a secret of %i bytes is one', async (count) => {
    const hook = webhook({ url: 'https://ops.example', secret: `whsec_${bytes(count)}` })
    await hook.close()
  })

  test.each([
    ['nothing', ''],
    ['the prefix alone', 'whsec_'],
    ['no base64', 'whsec_not base64 at all, not at all!'],
    ['no padding', `whsec_${bytes(32).replace('=', '')}`],
    ['23 bytes', `whsec_${bytes(23)}`],
    ['65 bytes', `whsec_${bytes(65)}`],
    ['no prefix', bytes(32)],
  ])('a secret that is %s is none, and not repeated', (_, bad) => {
    const make = () => webhook({ url: 'https://ops.example', secret: bad })
    expect(make).toThrow(TypeError)
    expect(make).toThrow(/whsec_ and 24 to 64 bytes/)
  })

  test.each(['', 'ops.example/hush', 'ftp://ops.example/hush'])('the URL %j is none', (url) => {
    const make = () => webhook({ url, secret })
    expect(make).toThrow(TypeError)
    expect(make).not.toThrow(/hush/)
  })
})
