/**
 * One turn at the desk: a request is noted, met by what was ordered for it, and answered as T3 does.
 *
 * A bug of the stand-in is told to `problem`, and answered with a 500 in no shape of T3's.
 */
import type { IncomingMessage } from 'node:http'
import { gzipSync } from 'node:zlib'

import type { Orders } from '../github/faults.ts'
import { type Answer, plain, Refusal } from './answer.ts'
import { type Fault, isDone, severed, type Turn, wrong } from './faults.ts'
import type { Request } from './request.ts'
import { type Desk, routed } from './routes.ts'

export type T3Request = {
  readonly at: number
  readonly method: string
  /** With its query, as it was asked for. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Null: it got no answer, or not a whole one. */
  readonly status: number | null
  /** Null: none. */
  readonly type: string | null
  readonly fault: Fault | null
}

export type ServerOptions = Desk & {
  readonly faults: Orders<Fault>
  /** How everything fails at present; null: it does not. */
  readonly away: () => Fault | null
  readonly requests: T3Request[]
  readonly problem: (what: string) => void
}

export async function answered(options: ServerOptions, turn: Turn, body: string): Promise<void> {
  const { state, requests } = options
  const { method, path, query, headers } = requestOf(turn.req, body)
  const target = turn.req.url ?? ''
  const fault = options.away() ?? options.faults.next(`${method} ${target}`)
  const isAnswered = fault === null || isDone(fault)
  const answer = isAnswered ? await answerOf(options, { method, path, query, headers, body }) : null
  const shown = fault === null ? answer : wrong(fault, path, answer)
  requests.push({
    at: state.now(),
    method,
    path: target,
    headers,
    body,
    status: shown?.status ?? null,
    type: shown?.type ?? null,
    fault,
  })
  if (shown !== null) say(options, turn, shown)
  else if (fault !== null) severed(fault, turn, answer)
}

function requestOf(req: IncomingMessage, body: string): Request {
  const url = new URL(req.url ?? '/', 'http://t3.test')
  const flat = Object.entries(req.headers).map(([name, value]) => [name, String(value)] as const)
  return {
    method: req.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(flat),
    body,
  }
}

async function answerOf(options: ServerOptions, request: Request): Promise<Answer> {
  try {
    return await routed(options, request)
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    const what = error instanceof Error ? (error.stack ?? '') : String(error)
    options.problem(`a bug of the stand-in: ${what}`)
    return plain(500, 'a bug of the stand-in')
  }
}

function say({ state }: ServerOptions, { req, res }: Turn, { status, type, text }: Answer): void {
  const isNew = state.version === '0821' || state.version === 'v2'
  const isZipped =
    isNew && text !== '' && /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? ''))
  res.writeHead(status, {
    ...(type !== null && { 'content-type': type }),
    ...(isNew && { 'access-control-allow-origin': '*' }),
    ...(isZipped && { 'content-encoding': 'gzip' }),
  })
  res.end(isZipped ? gzipSync(text, { level: 1 }) : text)
}
