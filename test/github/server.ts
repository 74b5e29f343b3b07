/**
 * One turn at the desk: a request is noted, met by what was ordered for it, answered and checked.
 *
 * An answer whose shape is not GitHub's is told to `problem` and answered with a 500, so that no test goes on
 * with it. A bug of the stand-in itself is told the same way.
 */
import type { IncomingMessage } from 'node:http'

import { answerOf, type Asking, found, type Request, tokenOf } from './asking.ts'
import { etagOf, matches } from './etag.ts'
import {
  failing,
  type Fault,
  isDone,
  lostPath,
  type Orders,
  type Said,
  say,
  type Turn,
} from './faults.ts'
import { gate, type Gate, type Limits } from './limits.ts'
import type { Token } from './model.ts'
import { type Answer, Refusal, refusalJson } from './route.ts'
import { allRoutes } from './routes.ts'
import type { GithubRequest } from './stand-in.ts'
import { fullNameOf, type State } from './state.ts'
import { checkAnswer } from './validate.ts'

export type Desk = {
  answer(turn: Turn, body: string): Promise<void>
  readonly limits: Limits
}

export type DeskOptions = Omit<Asking, 'standing'> & {
  readonly faults: Orders<Fault>
  readonly happenings: Orders<() => void>
  /** Before each answer. */
  readonly always: ReadonlyArray<() => void>
  readonly requests: GithubRequest[]
}

export function desk(options: DeskOptions): Desk {
  const { state, faults, happenings, requests } = options
  const counter = gate(
    () => state.now(),
    (value) => {
      const token = state.tokens.get(value)
      if (token === undefined) throw new Error('no such token')
      return token
    },
  )
  return {
    limits: counter.limits,
    async answer(turn, body) {
      const request = requestOf(turn.req, body)
      const line = `${request.method} ${named(state, request.target)}`
      happenings.next(line)?.()
      for (const each of options.always) each()
      const fault = faults.next(line)
      const said = fault === null || isDone(fault) ? answered(request, counter, options) : null
      requests.push({ at: state.now(), ...noted(request, fault, said) })
      if (fault !== null) return await failing(fault, turn, said)
      if (said !== null) say(turn, said)
    },
  }
}

function requestOf({ method = '', url = '', headers }: IncomingMessage, body: string): Request {
  const flat = Object.entries(headers).map(([name, value]) => [name, String(value)] as const)
  return { method, target: url, headers: Object.fromEntries(flat), body }
}

/** In the form that tests name it by, whichever way it came. */
function named(state: State, target: string): string {
  return target.replace(/^\/repositories\/(\d+)/, (whole, id: string) => {
    const repository = state.repositories.find((each) => String(each.id) === id)
    return repository === undefined ? whole : `/repos/${fullNameOf(repository)}`
  })
}

function noted(
  request: Request,
  fault: Fault | null,
  said: Said | null,
): Omit<GithubRequest, 'at'> {
  const { method, target, headers, body } = request
  const [, token = null] = /^(?:Bearer|token) (\S+)$/i.exec(headers['authorization'] ?? '') ?? []

  return {
    method,
    path: target,
    token,
    status: statusOf(fault, said),
    isNotModified: said?.status === 304,
    headers,
    body,
    fault,
  }
}

function resourceOf(operation: string | null): 'core' | 'graphql' {
  return operation === 'graphql' ? 'graphql' : 'core'
}

/** Null: no whole answer that could be read. */
function statusOf(fault: Fault | null, said: Said | null): number | null {
  if (fault === null) return said?.status ?? null
  if (typeof fault === 'object') return 'status' in fault ? fault.status : (said?.status ?? null)
  if (fault === 'page') return 200
  if (/^\d/.test(fault)) return Number(fault.slice(0, 3))
  return fault === 'slow' || fault === 'lost page' ? (said?.status ?? null) : null
}

