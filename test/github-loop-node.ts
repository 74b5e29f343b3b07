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
  /** Default: a command that does what the plan says. */
  readonly executor?: object
  /** Default: by thread, at `threads`. */
  readonly links?: object
}

export const operator = 'github-operator-token'

/** What GitHub signs its deliveries with. */
export const webhookSecret = 'github-webhook-secret'

/** Where threads live. */
export const threads = 'https://t3.example'

export function configOf(place: Place) {
  const { store, ground, github, token, phone, merges } = place
  // Where nobody says where threads live, a ring leads to what it is about.
  const links = place.links ?? (merges === null ? { baseUrl: threads } : {})
  const tree = {
    listen: '127.0.0.1:0',
    store: { type: 'sqlite', path: store },
    tokens: { operator },
    channels: { phone: { type: 'ntfy', server: phone, topic: 'afk' } },
    links,
    loop: {
      killSwitch: false,
      pollEvery: '200ms',
      defaults: {
        tracker: { type: 'github', token, webhookSecret, baseUrl: github, repo: 'octo/infra' },
        executor: place.executor ?? planned(ground.agents),
        ci: { type: 'github' },
        ...(merges === null ? { landing: 'push' } : { landing: 'pull-request', merge: merges }),
      },
      repos: { infra: { path: ground.clone } },
    },
  }
  return parseConfig(JSON.stringify(tree), { file: null, env: {} })
}

function planned(folder: string) {
  const agent = join(import.meta.dirname, 'github-loop-agent.mjs')
  const env = { ...AGENT_ENV, AFK_PLAN: folder }
  return { type: 'command', argv: [process.execPath, agent], stdin: true, env }
}
