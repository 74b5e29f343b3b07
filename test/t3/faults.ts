/**
 * How the stand-in fails when it is told to.
 *
 * Orders meet the requests that their pattern matches, in the order they were given; a request is written
 * `GET /api/orchestration/threads/t1?turnLimit=1`. With `done`, what was asked for has happened all the same.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

import { type Answer, failed, type Failed } from './answer.ts'

export type Fault =
  /** Read to its end and never answered. */
  | 'hang'
  | 'hang, done'
  /** The connection is reset instead of an answer. */
  | 'reset'
  | 'reset, done'
  /** Done, and reset in the middle of the body. */
  | 'cut short'
  /** Done; half of the JSON, as if it were whole. */
  | 'malformed'
  /** T3's own failure, in its own shape. */
  | '500'
  | '500, done'
  /** The page of a proxy that stands before it. */
  | 'page'
  | '502'
  | '502, done'
  /** Not done; anything at all. */
  | { readonly status: number; readonly type?: string; readonly text?: string }

export type Turn = { readonly req: IncomingMessage; readonly res: ServerResponse }

/** Whether what was asked for is done before it fails. */
export const isDone = (fault: Fault): boolean =>
  typeof fault === 'string' &&
  (fault.endsWith('done') || fault === 'cut short' || fault === 'malformed')

/** What is answered instead; null: no answer. */
export function wrong(fault: Fault, path: string, answer: Answer | null): Answer | null {
  if (typeof fault === 'object') {
    const { status, type = null, text = '' } = fault
    return { status, type, text }
  }
  switch (fault) {
    case 'hang':
    case 'hang, done':
    case 'reset':
    case 'reset, done':
    case 'cut short':
      return null
    case 'malformed':
      return answer === null ? null : { ...answer, text: half(answer.text) }
    case '500':
    case '500, done':
      return failed(failureOf(path)).answer
    case 'page':
    case '502':
    case '502, done':
      return { ...page, status: fault === 'page' ? 200 : 502 }
  }
}

const page = { type: 'text/html', text: '<html><body><h1>Sign in</h1></body></html>' }

const half = (text: string): string => text.slice(0, Math.ceil(text.length / 2))

function failureOf(path: string): Failed {
  if (path.endsWith('/dispatch')) return 'orchestration_dispatch_failed'
  if (path.includes('/threads/')) return 'orchestration_thread_snapshot_failed'
  return path.includes('/orchestration/') ? 'orchestration_snapshot_failed' : 'internal_error'
}

/** What becomes of a connection that gets no whole answer. */
export function severed(fault: Fault, { req, res }: Turn, answer: Answer | null): void {
  if (fault === 'reset' || fault === 'reset, done') req.socket.resetAndDestroy()
  if (fault !== 'cut short') return
  const { status, type, text } = answer ?? { status: 200, type: null, text: '' }
  res.writeHead(status, {
    ...(type !== null && { 'content-type': type }),
    'content-length': String(Buffer.byteLength(text) + 1),
  })
  res.write(half(text) || 'o', () => req.socket.resetAndDestroy())
}
