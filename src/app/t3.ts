/** The clients of T3 Code that a configuration needs: one for each server and token, shared by its repositories. */
import type { Clock } from '../clock.ts'
import type { Enrolled } from '../config/enrolled.ts'
import type { WatchedToken } from '../loop/token-watch.ts'
import { type T3Client, t3Client } from '../t3/client.ts'

export type T3Config = Enrolled['executor'] & { readonly type: 't3' }

export type T3Clients = {
  for(config: Pick<T3Config, 'url' | 'token'>): T3Client
  /** Of those that are open. */
  tokens(): readonly WatchedToken[]
  close(): Promise<void>
}

export function t3Clients(clock: Clock): T3Clients {
  const open = new Map<string, { readonly client: T3Client; readonly url: string }>()
  return {
    for({ url, token }) {
      const name = JSON.stringify([url, token])
      const client = open.get(name)?.client ?? t3Client({ url, token: () => token, clock })
      open.set(name, { client, url })
      return client
    },
    tokens: () =>
      [...open.values()].map(({ client, url }) => ({
        // All else of it may be a secret.
        server: new URL(url).host,
        expiresAt: async () => (await client.session()).expiresAt,
      })),
    async close() {
      for (const { client } of open.values()) await client.close()
    },
  }
}
