/**
 * One HTTP exchange with a channel's far side, over an undici pool of its own.
 *
 * Follows no redirect and repeats nothing. Reads at most 64 KiB of an answer, unless asked for more: the
 * rest of a page that is not ours is not worth having. Throws what undici throws; `http.ts` says what that means.
 */
import type { Readable } from 'node:stream'
import { Pool } from 'undici'

export type Exchange = {
  request(ask: Ask): Promise<Answer>
  close(): Promise<void>
}

export type Ask = {
  readonly method: 'GET' | 'HEAD' | 'POST'
  /** Below the origin, with its slash and its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
  readonly maxAnswerBytes?: number
}

export type Answer = {
  readonly status: number
  readonly retryAfter: string | null
  readonly text: string
  /** Null: it was not sent, or more than once. */
  readonly header: (name: string) => string | null
}

const defaultAnswerBytes = 64 * 1024
const connectTimeoutMs = 5_000

/** `origin`: scheme, host and port. Connections are opened when needed, up to `connections`. */
export function exchange(origin: string, connections = 256): Exchange {
  const pool = new Pool(origin, {
    connections,
    connect: { timeout: connectTimeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  return {
    async request({ method, path, headers, body = null, signal, maxAnswerBytes }) {
      const response = await pool.request({ method, path, headers, body, signal })
      const header = (name: string) => {
        const value = response.headers[name]
        return typeof value === 'string' ? value : null
      }
      return {
        status: response.statusCode,
        retryAfter: header('retry-after'),
        text: await readSome(response.body, maxAnswerBytes ?? defaultAnswerBytes),
        header,
      }
    },
    close: () => pool.destroy(),
  }
}

/** By its events: iterating over an answer costs more than all the rest of an exchange. */
function readSome(body: Readable, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const done = () => resolve(Buffer.concat(chunks).toString('utf8'))
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes < maxBytes) return
      done()
      body.destroy()
    })
    body.on('end', done)
    body.on('error', reject)
  })
}
