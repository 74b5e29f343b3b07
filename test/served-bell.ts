/** The node of `bell.ts`, asked by the command line over real HTTP on a free port of loopback. */
import { onTestFinished } from 'vitest'

import { type Fetch, listen } from '../src/app/listen.ts'
import { afk } from './afk.ts'
import { bell } from './bell.ts'

export async function servedBell(options: Parameters<typeof bell>[0] = {}) {
  const node = await bell(options)
  const server = await listen(node.app.fetch as Fetch, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const env = { AFK_URL: server.url }
  return { ...node, env, afk: (...argv: string[]) => afk(argv, { env }) }
}
