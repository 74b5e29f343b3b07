import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'

import { follow, framesOf } from '../../test/follower.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { until } from '../../test/until.ts'
import { type Fetch, listen } from '../app/listen.ts'
import { ApiError, CATALOGUE, errorBody } from '../errors.ts'
import type { LogEvent } from '../log.ts'
import { live, type LiveOptions, liveRoute } from './live.ts'

const closed = (channel: string): LogEvent => ({
  event: 'channel-closed',
  channel,
  detail: 'wrong token',
  probeAt: 'soon',
})
const changed = (channel: string) => ({ type: 'channel', id: channel })

/** Events on a port of loopback; `GET /now` tells one, and follows in the same turn. */
async function served(options: Partial<LiveOptions> = {}) {
  const clock = manualClock()
  const stream = live({ clock, boot: 'boot', ...options })
  const app = new Hono<{ Bindings: HttpBindings }>()
    .use('/now/*', async (_, next) => {
      stream.tell(closed('now'))
      await next()
    })
    .route('/now', liveRoute(stream))
    .route('/v1/events', liveRoute(stream))
    .onError((error) => {
      if (!(error instanceof ApiError)) throw error
      return Response.json(errorBody(error.code), { status: CATALOGUE[error.code][0] })
    })
  const listener = await listen(app.fetch as Fetch, { host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    stream.close()
    await listener.close()
  })
  const { url } = listener
  return {
    ...stream,
    clock,
    url,
    /** One change each, in one turn. */
    close: (...channels: string[]) => channels.forEach((name) => stream.tell(closed(name))),
    end: stream.close,
    follow: (lastId?: string) => follow(url, lastId === undefined ? {} : { lastId }),
    /** What was sent, byte for byte. Reads nothing where it is told so. */
    raw: (request: string, isRead = true) => raw(url, request, isRead),
  }
}

async function raw(url: string, request: string, isRead: boolean) {
  const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let text = ''
  if (isRead) socket.setEncoding('latin1').on('data', (part: string) => (text += part))
  else socket.pause()
  socket.on('error', () => {})
  socket.write(request)
  return { text: () => text, socket }
}

const get = 'GET /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'

/** Each is one write of the node: https://www.rfc-editor.org/rfc/rfc9112#name-chunked-transfer-coding */
function chunksOf(answer: string): string[] {
  let rest = answer.slice(answer.indexOf('\r\n\r\n') + 4)
  const chunks: string[] = []
  for (;;) {
    const [line = '', size] = /^([0-9a-f]+)\r\n/.exec(rest) ?? []
    const length = Number.parseInt(size ?? '0', 16)
    if (length === 0) return chunks
    chunks.push(rest.slice(line.length, line.length + length))
    rest = rest.slice(line.length + length + 2)
  }
}

describe('a client', () => {
  test('is answered at once, with what a browser and a proxy need to know', async () => {
    const { follow: come } = await served()
    const client = await come()
    expect([client.status, client.headers]).toMatchObject([
      200,
      {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    ])
    await until('an id has come', () => client.lastId() !== '')
    expect(client.text()).toBe('retry: 2000\n\nevent: alive\ndata: {}\n\nid: boot-0\n\n')
  })

  test('is told what changed, with an id for each, and not of what changes nothing', async () => {
    const node = await served()
    const client = await node.follow()
    node.tell({ event: 'store-writing' })
    node.close('phone', 'team')
    await until('both have come', () => client.told().length >= 2)
    expect(framesOf(client.text()).slice(3)).toEqual([
      { id: 'boot-1', data: changed('phone') },
      { id: 'boot-2', data: changed('team') },
    ])
  })

  test.each(['a header', 'the query'])(
    'back with its last id in %s gets what it missed',
    async (how) => {
      const node = await served()
      node.close('one', 'two', 'three')
      const lastId = 'boot-1'
      const client = await (how === 'a header'
        ? node.follow(lastId)
        : follow(node.url, { path: `/v1/events?lastEventId=${lastId}` }))
      node.close('four')
      await until('the last has come', () => client.told().length >= 3)
      expect(client.told()).toEqual([changed('two'), changed('three'), changed('four')])
    },
  )

  test('back with the newest id gets nothing twice', async () => {
    const node = await served()
    node.close('one')
    const client = await node.follow('boot-1')
    node.close('two')
    await until('the last has come', () => client.told().length > 0)
    expect(client.told()).toEqual([changed('two')])
  })

  test.each(['elsewhere-1', 'boot-99', 'boot', '7'])(
    'back with the id %s, of which nothing is known, gets one resync and what comes',
    async (lastId) => {
      const node = await served()
      node.close('one', 'two')
      const client = await node.follow(lastId)
      node.close('three')
      await until('the last has come', () => client.told().length >= 2)
      expect(client.told()).toEqual([{ type: 'resync' }, changed('three')])
    },
  )

  test('back after more than is kept gets one resync', async () => {
    const node = await served({ kept: 2 })
    node.close('one', 'two', 'three')
    const client = await node.follow('boot-0')
    await until('something has come', () => client.told().length > 0)
    expect(framesOf(client.text()).slice(2)).toEqual([{ id: 'boot-3', data: { type: 'resync' } }])
  })

  test('that comes in the turn of a change gets it once, as do the others', async () => {
    const node = await served()
    const first = await node.follow()
    const second = await follow(node.url, { path: '/now', lastId: 'boot-0' })
    node.close('later')
    for (const client of [first, second]) {
      await until('both have come', () => client.told().length >= 2)
      expect(client.told()).toEqual([changed('now'), changed('later')])
    }
  })

  test('that asks for the head alone gets it, and does not stay', async () => {
    const { url, clock, isFull } = await served({ maxClients: 1 })
    const answer = await fetch(`${url}/v1/events`, { method: 'HEAD' })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ])
    expect([await answer.text(), isFull(), clock.nextAt()]).toEqual(['', false, null])
  })
})

