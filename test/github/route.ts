/**
 * What an endpoint of the stand-in is, and what it is asked.
 *
 * A path that begins with `R` is below a repository, in either spelling: `/repos/{owner}/{repo}` or
 * `/repositories/{id}`. A `{name}` is one segment; `{name+}` goes on over slashes. A handler that refuses
 * throws a `Refusal`; whoever may not see the repository never comes so far.
 */
import type { Access, Actor, Area, Repository, Role, Token, User } from './model.ts'
import type { Standing } from './standing.ts'
import type { State } from './state.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

export type Route = {
  readonly method: Method
  readonly path: string
  /** As the schemas name it: each answer is checked as that. */
  readonly operation: string
  /** The query it knows, where GitHub's file does not say. */
  readonly query?: readonly string[]
  /** Of that: what makes no difference here, so that no test relies on it. */
  readonly ignores?: readonly string[]
  /** What a token with permissions of its own must have. */
  readonly needs?: readonly [Area, Access]
  readonly answer: (ask: Ask) => Answer
}

export type Ask = {
  readonly state: State
  readonly settings: Settings
  readonly method: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
  readonly authorization: string
  readonly token: Token | null
  readonly user: User | null
  /** Throws where nobody asks. */
  readonly actor: Actor
  /** Throws where the path is below none. */
  readonly repository: Repository
  /** What the asker is in it. */
  readonly role: Role | null
  /** What is left of the asker's hour. */
  readonly standing: (resource: 'core' | 'graphql') => Standing
  /** As a Link names it: in the form `/repositories/{id}/...`. */
  readonly path: string
}

/** How this GitHub differs from the usual. */
export type Settings = {
  labelsAsStrings: boolean
  /** False: an older server, without summaries of dependencies and sub-issues. */
  hasSummaries: boolean
  /** False: no endpoints for dependencies; 404. */
  hasDependencies: boolean
  hasGraphql: boolean
  /** Whether an issue that was updated at the very instant is in a list `since` then. */
  sinceIsInclusive: boolean
}

export type Answer = {
  readonly status: number
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export class Refusal extends Error {
  readonly status: number
  readonly more: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    message: string,
    { more = {}, headers = {} }: Partial<Pick<Refusal, 'more' | 'headers'>> = {},
  ) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.more = more
    this.headers = headers
  }
}

export const documentation = 'https://docs.github.com/rest'

export function refusalJson({ status, message, more }: Refusal) {
  return { message, ...more, documentation_url: documentation, status: String(status) }
}

export type FieldError = {
  readonly resource: string
  readonly field: string
  readonly code: string
  readonly message?: string
}

export function invalid(error: FieldError, message = 'Validation Failed'): Refusal {
  return new Refusal(422, message, { more: { errors: [error] } })
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found')
}

export function ok(json: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, json, headers }
}

export type Matcher = (path: string) => Readonly<Record<string, string>> | null

/** Null: the path is another. `owner`, `repo` or `repository_id` say which repository. */
export function matcher(path: string): Matcher {
  const names: string[] = []
  const escaped = path.replace(/^R(?=\/|$)/, '').replaceAll(/[.]/g, '\\.')
  const pattern = escaped.replaceAll(/\{(\w+)(\+?)\}/g, (_, name: string, plus: string) => {
    names.push(name)
    return plus === '' ? '([^/]+)' : '(.+)'
  })
  const isBelow = /^R(?=\/|$)/.test(path)
  const root = isBelow ? '(?:/repos/([^/]+)/([^/]+)|/repositories/(\\d+))' : ''
  const whole = new RegExp(`^${root}${pattern}$`)
  const all = isBelow ? ['owner', 'repo', 'repository_id', ...names] : names
  return (asked) => {
    const found = whole.exec(asked)
    if (found === null) return null
    const pairs = all.map((name, at) => [name, found[at + 1]] as const)
    return Object.fromEntries(
      pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, decoded(value)]])),
    )
  }
}

/** What is no percent-encoding stands for itself. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
