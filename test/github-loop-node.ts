/** What the owner of a loop on GitHub writes into afk.yaml: everything that arms it, and nothing else. */
import { join } from 'node:path'

import { parseConfig } from '../src/config/load.ts'
import { AGENT_ENV } from '../src/demo/agent.ts'
import type { LoopGround } from './github-loop-ground.ts'

export type Place = {
  readonly store: string
  readonly ground: Pick<LoopGround, 'clone' | 'agents'>
  /** Where GitHub's API is. */
  readonly github: string
  readonly token: string
  readonly phone: string
  /** Who merges its pull requests; null: agents push to the landing branch. */
  readonly merges: 'human' | 'auto' | null
}

export const operator = 'github-operator-token'

/** What GitHub signs its deliveries with. */
export const webhookSecret = 'github-webhook-secret'

/** Where threads live. */
export const threads = 'https://t3.example'

export function configOf({ store, ground, github, token, phone, merges }: Place) {
  const agent = join(import.meta.dirname, 'github-loop-agent.mjs')
  const tree = {
    listen: '127.0.0.1:0',
    store: { type: 'sqlite', path: store },
    tokens: { operator },
    channels: { phone: { type: 'ntfy', server: phone, topic: 'afk' } },
    // Where nobody says where threads live, a ring leads to what it is about.
    ...(merges === null && { links: { baseUrl: threads } }),
    loop: {
      killSwitch: false,
      pollEvery: '200ms',
      defaults: {
        tracker: { type: 'github', token, webhookSecret, baseUrl: github, repo: 'octo/infra' },
        executor: {
          type: 'command',
          argv: [process.execPath, agent],
          stdin: true,
          env: { ...AGENT_ENV, AFK_PLAN: ground.agents },
        },
        ci: { type: 'github' },
        ...(merges === null ? { landing: 'push' } : { landing: 'pull-request', merge: merges }),
      },
      repos: { infra: { path: ground.clone } },
    },
  }
  return parseConfig(JSON.stringify(tree), { file: null, env: {} })
}