function answered(request: Request, counter: Gate, options: DeskOptions): Said {
  const { state, problem } = options
  let token: Token | null = null
  let operation: string | null = null
  let answer: Answer
  try {
    token = tokenOf(state, request.headers['authorization'] ?? '')
    lint(request).forEach(problem)
    if ((request.headers['user-agent'] ?? '') === '')
      throw new Refusal(403, 'Request forbidden by administrative rules.')
    const known = found(allRoutes, request)
    operation = known?.route.operation ?? null
    const refusal =
      operation === 'rate-limit/get' ? null : counter.refusal(token, resourceOf(operation))
    if (refusal !== null) {
      answer = refusal
    } else if (known === null) {
      if (!request.target.startsWith(lostPath))
        problem(`no endpoint ${request.method} ${request.target}`)
      throw new Refusal(404, 'Not Found')
    } else {
      const asking = { ...options, standing: counter.standing }
      answer = answerOf(asking, { request, found: known, token })
    }
  } catch (error) {
    answer = caught(error, problem)
  }
  return said({ request, answer, operation, token }, counter, options)
}

function caught(error: unknown, problem: (what: string) => void): Answer {
  if (error instanceof Refusal)
    return { status: error.status, json: refusalJson(error), headers: error.headers }
  problem(`a bug of the stand-in: ${error instanceof Error ? (error.stack ?? '') : String(error)}`)
  return { status: 500, json: { message: 'a bug of the stand-in' } }
}

type Answered = {
  readonly request: Request
  readonly answer: Answer
  readonly operation: string | null
  readonly token: Token | null
}

function said(
  { request, answer, operation, token }: Answered,
  counter: Gate,
  { state, problem }: DeskOptions,
): Said {
  const { status, json, headers = {} } = answer
  const complaints =
    operation === null || status === 500 ? [] : checkAnswer(operation, status, json)
  for (const each of complaints) problem(`answer of ${operation}, ${status}: ${each}`)
  const text = json === undefined ? '' : JSON.stringify(json)
  const etag = etagOf({
    token: token?.value ?? '',
    accept: request.headers['accept'] ?? '',
    url: request.target,
    text,
  })
  const isSame =
    request.method === 'GET' &&
    status === 200 &&
    matches(request.headers['if-none-match'] ?? '', etag)
  // A 304 is free to whoever says who they are.
  if (operation !== 'rate-limit/get' && !(isSame && token !== null))
    counter.charge(token, resourceOf(operation))
  const common = {
    ...counter.headersOf(token, resourceOf(operation)),
    date: new Date(state.now()).toUTCString(),
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': `F00D:${state.nextId()}`,
    ...(token !== null && token.scopes !== null && { 'x-oauth-scopes': token.scopes.join(', ') }),
    ...(request.method === 'GET' && status === 200 && tags(etag)),
    ...headers,
  }
  if (complaints.length > 0)
    return {
      status: 500,
      headers: common,
      text: JSON.stringify({ message: complaints.join('; ') }),
    }
  if (isSame) return { status: 304, headers: common, text: '' }
  const type = { 'content-type': 'application/json; charset=utf-8' }
  return { status, headers: text === '' ? common : { ...common, ...type }, text }
}

function tags(etag: string): Readonly<Record<string, string>> {
  return {
    etag,
    'cache-control': 'private, max-age=60, s-maxage=60',
    vary: 'Accept, Authorization, Cookie, X-GitHub-OTP',
  }
}

const versions = ['2022-11-28', '2026-03-10']

/** What GitHub would let pass, and no sender should do. */
function lint({ method, target, headers }: Request): readonly string[] {
  const what = `${method} ${target.split('?')[0]}`
  const { accept = '', 'x-github-api-version': version = '' } = headers
  // Bodies are told raw: nothing here renders Markdown.
  const isTyped = /^application\/vnd\.github(?:\.raw)?\+json$/.test(accept)
  const isGraphql = target.startsWith('/graphql')
  return [
    ...((headers['user-agent'] ?? '') === '' ? [`${what}: no User-Agent`] : []),
    ...(isTyped || isGraphql ? [] : [`${what}: Accept is ${accept || 'missing'}`]),
    ...(isGraphql || versions.includes(version)
      ? []
      : [`${what}: X-GitHub-Api-Version is ${version || 'missing'}`]),
    ...(target.includes('//') ? [`${what}: an empty segment`] : []),
  ]
}
