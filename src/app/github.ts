/**
 * The clients of GitHub that a configuration needs: one for each credential, shared by all of its repositories.
 * Beside each, what a doctor asks of the API by the same credential, and how it stands for a status.
 */
import type { Clock } from '../clock.ts'
import type { Enrolled } from '../config/enrolled.ts'
import { appToken } from '../github/app-token.ts'
import { type ApiCheck, apiCheck } from '../github/check.ts'
import { githubClient, type GithubClient } from '../github/client.ts'
import type { Standing } from '../github/requests.ts'

export type GithubTrackerConfig = Enrolled['tracker'] & { readonly type: 'github' }

export type GithubFar = {
  readonly client: GithubClient
  readonly api: () => Promise<ApiCheck>
}

export type GithubStanding = Standing & {
  readonly host: string
  /** The names of those that share it. */
  readonly repositories: readonly string[]
}

export type GithubClients = {
  for(repository: string, config: GithubTrackerConfig): GithubFar
  /** One for each credential. */
  standings(): readonly GithubStanding[]
  close(): Promise<void>
}

export function githubClients(clock: Clock): GithubClients {
  const open = new Map<string, Shared>()
  return {
    for(repository, config) {
      const { baseUrl, token, app } = config
      const name = JSON.stringify([baseUrl, token, app])
      const shared = open.get(name) ?? { ...openClient(config, clock), repositories: new Set() }
      open.set(name, shared)
      shared.repositories.add(repository)
      return shared
    },
    standings: () =>
      [...open.values()].map(({ client, host, repositories }) => ({
        ...client.standing(),
        host,
        repositories: [...repositories],
      })),
    async close() {
      for (const { close } of open.values()) await close()
    },
  }
}

type Shared = GithubFar & {
  readonly host: string
  readonly repositories: Set<string>
  readonly close: () => Promise<void>
}

function openClient({ baseUrl, token, app }: GithubTrackerConfig, clock: Clock) {
  const { host } = new URL(baseUrl)
  if (app === undefined) {
    const credential = { baseUrl, token: () => token ?? '', clock }
    const client = githubClient(credential)
    return { client, host, api: apiCheck(credential), close: client.close }
  }
  const { id, installation, privateKey } = app
  const minted = appToken({ app: id, installation, privateKey, baseUrl, clock })
  const client = githubClient({ baseUrl, app: minted.app, token: minted.token, clock })
  return {
    client,
    host,
    api: apiCheck({ baseUrl, token: minted.token, clock }),
    async close() {
      await client.close()
      await minted.close()
    },
  }
}