test('what one turn changed is one write for every client', async () => {
  const node = await served()
  const clients = await Promise.all([node.raw(get), node.raw(get)])
  for (const { text } of clients) await until('it is answered', () => chunksOf(text()).length === 1)
  const names = Array.from({ length: 200 }, (_, i) => `channel-${i}`)
  node.close(...names)
  await turn()
  node.close('later')
  for (const { text } of clients) {
    await until('the last has come', () => text().includes('later'))
    const [, first = '', ...others] = chunksOf(text())
    expect(framesOf(first).map(({ data }) => data)).toEqual(names.map(changed))
    expect(others.map((chunk) => framesOf(chunk)[0]?.data)).toEqual([changed('later')])
  }
})

test('a client that does not read is let go, and no other misses anything', async () => {
  const node = await served({ maxClients: 2 })
  const reader = await node.follow()
  await node.raw(get, false)
  await until('both are there', node.isFull)
  const large = 'x'.repeat(256 * 1024)
  let count = 0
  // What the kernel takes for it is a few MiB; AFK itself keeps one.
  while (node.isFull() && count < 200) {
    node.close(`${(count += 1)}-${large}`)
    await until('the reader has it', () => reader.text().includes(`"id":"${count}-x`))
  }
  expect(node.isFull()).toBe(false)
  node.close('last')
  await until('the last has come', () => reader.text().includes('"last"'))
  const numbers = reader.told().map((each) => Number.parseInt((each as { id: string }).id, 10))
  expect(numbers).toEqual([...Array.from({ length: count }, (_, i) => i + 1), NaN])
}, 60_000)

describe('the silence', () => {
  const noise = 'event: alive\ndata: {}\n\n'
  /** But for the first, which each client gets when it comes. */
  const noisesOf = (text: string) => text.split(noise).length - 2

  test('is broken every 15 seconds, by nothing that is a change', async () => {
    const { clock, ...node } = await served()
    const client = await node.follow()
    clock.advance(14_999)
    node.close('phone')
    await until('the change has come', () => client.told().length === 1)
    expect(noisesOf(client.text())).toBe(0)
    for (const count of [1, 2, 3]) {
      clock.advance(count === 1 ? 1 : 15_000)
      await until('it is broken', () => noisesOf(client.text()) === count)
    }
    expect([client.told(), client.lastId()]).toEqual([[changed('phone')], 'boot-1'])
  })

  test('is broken no more often after many came and went', async () => {
    const { clock, ...node } = await served({ maxClients: 1 })
    for (let i = 0; i < 5; i += 1) {
      const client = await node.follow()
      client.leave()
      await until('it has left', () => !node.isFull())
    }
    const client = await node.follow()
    clock.advance(15_000)
    node.close('phone')
    await until('the change has come', () => client.told().length === 1)
    expect(noisesOf(client.text())).toBe(1)
  })

  test('is nobody’s concern where nobody listens', async () => {
    const { clock, ...node } = await served()
    expect(clock.nextAt()).toBeNull()
    const client = await node.follow()
    expect(clock.nextAt()).toBe(clock.now() + 15_000)
    client.leave()
    await until('nobody waits', () => clock.nextAt() === null)
    await node.follow()
    node.end()
    expect(clock.nextAt()).toBeNull()
  })
})

describe('the last place', () => {
  test('is given once: the next client is told that there are too many', async () => {
    const node = await served({ maxClients: 2 })
    const [first] = [await node.follow(), await node.follow()]
    const answer = await fetch(`${node.url}/v1/events`)
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'too_many_clients' }])
    first.leave()
    await until('one has left', () => !node.isFull())
    expect((await node.follow()).status).toBe(200)
  })

  test('is free again when a connection closes on which several were asked for', async () => {
    const node = await served({ maxClients: 3 })
    for (let i = 0; i < 2; i += 1) {
      const { socket } = await node.raw(get.repeat(3))
      await until('all are asked for', node.isFull)
      socket.destroy()
      await until('nobody waits', () => node.clock.nextAt() === null)
      expect(node.isFull()).toBe(false)
    }
  })
})

test('the end lets every client go, with what it was told before', async () => {
  const node = await served()
  const clients = await Promise.all([node.follow(), node.follow(), node.follow()])
  node.close('phone')
  await turn()
  node.end()
  for (const client of clients) {
    await until('it is let go', client.isOver)
    expect(client.told()).toEqual([changed('phone')])
  }
})
