/**
 * GitHub's API for one token, shared by all repositories that it is for: documents, lists, writes, GraphQL.
 *
 * What was read is asked for again with its ETag, and a 304 gives what is remembered: that costs none of the
 * hourly budget. A list is read to its last page, whose address is GitHub's own and must be on the same
 * origin. So many points a minute are spent (a read 1, a write 5) and what is more waits its turn; `standing`
 * says for how long. What is `urgent` goes first. All that fails is a `GithubError`; the token is in none.
 *
 * @example
 * ```ts
 * const client = githubClient({ token: () => process.env.GITHUB_TOKEN ?? '', clock: systemClock })
 * const { items } = await client.all('/repos/octo/infra/issues?labels=ready-for-agent')
 * ```
 */
import type { Clock } from '../clock.ts'
import type { TokenSource } from './credentials.ts'
import { GithubError } from './github-error.ts'
import { graphqlData, graphqlUrl } from './graphql.ts'
import { allPages, type Listed, type Read, reading } from './pages.ts'
import { requests, type Standing } from './requests.ts'
import { type Self, selfOf } from './self.ts'
import { lastOf, type Method, type Wire, wire } from './wire.ts'

export type GithubOptions = {
  /** Default `https://api.github.com`; of a GitHub Enterprise Server `https://HOST/api/v3`. */
  readonly baseUrl?: string
  readonly token: TokenSource
  /** The id or client id of the App whose installation tokens these are; none: a person's tokens. */
  readonly app?: string | number
  readonly userAgent?: string
  readonly clock: Clock
  /** Default 600, of the 900 that GitHub allows. */
  readonly pointsPerMinute?: number
  /** From the end of a write to the next one. Default 1,000. */
  readonly writeGapMs?: number
  /** For one answer, whole. Default 20,000. */
  readonly timeoutMs?: number
}

export type GithubReader = {
  /** What is at a path below the base URL. @throws {GithubError} as all of these do. */
  get(path: string): Promise<unknown>

  /** All pages of a list; `key`: where each page has its items, if it is not the list itself. */
  all(path: string, key?: string): Promise<Listed>
}

export type GithubClient = GithubReader & {
  /** The same reads, before all others that wait for their turn, whenever it says so while they wait. */
  urgent(isUrgent: () => boolean): GithubReader

  send(method: Exclude<Method, 'GET'>, path: string, body?: object): Promise<unknown>

  /** The `data` of a query. */
  graphql(query: string, variables: Readonly<Record<string, unknown>>): Promise<unknown>

  /**
   * The last bytes of a text that GitHub keeps on another origin, which is sent no token, or on its own, as an
   * Enterprise Server does. What cannot be had from elsewhere is `gone`.
   */
  tail(path: string, bytes: number): Promise<string>

  /** Who we are here. */
  self(): Promise<Self>

  standing(): Standing

  /** Whoever waits or asks is told `unreachable`. */
  close(): Promise<void>
}

export function githubClient(options: GithubOptions): GithubClient {
  const { token, app, clock, pointsPerMinute = 600, writeGapMs = 1_000 } = options
  const { userAgent = 'afk-loop', timeoutMs = 20_000 } = options
  const base = new URL((options.baseUrl ?? 'https://api.github.com').replace(/\/+$/, ''))
  const far = wire({ userAgent, timeoutMs })
  const asks = requests({ wire: far, token, clock, pointsPerMinute, writeGapMs })
  const read = reading(asks.request)
  const at = (path: string) => new URL(base.href.replace(/\/$/, '') + path)

  const reader = (isUrgent?: () => boolean): GithubReader => {
    const one: Read = (url) => read(url, isUrgent)
    return {
      get: async (path) => (await one(at(path))).value,
      all: (path, key) => allPages(at(path), one, key ?? null),
    }
  }
  const { get, all } = reader()

  return {
    get,
    all,
    urgent: reader,
    async send(method, path, body) {
      const request = { method, url: at(path), ...(body !== undefined && { body }) }
      return (await asks.request(request)).said?.value ?? null
    },
    async graphql(query, variables) {
      const body = { query, variables }
      const url = graphqlUrl(base)
      const heard = await asks.request({ method: 'POST', url, body, budget: 'graphql' })
      return graphqlData(heard.said?.value)
    },
    async tail(path, bytes) {
      const found = await asks.textOf(at(path))
      return 'text' in found ? lastOf(found.text, bytes) : keptText(far, found.away, bytes)
    },
    self: selfOf(get, app === undefined ? null : String(app)),
    standing: asks.standing,
    async close() {
      asks.close()
      await far.close()
    },
  }
}

async function keptText(far: Wire, url: URL, bytes: number): Promise<string> {
  const where = `the place where GitHub keeps it, ${url.host},`
  try {
    const { status, text } = await far.tail(url, bytes)
    if (status === 200) return text
    throw new GithubError('gone', `${where} answered ${status}`)
  } catch (error) {
    if (!(error instanceof GithubError) || error.code === 'gone') throw error
    throw new GithubError('gone', `${where} cannot be asked`)
  }
}
