/**
 * How the Slack stand-in fails when it is told to: after the message was posted, or instead.
 *
 * `failing` says what is done to the connection; whether the message is in the channel by then is for
 * `posts` to say.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

import type { Reply } from './slack-stand-in-api.ts'

export type SlackFault =
  /** Read to its end and never answered. */
  | 'hang'
  | 'hang, posted'
  /** The connection is reset instead of an answer. */
  | 'reset'
  | 'reset, posted'
  /** Slack's own failure: `fatal_error`, of a webhook 500 `rollup_error`. */
  | 'fatal'
  | 'fatal, posted'
  /** A gateway's page. */
  | '503'
  | '429'
  | '429 without a header'
  /** A captive portal says yes. */
  | 'page'
  | 'redirect'
  /** Posted, and answered a few bytes at a time. */
  | 'slow body'
  /** Posted; half of the JSON, as if it were whole. */
  | 'half an answer, posted'
  /** Posted, and the connection is closed in the middle of the answer. */
  | 'cut short, posted'
  /** Not posted: a code of the API's, behind 200. */
  | { readonly error: string }
  /** Not posted: anything at all. */
  | { readonly status: number; readonly text: string; readonly retryAfter?: string }

export function posts(fault: SlackFault): boolean {
  return typeof fault === 'string' && (fault.endsWith('posted') || fault === 'slow body')
}

export type Turn = { readonly req: IncomingMessage; readonly res: ServerResponse }

/** `reply`: what would have been answered; null where nothing was done. */
export function failing(
  fault: SlackFault,
  { req, res }: Turn,
  reply: Reply | null,
): void | Promise<void> {
  const isHook = req.url?.startsWith('/api/') === false
  if (typeof fault === 'object') return say(res, raw(fault))
  switch (fault) {
    case 'hang':
    case 'hang, posted':
      return
    case 'reset':
    case 'reset, posted':
      return void req.socket.resetAndDestroy()
    case 'fatal':
    case 'fatal, posted':
      return say(res, isHook ? raw({ status: 500, text: 'rollup_error' }) : no('fatal_error'))
    case '503':
      return say(res, raw({ status: 503, text: page }))
    case '429':
      return say(res, { ...limited, headers: { 'retry-after': '7' } })
    case '429 without a header':
      return say(res, limited)
    case 'page':
      return say(res, raw({ status: 200, text: page }))
    case 'redirect':
      return void res.writeHead(302, { location: '/elsewhere' }).end()
    case 'slow body':
      return slowly(res, reply?.text ?? '')
    case 'half an answer, posted':
      return say(res, raw({ status: 200, text: half(reply) }))
    case 'cut short, posted':
      res.writeHead(200, { 'content-length': String((reply?.text ?? '').length + 1) })
      return void res.write(half(reply) || 'o', () => req.socket.destroy())
  }
}

export function say(res: ServerResponse, { status, headers, text }: Reply): void {
  res.writeHead(status, headers).end(text)
}

const page = '<html><title>someone else</title></html>'
const limited: Reply = { status: 429, headers: {}, text: '{"ok":false,"error":"ratelimited"}' }

function no(error: string): Reply {
  return { status: 200, headers: {}, text: JSON.stringify({ ok: false, error }) }
}

function raw(fault: Extract<SlackFault, object>): Reply {
  if ('error' in fault) return no(fault.error)
  const { status, text, retryAfter } = fault
  return {
    status,
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
    text,
  }
}

function half(reply: Reply | null): string {
  return (reply?.text ?? '').slice(0, Math.floor((reply?.text ?? '').length / 2))
}

async function slowly(res: ServerResponse, text: string): Promise<void> {
  res.writeHead(200)
  const step = Math.ceil(text.length / 4)
  for (let at = 0; at < text.length && !res.destroyed; at += step) {
    res.write(text.slice(at, at + step))
    await pause(5)
  }
  res.end()
}
