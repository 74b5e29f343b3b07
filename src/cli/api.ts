/**
 * Talks to a node over HTTP, with `node:http` alone. Reads `AFK_URL` and `AFK_TOKEN`; with neither of
 * them the operator's token below this folder goes along, as `afk init` leaves it.
 *
 * A refusal of the API becomes a `CliError` with its message, code and docs; 400 means asked wrongly. Why the
 * loop refuses comes first. A 401 says which token went along, where nobody named one.
 * `patienceMs` waits for a node that restarts, or a store that refuses for a while, repeating the same
 * request: post a ring with a key of its own and no repeat rings twice.
 */
import type { IncomingMessage } from 'node:http'

import { OPERATOR_TOKEN } from '../config/starter.ts'
import { CliError, isCliError, wrongly } from './cli-error.ts'
import type { Io } from './command.ts'

export type Ask = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: object
  readonly patienceMs?: number
}

const DEFAULT_URL = 'http://127.0.0.1:7333'

/** Thrown where no node answers; a command that can do without one catches it. */
export class Unreachable extends CliError {
  constructor(url: string, cause: unknown) {
    const mend = 'start one with afk up, or set AFK_URL'
    super(1, `no node answers at ${url}: ${mend}`, { cause })
  }
}

export async function ask<T>(io: Pick<Io, 'env' | 'readFile'>, asked: Ask): Promise<T> {
  const base = io.env['AFK_URL'] || DEFAULT_URL
  if (!URL.canParse(base) || !/^https?:/i.test(base))
    throw wrongly(`AFK_URL must be an http(s) URL, such as ${DEFAULT_URL}`)
  const url = new URL(asked.path, base)
  const token = tokenFor(io)
  const deadline = performance.now() + (asked.patienceMs ?? 0)
  for (;;) {
    const answer = await exchange(url, asked, token).catch((cause: unknown) => {
      if (isCliError(cause)) throw cause
      return { unreachable: new Unreachable(url.origin, cause) }
    })
    const mayTryAgain = performance.now() < deadline
    if ('unreachable' in answer) {
      if (!mayTryAgain) throw answer.unreachable
    } else if (answer.status < 300) return answer.body as T
    else if (answer.status !== 503 || !mayTryAgain) throw refusal(answer, io)
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

/** A token of this folder is for the node of this machine: it is never sent to where `AFK_URL` says. */
export function tokenFor({ env, readFile }: Pick<Io, 'env' | 'readFile'>): string | undefined {
  if (env['AFK_TOKEN'] || env['AFK_URL']) return env['AFK_TOKEN']
  const kept = readFile?.(OPERATOR_TOKEN)?.trim()
  return kept !== undefined && /^[\x21-\x7e]+$/.test(kept) ? kept : undefined
}

const retryMs = 250

type Answer = { readonly status: number; readonly body: unknown }

async function exchange(
  url: URL,
  { method, body }: Ask,
  token: string | undefined,
): Promise<Answer> {
  // An `import()` would touch every export of node:http, and one of them loads all of undici: 60 ms.
  const { request } = process.getBuiltinModule(
    url.protocol === 'https:' ? 'node:https' : 'node:http',
  )
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    ...(payload !== undefined && {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(payload),
    }),
    ...(token && { authorization: `Bearer ${token}` }),
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, timeout: 30_000 }, (response) => {
      read(response).then(resolve, reject)
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer in 30 s')))
    sent.on('error', reject)
    sent.end(payload)
  })
}

async function read(response: IncomingMessage): Promise<Answer> {
  const text = Buffer.concat(await response.toArray()).toString('utf8')
  const status = response.statusCode ?? 0
  try {
    return { status, body: JSON.parse(text) }
  } catch (cause) {
    // A proxy says so while the node behind it restarts.
    if (status === 502 || status === 503 || status === 504)
      return { status: 503, body: { message: `a proxy answers ${status}: is the node up?` } }
    throw new CliError(1, `what answers is not a node (HTTP ${status}, not JSON): check AFK_URL`, {
      cause,
    })
  }
}

type Refusal = {
  readonly code?: string
  readonly message?: string
  readonly docs?: string
  readonly issues?: ReadonlyArray<{ readonly path: string; readonly message: string }>
}

function refusal({ status, body }: Answer, io: Pick<Io, 'env' | 'readFile'>): CliError {
  const {
    code = `HTTP ${status}`,
    message = 'refused',
    docs = '',
    issues = [],
  } = Object(body) as Refusal
  const places = issues.map(({ path, message: what }) => `${path} ${what}`.trim())
  const [why = message, ...more] = code === 'loop_refused' ? places : [message, ...places]
  const details = more.map((place) => `\n  ${place}`).join('')
  const hint = status === 401 ? tokenHint(io) : ''
  return new CliError(
    status === 400 ? 2 : 1,
    `${why} (${[code, docs].join(', ')})${details}${hint}`,
  )
}

/** What a 401 adds. Whoever set `AFK_TOKEN` knows what went along. */
export function tokenHint(io: Pick<Io, 'env' | 'readFile'>): string {
  if (io.env['AFK_TOKEN']) return ''
  return tokenFor(io) === undefined
    ? `\n  none went along: set AFK_TOKEN; afk init leaves the operator’s in ${OPERATOR_TOKEN}`
    : `\n  the one in ${OPERATOR_TOKEN} went along: is this the node’s folder?`
}
