/**
 * How the stand-in fails when it is told to, and what happens in between when it is told that.
 *
 * Orders meet the requests that their pattern matches, in the order they were given; a request is written
 * `GET /repos/octo/infra/issues?state=open`, also where it came in the numeric form. With `done`, what was
 * asked for has happened all the same.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export type Fault =
  /** Read to its end and never answered. */
  | 'hang'
  | 'hang, done'
  /** The connection is reset instead of an answer. */
  | 'reset'
  | 'reset, done'
  /** Done, and reset in the middle of the body. */
  | 'cut short'
  /** Done, and answered a few bytes at a time. */
  | 'slow'
  /** A gateway's page. */
  | '502'
  | '502, done'
  /** GitHub's unicorn. */
  | '503'
  /** JSON of its own, without a reason. */
  | '500'
  | '500, done'
  /** A captive portal says yes. */
  | 'page'
  /** Done; half of the JSON, as if it were whole. */
  | 'malformed'
  /** Done; the Link names a next page, and there is none. */
  | 'lost page'
  /** Done, and answered a few bytes at a time, for so long. */
  | { readonly slowMs: number }
  /** Done; the clock of the answer is wrong by so much. */
  | { readonly skewMs: number }
  /** Not done; anything at all. */
  | {
      readonly status: number
      readonly text?: string
      readonly headers?: Readonly<Record<string, string>>
    }

export type Said = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export type Turn = { readonly req: IncomingMessage; readonly res: ServerResponse }

/** Whether what was asked for is done before it fails. */
export function isDone(fault: Fault): boolean {
  if (typeof fault === 'object') return !('status' in fault)
  return fault.endsWith('done') || ['cut short', 'slow', 'malformed', 'lost page'].includes(fault)
}

export function say({ res }: Turn, { status, headers, text }: Said): void {
  res.writeHead(status, headers).end(text)
}

/** `said`: what would have been answered; null where nothing was done. */
export async function failing(fault: Fault, turn: Turn, said: Said | null): Promise<void> {
  const whole = said ?? json
  if (typeof fault === 'object') {
    if ('slowMs' in fault) return await slowly(turn, whole, fault.slowMs)
    return say(turn, 'skewMs' in fault ? skewed(whole, fault.skewMs) : raw(fault))
  }
  switch (fault) {
    case 'hang':
    case 'hang, done':
      return
    case 'reset':
    case 'reset, done':
      return void turn.req.socket.resetAndDestroy()
    case '502':
    case '502, done':
    case '503':
    case 'page':
      return say(turn, { ...html, status: fault === 'page' ? 200 : Number(fault.slice(0, 3)) })
    case '500':
    case '500, done':
      return say(turn, { ...json, status: 500, text: '{"message":"Server Error"}' })
    case 'malformed':
      return say(turn, { ...whole, text: whole.text.slice(0, Math.ceil(whole.text.length / 2)) })
    case 'lost page':
      return say(turn, lostPage(whole, turn.req.headers.host ?? ''))
    case 'cut short':
      return cutShort(turn, whole)
    case 'slow':
      return await slowly(turn, whole, 50)
  }
}

const html: Said = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  text: '<html><head><title>Unicorn! &middot; GitHub</title></head><body>...</body></html>',
}
const json: Said = { status: 500, headers: { 'content-type': 'application/json' }, text: '' }

/** Where the Link of a lost page leads, below the host that was asked. */
export const lostPath = '/repositories/1/lost'

function raw(fault: Extract<Fault, { readonly status: number }>): Said {
  return { status: fault.status, headers: fault.headers ?? {}, text: fault.text ?? '' }
}

function skewed(said: Said, skewMs: number): Said {
  const at = Date.parse(said.headers['date'] ?? '')
  return { ...said, headers: { ...said.headers, date: new Date(at + skewMs).toUTCString() } }
}

function lostPage(said: Said, host: string): Said {
  const link = `<http://${host}${lostPath}?page=2>; rel="next"`
  return { ...said, headers: { ...said.headers, link } }
}

function cutShort({ req, res }: Turn, { status, headers, text }: Said): void {
  res.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(text) + 1) })
  res.write(text.slice(0, Math.ceil(text.length / 2)) || 'o', () => req.socket.resetAndDestroy())
}

async function slowly(
  { res }: Turn,
  { status, headers, text }: Said,
  forMs: number,
): Promise<void> {
  res.writeHead(status, headers)
  const step = Math.ceil(text.length / 5)
  for (let at = 0; at < text.length && !res.destroyed; at += step) {
    res.write(text.slice(at, at + step))
    await pause(forMs / 5)
  }
  res.end()
}

export type Orders<T> = {
  order(given: T, where: Where): void
  next(request: string): T | null
}

export type Where = { readonly at?: RegExp; readonly times?: number }

type Order<T> = { readonly given: T; readonly at: RegExp; left: number }

/** What was ordered for requests yet to come. */
export function orders<T>(): Orders<T> {
  const given: Order<T>[] = []
  return {
    order: (what, { at = /^/, times = 1 }) => void given.push({ given: what, at, left: times }),
    next(request) {
      const found = given.find(({ at, left }) => left > 0 && at.test(request))
      if (found === undefined) return null
      found.left -= 1
      return found.given
    },
  }
}
