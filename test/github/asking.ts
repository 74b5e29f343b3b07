/**
 * From a request to what is answered: who asks, of which repository, and whether they may.
 *
 * In GitHub's order: the credential, the User-Agent, the limits, the endpoint, the repository, the token's
 * permissions, the body. What no sender should do is answered as GitHub does, and told to `problem`.
 */
import type { Repository, Token, User } from './model.ts'
import { roleOf } from './permissions.ts'
import {
  type Answer,
  type Ask,
  type Matcher,
  matcher,
  notFound,
  Refusal,
  type Route,
  type Settings,
} from './route.ts'
import type { Standing } from './standing.ts'
import { fullNameOf, type State } from './state.ts'
import { actorOf, isInScope } from './tokens.ts'
import { checkBody, queryOf } from './validate.ts'

export type Request = {
  readonly method: string
  /** With its query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Asking = {
  readonly state: State
  readonly settings: Settings
  readonly standing: (token: Token | null, resource: 'core' | 'graphql') => Standing
  readonly problem: (what: string) => void
}

/** Null: nobody. Throws where the credential is not, or no longer, good. */
export function tokenOf(state: State, authorization: string): Token | null {
  if (authorization === '') return null
  const [, value = ''] = /^(?:Bearer|token) (\S+)$/i.exec(authorization) ?? []
  // A JWT is for the endpoints of Apps, which look at it themselves.
  if (value.startsWith('eyJ')) return null
  const token = state.tokens.get(value)
  const isGone = token?.expiresAt !== null && (token?.expiresAt ?? 0) <= state.now()
  if (token === undefined || token.isRevoked || isGone) throw new Refusal(401, 'Bad credentials')
  return token
}

export type Found = {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

const compiled = new WeakMap<Route, Matcher>()

/** Null: no endpoint of the stand-in. */
export function found(routes: readonly Route[], { method, target }: Request): Found | null {
  const [path = ''] = target.split('?')
  for (const route of routes) {
    const match = compiled.get(route) ?? matcher(route.path)
    compiled.set(route, match)
    const params = route.method === method ? match(path) : null
    if (params !== null) return { route, params }
  }
  return null
}

export function answerOf(
  asking: Asking,
  {
    request,
    found: { route, params },
    token,
  }: {
    readonly request: Request
    readonly found: Found
    readonly token: Token | null
  },
): Answer {
  const { state, settings } = asking
  const [path = '', search = ''] = request.target.split('?')
  const repository = repositoryOf(state, { params, request, token })
  mayUse(route, token, repository)
  if (repository?.isArchived === true && request.method !== 'GET')
    throw new Refusal(403, 'Repository was archived so is read-only.')
  const query = new URLSearchParams(search)
  for (const each of strangers(route, query)) asking.problem(`${request.method} ${path}: ${each}`)
  const body = bodyOf(asking, route, request)
  const user = token?.user ?? null
  const ask: Ask = {
    state,
    settings,
    method: request.method,
    standing: (resource) => asking.standing(token, resource),
    params,
    query,
    body,
    token,
    user,
    authorization: request.headers['authorization'] ?? '',
    role: repository === null ? null : roleFor(repository, token, user),
    path: repository === null ? path : numeric(path, repository),
    get repository() {
      if (repository === null) throw new Error(`${route.path} is below no repository`)
      return repository
    },
    get actor() {
      if (token === null) throw new Refusal(401, 'Requires authentication')
      return actorOf(token)
    },
  }
  return route.answer(ask)
}

type Place = {
  readonly params: Readonly<Record<string, string>>
  readonly request: Request
  readonly token: Token | null
}

/** Null: the path is below none. Throws where there is none to see, or it has another name now. */
function repositoryOf(state: State, { params, request, token }: Place): Repository | null {
  const { owner, repo, repository_id: id } = params
  if (id === undefined && (owner === undefined || repo === undefined)) return null
  const name = `${owner}/${repo}`.toLowerCase()
  const alive = state.repositories.filter(({ isDeleted }) => !isDeleted)
  const there = alive.find((each) =>
    id === undefined ? fullNameOf(each).toLowerCase() === name : String(each.id) === id,
  )
  const moved = alive.findLast((each) => each.formerNames.includes(name))
  const repository = there ?? moved
  const isApp = request.headers['authorization']?.startsWith('Bearer eyJ') === true
  if (repository === undefined || !(isApp || isSeen(repository, token))) throw notFound()
  if (there === undefined) throw redirect(state, repository, request)
  return repository
}

function redirect(state: State, repository: Repository, { method, target }: Request): Refusal {
  const url = `${state.url}${numeric(target, repository)}`
  return method === 'GET'
    ? new Refusal(301, 'Moved Permanently', { more: { url }, headers: { location: url } })
    : new Refusal(307, 'Temporary Redirect', { more: { url }, headers: { location: url } })
}

function numeric(target: string, { id }: Repository): string {
  return target.replace(/^\/repos\/[^/?]+\/[^/?]+/, `/repositories/${id}`)
}

function isSeen(repository: Repository, token: Token | null): boolean {
  const isListed = token?.repositories?.includes(repository) ?? true
  if (!repository.isPrivate) return true
  if (token !== null && !isInScope(token, repository)) return false
  return isListed && roleFor(repository, token, token?.user ?? null) !== null
}

/** An installation is no collaborator: its permissions say what it may. */
function roleFor(repository: Repository, token: Token | null, user: User | null) {
  const isListed = token?.repositories?.includes(repository) ?? true
  const { installation = null } = token ?? {}
  if (installation === null) return roleOf(repository, isListed ? user : null)
  const isCovered = isListed && installation.account.id === repository.owner.id
  return isCovered ? 'write' : roleOf(repository, null)
}

function mayUse({ needs }: Route, token: Token | null, repository: Repository | null): void {
  if (needs === undefined || token === null) return
  const [area, access] = needs
  const isShort = access === 'write' && repository !== null && !isInScope(token, repository)
  if (isShort)
    throw new Refusal(404, 'Not Found', { headers: { 'x-accepted-oauth-scopes': 'repo' } })
  if (token.permissions === null) return
  const has = area === 'metadata' ? 'read' : token.permissions[area]
  if (has === 'write' || has === access) return
  const kind = token.kind === 'installation' ? 'integration' : 'personal access token'
  throw new Refusal(403, `Resource not accessible by ${kind}`, {
    headers: { 'x-accepted-github-permissions': `${area}=${access}` },
  })
}

/** What of a query the operation does not know. A comma list is of values. */
function strangers({ operation, query = [], ignores = [], method }: Route, asked: URLSearchParams) {
  const listed = new Map(
    (method === 'GET' ? (queryOf(operation) ?? []) : []).map((each) => [each.name, each.enum]),
  )
  return [...asked].flatMap(([name, value]) => {
    if (ignores.includes(name)) return [`the stand-in does not heed ${name}`]
    if (!listed.has(name) && !query.includes(name)) return [`unknown query parameter ${name}`]
    const allowed = listed.get(name)
    const isWrong = allowed !== undefined && value.split(',').some((one) => !allowed.includes(one))
    return isWrong ? [`${name}=${value} is none of ${allowed.join(', ')}`] : []
  })
}

function bodyOf(asking: Asking, route: Route, { body, method }: Request): Ask['body'] {
  if (method === 'GET') {
    if (body !== '') asking.problem(`${route.operation}: a GET with a body`)
    return {}
  }
  const json = body === '' ? undefined : parsed(body)
  const complaints = checkBody(route.operation, json)
  if (complaints.length > 0) {
    complaints.forEach((each) => asking.problem(`${route.operation}: body${each}`))
    throw new Refusal(422, `Invalid request.\n\n${complaints.join('\n')}`)
  }
  return Object(json) as Ask['body']
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new Refusal(400, 'Problems parsing JSON')
  }
}
