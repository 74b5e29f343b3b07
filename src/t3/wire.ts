/**
 * HTTP with one T3 Code server. Repeats nothing and follows nothing.
 *
 * For about two seconds after its start a server takes connections and answers none: each request has its own
 * time limit, and none may outlast five seconds. What undici says of a failure is kept to its code: its text may
 * hold an address, and an address may be a secret.
 */
import { Agent, request } from 'undici'

import type { Answer } from './meaning.ts'
import { T3Error } from './t3-error.ts'

export type Asked = {
  readonly method: 'GET' | 'POST'
  /** With its query. */
  readonly path: string
  /** Null: it is asked by nobody. */
  readonly token: string | null
  readonly body?: object
}

export type Wire = {
  /** @throws {T3Error} `unreachable` */
  ask(asked: Asked): Promise<Answer>
  close(): Promise<void>
}

export const LONGEST_MS = 5_000
const connections = 4
/** A snapshot of an old server holds every message. */
const mostBytes = 256 * 1024 * 1024

export function wire(url: string, timeoutMs: number): Wire {
  const base = new URL(url)
  const dispatcher = new Agent({ connections, headersTimeout: 0, bodyTimeout: 0 })
  const patience = Math.min(timeoutMs, LONGEST_MS)

  return {
    async ask({ method, path, token, body }) {
      const headers = {
        accept: 'application/json',
        'user-agent': 'afk-loop',
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      }
      const signal = AbortSignal.timeout(patience)
      const at = new URL(base.pathname.replace(/\/+$/, '') + path, base)
      const sent = body === undefined ? null : JSON.stringify(body)
      try {
        const response = await request(at, { dispatcher, method, headers, body: sent, signal })
        const type = response.headers['content-type']
        const text = await wholeOf(response.body)
        const contentType = typeof type === 'string' ? type : ''
        return { status: response.statusCode, contentType, text }
      } catch (error) {
        if (error instanceof T3Error) throw error
        const why = signal.aborted ? `no answer within ${patience} ms` : codeOf(error)
        const [what] = path.split('?')
        throw new T3Error('unreachable', `T3 Code did not answer ${method} ${what}: ${why}`)
      }
    },
    close: () => dispatcher.destroy(),
  }
}

async function wholeOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > mostBytes)
      throw new T3Error('unreachable', 'T3 Code answers with more than 256 MiB')
  }
  return Buffer.concat(chunks).toString('utf8')
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? error.name : codeOf(error.cause)
}
