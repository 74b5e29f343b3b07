/**
 * The GitHub of `emulate` 0.11.2 for tests, over real HTTP, with what it lacks answered in front of it.
 *
 * Only what is listed in `mended` is answered there, and only where emulate itself answers 404; each one that
 * was needed is noted, so that a list that has become too long is seen. Everything is arranged by its API, as people do.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { emulate } from './emulate.ts'
import { careful } from './github/ask.ts'

export type Mending = {
  readonly name: string
  /** As `GET /repos/octo/infra/commits/abc/status`. */
  readonly at: RegExp
  readonly says: object
}

/** Whose tokens there are. */
export type Who = 'octo' | 'afk-bot' | 'mallory'

export type GithubEmulate = {
  readonly url: string
  tokenOf(who: Who): string
  /** What it answers to somebody, which must be a success. */
  ask(who: Who, method: string, path: string, body?: object): Promise<unknown>
  /** A new repository of octo's, where the bot may write: `octo/infra-1`. */
  repository(options?: object): Promise<string>
  /** How many requests of somebody's were writes. */
  writesOf(who: Who): number
  /** The names of what had to be answered in front of it. */
  readonly needed: ReadonlySet<string>
  close(): Promise<void>
}

const everybody: readonly Who[] = ['octo', 'afk-bot', 'mallory']
const tokenOf = (who: Who) => `token-of-${who}`

const seed = {
  tokens: Object.fromEntries(
    everybody.map((who) => [tokenOf(who), { login: who, scopes: ['repo'] }]),
  ),
  github: { users: everybody.map((login) => ({ login })) },
}

export async function githubEmulate(mended: readonly Mending[]): Promise<GithubEmulate> {
  const needed = new Set<string>()
  const writes = new Map<string, number>()
  let behind = ''
  const server = createServer((req, res) => {
    if (req.method !== 'GET') {
      const by = req.headers.authorization ?? ''
      writes.set(by, (writes.get(by) ?? 0) + 1)
    }
    const mend = mended.find(({ at }) => at.test(`${req.method} ${req.url}`))
    void passOn({ req, res, behind }, mend).then((name) => name !== null && needed.add(name))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const hello = { method: 'GET', path: '/rate_limit', says: 'core' }
  const far = await emulate('github', { seed, baseUrl: url, hello })
  behind = far.url
  let made = 0

  const ask: GithubEmulate['ask'] = async (who, method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...careful, authorization: `Bearer ${tokenOf(who)}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const said = await response.text()
    if (!response.ok) throw new Error(`emulate answered ${method} ${path} with ${said}`)
    return said === '' ? null : (JSON.parse(said) as unknown)
  }
  return {
    ...{ url, tokenOf, ask, needed },
    async repository(options = {}) {
      made += 1
      const name = `infra-${made}`
      await ask('octo', 'POST', '/user/repos', { name, ...options })
      const bot = `/repos/octo/${name}/collaborators/afk-bot`
      await ask('octo', 'PUT', bot, { permission: 'push' })
      return `octo/${name}`
    },
    writesOf: (who) => writes.get(`Bearer ${tokenOf(who)}`) ?? 0,
    async close() {
      server.close()
      server.closeAllConnections()
      await far.close()
    },
  }
}

type Passing = {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly behind: string
}

const hops = ['connection', 'host', 'content-length', 'transfer-encoding', 'keep-alive']

/** The name of what had to be mended; null: nothing. */
async function passOn({ req, res, behind }: Passing, mend: Mending | undefined) {
  const body = await text(req)
  const sent = Object.entries(req.headers).filter(([name]) => !hops.includes(name))
  const response = await fetch(`${behind}${req.url}`, {
    method: req.method ?? 'GET',
    headers: Object.fromEntries(sent.map(([name, value]) => [name, String(value)])),
    redirect: 'manual',
    ...(body !== '' && { body }),
  })
  const isMended = mend !== undefined && response.status === 404
  const got = [...response.headers].filter(([name]) => !hops.includes(name))
  const said = await response.text()
  res.writeHead(isMended ? 200 : response.status, Object.fromEntries(got))
  res.end(isMended ? JSON.stringify(mend.says) : said)
  return isMended ? mend.name : null
}
