/**
 * A strict loopback stand-in for an ntfy 2.27 server, with faults to order.
 *
 * Answers as the real one does: the same checks in the same order, limits, codes and texts, and no
 * `Retry-After`. What the real one would let pass but a sender must not do (another path, a query, a
 * header, no `sequence_id`, an unknown key) is answered all the same and written down in
 * `violations`. Faults meet publishes only, in the order they were asked for.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

import type { NtfyServer, NtfyServerOptions } from './ntfy-server.ts'
import { type Gate, gate } from './ntfy-stand-in-gate.ts'
import {
  codeFor,
  complaints,
  messageOf,
  type NtfyMessage,
  readAsk,
} from './ntfy-stand-in-publish.ts'

export type NtfyFault =
  /** Read to its end, never answered and not delivered. */
  | 'hang'
  /** Delivered; then the connection is reset instead of an answer. */
  | 'reset'
  | '500 after delivery'
  | '500 before delivery'
  /** A proxy's page. */
  | '502'
  /** Delivered, and answered a few bytes at a time. */
  | 'slow body'
  /** Delivered, and the connection is closed in the middle of the answer. */
  | 'cut short'
  /** Not delivered: a captive portal says yes. */
  | '200 without id'
  /** To where a publish would be taken. */
  | 'redirect'
  /** Not delivered: one of ntfy's error codes, such as 42908. */
  | number

export type NtfyStandIn = Pick<NtfyServer, 'url' | 'tokens' | 'poll' | 'close'> & {
  readonly violations: string[]
  /** How many publishes were read to their end. */
  received(): number
  /** The next publish fails so. */
  fail(fault: NtfyFault): void
}

type State = {
  readonly gate: Gate
  readonly attachments: boolean
  readonly kept: NtfyMessage[]
  readonly violations: string[]
  readonly faults: NtfyFault[]
  received: number
}

type Turn = { readonly req: IncomingMessage; readonly res: ServerResponse; readonly body: Buffer }

