/**
 * HTTP with GitHub, over one pool for each origin. Repeats nothing and follows nothing.
 *
 * Eight at once, and the time of each begins when it is its turn. An answer that breaks off or is too large is
 * `unreachable`, and so is none in time. What undici says of it is kept to its code: its text may hold an address, and an address may be a secret.
 */
import { Agent, type Dispatcher, request } from 'undici'

import { atOnce } from './at-once.ts'
import { GithubError } from './github-error.ts'
import type { Answer } from './meaning.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

export type Asked = {
  readonly method: Method
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

export type Wire = {
  /** @throws {GithubError} `unreachable` */
  ask(asked: Asked): Promise<Answer>
  /** The same, without headers of ours; of the text only the last bytes. */
  tail(url: URL, bytes: number): Promise<Answer>
  close(): Promise<void>
}

export type WireOptions = { readonly userAgent: string; readonly timeoutMs: number }

type Call = Asked & { readonly timeoutMs: number }

/** What every request to the API says. */
export const accepted = {
  accept: 'application/vnd.github+json',
  'x-github-api-version': '2022-11-28',
}

/** So many requests are under way, at most. */
export const connections = 8
const mostBytes = 32 * 1024 * 1024
/** A log may be long. */
const tailPatience = 3

export function wire({ userAgent, timeoutMs }: WireOptions): Wire {
  const dispatcher = new Agent({ connections, headersTimeout: 0, bodyTimeout: 0 })
  const turn = atOnce(connections)

  async function exchange(call: Call, read: (body: AsyncIterable<Buffer>) => Promise<string>) {
    const { method, url, body = null } = call
    const headers = { 'user-agent': userAgent, ...call.headers }
    const signal = AbortSignal.timeout(call.timeoutMs)
    try {
      const response = await request(url, { dispatcher, method, headers, body, signal })
      const text = await read(response.body)
      return { status: response.statusCode, header: headerIn(response.headers), text }
    } catch (error) {
      if (error instanceof GithubError) throw error
      const why = signal.aborted ? 'no answer in time' : codeOf(error)
      throw new GithubError('unreachable', `${url.host} did not answer ${pathOf(call)}: ${why}`)
    }
  }

  return {
    ask: (asked) =>
      turn(() => exchange({ ...asked, timeoutMs }, (body) => wholeOf(body, pathOf(asked)))),
    tail: (url, bytes) => {
      const call = { method: 'GET', url, headers: {}, timeoutMs: timeoutMs * tailPatience } as const
      return turn(() => exchange(call, (body) => endOf(body, bytes)))
    },
    close: () => dispatcher.destroy(),
  }
}

/** Without its query. */
export function pathOf({ method, url }: Pick<Asked, 'method' | 'url'>): string {
  return `${method} ${url.pathname}`
}

function headerIn(headers: Dispatcher.ResponseData['headers']): Answer['header'] {
  return (name) => {
    const value = headers[name]
    return typeof value === 'string' ? value : null
  }
}

async function wholeOf(body: AsyncIterable<Buffer>, what: string): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > mostBytes)
      throw new GithubError('unreachable', `GitHub answered ${what} with more than 32 MiB`)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function endOf(body: AsyncIterable<Buffer>, most: number): Promise<string> {
  let end = Buffer.alloc(0)
  for await (const chunk of body) end = Buffer.concat([end, chunk]).subarray(-most)
  return wholeCharacters(end)
}

/** The last bytes of a text. */
export function lastOf(text: string, most: number): string {
  return wholeCharacters(Buffer.from(text).subarray(-most))
}

/** A character that was cut in two at the front is left out. */
function wholeCharacters(end: Buffer): string {
  let from = 0
  while (from < 3 && ((end[from] ?? 0) & 0xc0) === 0x80) from += 1
  return end.subarray(from).toString('utf8')
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? error.name : codeOf(error.cause)
}
