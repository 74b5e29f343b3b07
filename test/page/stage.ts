/**
 * A node from the built bundle as the page meets it: a store that holds what was seeded, two webhook channels to a
 * sink of its own, and a loop over repositories of the demo's, where these are wanted. `stop` leaves nothing behind.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { AGENT, AGENT_ENV } from '../../src/demo/agent.ts'
import { type Ground, layGround } from '../../src/demo/ground.ts'
import { startNodeProcess } from '../node-process.ts'
import { type PastRing, type PastRun, seed, seedMany } from './seed.ts'
import { startSink } from './sink.ts'

export type Staging = {
  readonly rings?: readonly PastRing[]
  readonly runs?: readonly PastRun[]
  readonly token?: string
  /** The loop is armed over repositories with these names. */
  readonly repos?: readonly string[]
  /** Default: twice a second. */
  readonly pollEvery?: string
  /** So many rings and runs of the past, besides. */
  readonly many?: { readonly rings: number; readonly runs: number }
  readonly more?: object
}

export async function stage(staging: Staging = {}) {
  const { rings = [], runs = [], token, repos = [], many } = staging
  const folder = mkdtempSync(join(tmpdir(), 'afk-page-'))
  const sink = await startSink()
  const grounds = new Map<string, Ground>()
  for (const name of repos) grounds.set(name, await layGround())
  for (const { agent } of grounds.values()) writeFileSync(agent, slowAgent)
  if (many !== undefined) await seedMany(join(folder, 'afk.db'), many)
  if (rings.length + runs.length > 0) await seed(join(folder, 'afk.db'), rings, runs)
  const config = {
    channels: { phone: sink.channel('phone'), team: sink.channel('team') },
    links: { baseUrl: 'https://t3.example' },
    ...(token !== undefined && { tokens: { operator: token } }),
    ...(repos.length > 0 && { loop: loopOf(grounds, staging.pollEvery) }),
    ...staging.more,
  }
  let node = await startNodeProcess(folder, config, token)
  const { host, origin } = new URL(node.url)
  return {
    url: origin,
    folder,
    sink,
    node: () => node,
    issues: (repo: string): Ground => {
      const ground = grounds.get(repo)
      if (ground === undefined) throw new Error(`no repository ${repo}`)
      return ground
    },
    /** The same node, on the same store and address, after whatever happens meanwhile. */
    async restart(meanwhile: () => Promise<void>) {
      await node.stop()
      await meanwhile()
      node = await startNodeProcess(folder, { ...config, listen: host }, token)
    },
    async stop() {
      await node.stop()
      await sink.stop()
      for (const ground of grounds.values()) ground.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** As the demo's, but its second turn on an issue that says `third` never comes to an end. */
const slowAgent = AGENT.replace(
  "else if (says('third')) work",
  "else if (says('third') && turn > 1) await new Promise((resolve) => setTimeout(resolve, 120_000))\nelse if (says('third')) work",
)

function loopOf(grounds: ReadonlyMap<string, Ground>, pollEvery = '500ms') {
  return {
    killSwitch: false,
    pollEvery,
    defaults: { landing: 'push', limits: { fixForwardAttempts: 5 } },
    repos: Object.fromEntries(
      [...grounds].map(([name, { clone, folder, agent }]) => [
        name,
        {
          path: clone,
          tracker: { type: 'files', path: join(folder, 'issues') },
          executor: {
            type: 'command',
            argv: [process.execPath, agent],
            stdin: true,
            env: AGENT_ENV,
          },
          ci: { type: 'command', argv: [process.execPath, '--test'] },
        },
      ]),
    ),
  }
}