export async function ntfyStandIn(options: NtfyServerOptions = {}): Promise<NtfyStandIn> {
  const { auth = 'open', attachments = false, limited = false } = options
  const tokens =
    auth === 'open'
      ? null
      : { readWrite: `tk_${'r'.repeat(29)}`, writeOnly: `tk_${'w'.repeat(29)}` }
  const state: State = {
    gate: gate({ tokens, limited }),
    attachments,
    kept: [],
    violations: [],
    faults: [],
    received: 0,
  }
  const server = createServer((req, res) => {
    void buffer(req).then((body) => answer({ req, res, body }, state))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens,
    violations: state.violations,
    poll: async (topic) => state.kept.filter((message) => message.topic === topic),
    received: () => state.received,
    fail: (fault) => void state.faults.push(fault),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(turn: Turn, state: State): Promise<void> {
  const { req, res } = turn
  const [path = '', query] = (req.url ?? '').split('?')
  if (path.includes('//'))
    return void res.writeHead(301, { location: path.replace(/\/+/g, '/') }).end()
  const denied = state.gate.login(req.headers.authorization)
  if (denied !== null) return refuse(res, denied)
  if (path === '/' && (req.method === 'POST' || req.method === 'PUT')) return publish(turn, state)
  if (req.method !== 'GET') {
    state.violations.push(`${req.method} ${req.url}`)
    return refuse(res, 40401)
  }
  if (path === '/') return void res.setHeader('content-type', 'text/html').end('<html></html>')
  if (path === '/v1/health') return say(res, 200, { healthy: true })
  if (path === '/v1/account') return say(res, 200, { username: '*', role: 'anonymous' })
  const topic = /^\/([-_A-Za-z0-9]{1,64})\/json$/.exec(path)?.[1]
  if (topic === undefined) return refuse(res, 40401)
  poll({ turn, topic, asked: new URLSearchParams(query) }, state)
}

async function publish(turn: Turn, state: State): Promise<void> {
  const { req, res, body } = turn
  state.received++
  state.violations.push(...lint(req))
  const fault = state.faults.shift()
  if (fault !== undefined && !delivers(fault)) return failed(fault, res)
  const read = readAsk(body)
  if ('code' in read) return refuse(res, read.code)
  const { ask } = read
  state.violations.push(...complaints(body, ask))
  if (!state.gate.spend()) return refuse(res, 42901)
  const { authorization } = req.headers
  if (!state.gate.allows({ right: 'write', topic: ask.topic, authorization }))
    return refuse(res, 40301)
  const code = codeFor(ask, state.attachments)
  if (code !== null) return refuse(res, code)
  const message = messageOf(ask, Date.now())
  state.kept.push(message)
  if (fault === undefined) return say(res, 200, message)
  await delivered({ fault, turn, message })
}

/** What 6.1 of the reference calls wrong about a publish that ntfy would take. */
function lint({ method, url, headers }: IncomingMessage): readonly string[] {
  const stray = Object.keys(headers).filter((name) =>
    /^(x-.*|title|message|priority|tags|click|icon|actions|delay|template)$/.test(name),
  )
  return [
    ...(method === 'POST' && url === '/' ? [] : [`${method} ${url} instead of POST /`]),
    ...stray.map((name) => `header ${name}`),
    ...(headers['content-type'] === 'application/json' ? [] : ['content-type is not JSON']),
  ]
}

function poll(
  { turn: { req, res }, topic, asked }: { turn: Turn; topic: string; asked: URLSearchParams },
  { gate: { spend, allows }, kept }: State,
): void {
  const { authorization } = req.headers
  const since = asked.get('since') ?? 'all'
  if (!spend()) return refuse(res, 42901)
  if (!allows({ right: 'read', topic, authorization })) return refuse(res, 40301)
  if (!/^(all|\d+)$/.test(since)) return refuse(res, 40008)
  const from = since === 'all' ? 0 : Number(since)
  const found = kept.filter((message) => message.topic === topic && message.time >= from)
  res.setHeader('content-type', 'application/x-ndjson; charset=utf-8')
  res.end(found.map((message) => `${JSON.stringify(message)}\n`).join(''))
}

function delivers(fault: NtfyFault): boolean {
  return ['reset', '500 after delivery', 'slow body', 'cut short'].some((one) => one === fault)
}

function failed(fault: NtfyFault, res: ServerResponse): void {
  if (typeof fault === 'number') return refuse(res, fault)
  if (fault === '500 before delivery') return refuse(res, 50001)
  if (fault === 'redirect') return void res.writeHead(307, { location: '/elsewhere' }).end()
  if (fault === 'hang') return
  res.writeHead(fault === '502' ? 502 : 200, { 'content-type': 'text/html' }).end('<html></html>')
}

type Delivered = { readonly fault: NtfyFault; readonly turn: Turn; readonly message: NtfyMessage }

async function delivered({ fault, turn: { req, res }, message }: Delivered): Promise<void> {
  const text = `${JSON.stringify(message)}\n`
  const length = { 'content-length': Buffer.byteLength(text) }
  if (fault === 'reset') return void req.socket.resetAndDestroy()
  if (fault === '500 after delivery') return refuse(res, 50001)
  res.writeHead(200, length)
  if (fault === 'cut short') return void res.write(text.slice(0, 20), () => req.socket.destroy())
  for (let at = 0; at < text.length && !res.destroyed; at += 20) {
    res.write(text.slice(at, at + 20))
    await pause(10)
  }
  res.end()
}

/** `code` is the HTTP status times a hundred and a number. */
function refuse(res: ServerResponse, code: number): void {
  const http = Math.floor(code / 100)
  say(res, http, { code, http, error: texts.get(code) ?? 'invalid request' })
}

const texts = new Map([
  [40008, 'invalid since parameter'],
  [40009, 'invalid request: topic invalid'],
  [40014, 'invalid request: attachments not allowed'],
  [40024, 'invalid request: request body must be valid JSON'],
  [40101, 'unauthorized'],
  [40301, 'forbidden'],
  [40401, 'page not found'],
  [41303, 'JSON body too large'],
  [42901, 'limit reached: too many requests'],
  [42908, 'limit reached: daily message quota reached'],
  [42909, 'limit reached: too many auth failures'],
  [50001, 'internal server error'],
])

function say(res: ServerResponse, status: number, said: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(said)}\n`)
}
