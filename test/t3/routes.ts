/**
 * Which address is answered with what, in which order a request is looked at.
 *
 * Authentication, content type, schema, scope, workspace, rules: the first that refuses answers.
 */
import { arch, platform } from 'node:os'

import {
  type Answer,
  empty,
  failed,
  html,
  json,
  malformed,
  plain,
  Refusal,
  RuleBroken,
} from './answer.ts'
import { authenticated, exchanged, paired, selfCheck, ticketed, within } from './auth-routes.ts'
import { type Command, decode } from './command.ts'
import type { Work } from './decided.ts'
import { normalised, take } from './engine.ts'
import { limitOf } from './page.ts'
import { oneThread, shell, shellOfV2, snapshot } from './reads.ts'
import { mediaTypeOf, type Request } from './request.ts'
import { smellsOf } from './smells.ts'
import type { State } from './state.ts'
import type { Tokens } from './tokens.ts'

export type Desk = {
  readonly state: State
  readonly tokens: Tokens
  /** A command was taken for the first time. */
  readonly taken: (command: Command, work: readonly Work[]) => void
  readonly smell: (what: string) => void
}

export async function routed(desk: Desk, request: Request): Promise<Answer> {
  const { state, tokens } = desk
  const { method, path } = request
  if (method === 'OPTIONS') return empty(204)
  switch (`${method} ${path}`) {
    case 'GET /.well-known/t3/environment':
      return json(descriptor(state))
    case 'GET /api/auth/session':
      return selfCheck(tokens, request)
    case 'POST /oauth/token':
      typed(request, 'application/x-www-form-urlencoded')
      return exchanged(tokens, request)
    case 'POST /api/auth/pairing-token': {
      const claims = authenticated(tokens, request)
      typed(request, 'application/json')
      const body = bodyOf(request)
      within(claims, 'access:write')
      return paired(tokens, body)
    }
    case 'POST /api/auth/websocket-ticket':
      authenticated(tokens, request)
      return ticketed(state.now())
    case 'POST /api/orchestration/dispatch':
      return state.version === 'v2' ? empty(404) : await dispatched(desk, request)
  }
  return read(desk, request) ?? unknown(state, request)
}

async function dispatched(
  { state, tokens, taken, smell }: Desk,
  request: Request,
): Promise<Answer> {
  const claims = authenticated(tokens, request)
  typed(request, 'application/json')
  const decoded = decode(state.version, bodyOf(request))
  if (decoded === null) throw malformed()
  within(claims, 'orchestration:operate')
  smellsOf(state, decoded).forEach(smell)
  const command = await normalised(decoded)
  try {
    const { sequence, isReplay, work } = take(state, command)
    if (!isReplay) taken(command, work)
    return json({ sequence })
  } catch (error) {
    throw error instanceof RuleBroken ? failed('orchestration_dispatch_failed') : error
  }
}

/** Null: it is no read of this version. */
function read({ state, tokens }: Desk, request: Request): Answer | null {
  const answer = request.method === 'GET' ? readOf(state, request) : null
  if (answer === null) return null
  const claims = authenticated(tokens, request)
  limitOf(request.query)
  within(claims, 'orchestration:read')
  return json(answer())
}

function readOf(state: State, { path, query }: Request): (() => object) | null {
  const { version } = state
  if (path === '/api/orchestration/snapshot' && version !== 'v2') return () => snapshot(state)
  if (version === '27') return null
  if (path === '/api/orchestration/shell')
    return () => (version === 'v2' ? shellOfV2(state) : shell(state))
  const [, id] = /^\/api\/orchestration\/threads\/([^/]+)$/.exec(path) ?? []
  if (id === undefined) return null
  return () => oneThread(state, decodeURIComponent(id), query)
}

function unknown({ settings }: State, { method }: Request): Answer {
  if (method !== 'GET' && method !== 'HEAD') return empty(404)
  return settings.hasWeb
    ? html('<!doctype html><html><head><title>T3 Code</title></head><body></body></html>')
    : plain(503, 'No static directory configured and no dev URL set.')
}

function typed(request: Request, type: string): void {
  if (mediaTypeOf(request) !== type)
    throw new Refusal(
      plain(415, `Unsupported content-type: ${request.headers['content-type'] ?? ''}`),
    )
}

function bodyOf({ body }: Request): unknown {
  try {
    return JSON.parse(body)
  } catch (error) {
    throw error instanceof SyntaxError ? malformed() : error
  }
}

const released = { '27': '0.0.27', '32': '0.0.32', '0821': '0.0.33', v2: '0.1.0' } as const

function descriptor({ version, serverVersion, environmentId }: State): object {
  return {
    environmentId,
    label: 'stand-in',
    platform: { os: platform(), arch: arch() },
    serverVersion: serverVersion ?? released[version],
    capabilities: {
      repositoryIdentity: true,
      ...(version !== '27' && {
        connectionProbe: true,
        threadSettlement: true,
        threadSnooze: true,
        threadPinning: true,
        threadTitleRegeneration: true,
      }),
      ...(version === '0821' && {
        pullRequests: true,
        threadPinReorder: true,
        agentActivityPublishing: true,
      }),
    },
  }
}
