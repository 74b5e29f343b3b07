/**
 * The clients of GitHub that a configuration needs: one for each credential, shared by all of its repositories.
 * Beside each, what a doctor asks of the API by the same credential.
 */
import type { Clock } from '../clock.ts'
import type { Enrolled } from '../config/enrolled.ts'
import { appToken } from '../github/app-token.ts'
import { type ApiCheck, apiCheck } from '../github/check.ts'
import { githubClient, type GithubClient } from '../github/client.ts'

export type GithubTrackerConfig = Enrolled['tracker'] & { readonly type: 'github' }

export type GithubFar = {
  readonly client: GithubClient
  readonly api: () => Promise<ApiCheck>
}

export type GithubClients = {
  for(config: GithubTrackerConfig): GithubFar
  close(): Promise<void>
}

export function githubClients(clock: Clock): GithubClients {
  const open = new Map<string, GithubFar & { close: () => Promise<void> }>()
  return {
    for(config) {
      const { baseUrl, token, app } = config
      const name = JSON.stringify([baseUrl, token, app])
      const known = open.get(name)
      if (known !== undefined) return known
      const made = openClient(config, clock)
      open.set(name, made)
      return made
    },
    async close() {
      for (const { close } of open.values()) await close()
    },
  }
}

function openClient({ baseUrl, token, app }: GithubTrackerConfig, clock: Clock) {
  if (app === undefined) {
    const credential = { baseUrl, token: () => token ?? '', clock }
    const client = githubClient(credential)
    return { client, api: apiCheck(credential), close: client.close }
  }
  const { id, installation, privateKey } = app
  const minted = appToken({ app: id, installation, privateKey, baseUrl, clock })
  const client = githubClient({ baseUrl, app: minted.app, token: minted.token, clock })
  return {
    client,
    api: apiCheck({ baseUrl, token: minted.token, clock }),
    async close() {
      await client.close()
      await minted.close()
    },
  }
}
