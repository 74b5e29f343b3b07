/**
 * A strict loopback stand-in for GitHub, with faults to order: its REST API, one query of its GraphQL API.
 *
 * Answers as GitHub does, by its own words and statuses, and checks each answer against GitHub's own
 * schema. What GitHub would let pass but a sender must not do, an endpoint that is not here, and an answer
 * of its own of a wrong shape are written down in `problems`; `close` rejects if there are any. State is
 * arranged in `world`, as people and bots do it.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { blobServer } from './blobs.ts'
import { type Fault, orders, type Where } from './faults.ts'
import type { Limits } from './limits.ts'
import type { Settings } from './route.ts'
import { desk } from './server.ts'
import { type World, world } from './world.ts'

export type GithubRequest = {
  /** When it was answered, by the stand-in's clock. */
  readonly at: number
  readonly method: string
  /** With its query, as it was asked for. */
  readonly path: string
  /** Null: nobody. */
  readonly token: string | null
  /** Null: it got no answer, or not a whole one. */
  readonly status: number | null
  readonly isNotModified: boolean
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly fault: Fault | null
}

export type GithubStandIn = {
  readonly url: string
  readonly graphqlUrl: string
  readonly world: World
  readonly limits: Limits
  /** To be changed at any time. */
  readonly settings: Settings
  /** All that were read to their end, oldest first. */
  readonly requests: readonly GithubRequest[]
  readonly problems: readonly string[]
  /** Forgets them; for a test that provokes some. */
  takeProblems(): readonly string[]
  /** The next requests fail so: all of them, or those whose `GET /repos/o/r/issues?page=2` matches. */
  fail(fault: Fault, where?: Where): void
  /** Something happens just before the next such request is answered. */
  meanwhile(happen: () => void, where?: Where): void
  /** Before each answer, and after what happens meanwhile. */
  always(happen: () => void): void
  /** Rejects if there are problems. */
  close(): Promise<void>
}

export type GithubOptions = Partial<Settings> & {
  /** Default: the system's clock. */
  readonly now?: () => number
}

export async function githubStandIn(options: GithubOptions = {}): Promise<GithubStandIn> {
  const { now = Date.now, ...chosen } = options
  const far = world(now)
  const settings: Settings = { ...usual, ...chosen }
  const problems: string[] = []
  const requests: GithubRequest[] = []
  const always: Array<() => void> = []
  const [faults, happenings] = [orders<Fault>(), orders<() => void>()]
  const { answer, limits } = desk({
    state: far.state,
    settings,
    faults,
    happenings,
    always,
    requests,
    problem: (what) => void problems.push(what),
  })
  const server = createServer((req, res) => {
    // Who hangs up in the middle of a request has asked for nothing.
    text(req).then(
      (body) => void answer({ req, res }, body),
      () => res.destroy(),
    )
  })
  const blobs = blobServer(far.state, (what) => void problems.push(what))
  far.state.url = await listening(server)
  far.state.blobUrl = await listening(blobs)
  return {
    url: far.state.url,
    graphqlUrl: `${far.state.url}/graphql`,
    world: far,
    limits,
    settings,
    requests,
    problems,
    takeProblems: () => problems.splice(0),
    fail: (fault, where = {}) => faults.order(fault, where),
    always: (happen) => void always.push(happen),
    meanwhile: (happen, where = {}) => happenings.order(happen, where),
    async close() {
      await Promise.all([ended(server), ended(blobs)])
      if (problems.length > 0) throw new Error(`the GitHub stand-in saw:\n${problems.join('\n')}`)
    },
  }
}

const usual: Settings = {
  labelsAsStrings: false,
  hasSummaries: true,
  hasDependencies: true,
  hasGraphql: true,
  sinceIsInclusive: false,
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function ended(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
