/**
 * What arms a node whose agents are in T3 Code: a stand-in of it, a clone with a remote, a folder of issues, and a
 * receiver of rings. Its links lead to the stand-in. Nothing is ready until a test says so.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import { receiver } from './node.ts'
import { repository } from './repository.ts'
import { type T3Options, t3StandIn } from './t3/stand-in.ts'
import { temporaryFolder } from './temporary.ts'

export const operator = 'operator-token-0123456789'

export async function t3Ground(options: T3Options = {}) {
  const t3 = await t3StandIn(options)
  onTestFinished(() => t3.close())
  const clone = await (await repository()).clone()
  const folder = temporaryFolder()
  const issues = join(folder, 'issues')
  mkdirSync(issues)
  const hook = await receiver()
  const tree = {
    tokens: { operator },
    links: { baseUrl: t3.url, template: 't3' },
    loop: {
      killSwitch: false,
      pollEvery: '200ms',
      defaults: {
        tracker: { type: 'files', path: issues },
        executor: { type: 't3', url: t3.url, token: t3.token },
        ci: { type: 'none' },
        landing: 'push',
      },
      repos: { infra: { path: clone.path } },
    },
  }
  return {
    t3,
    folder,
    hook,
    channels: { hook: hook.channel },
    tree,
    ready: () =>
      writeFileSync(join(issues, '0042-x.md'), '---\nlabels: [ready-for-agent]\n---\n# Do it\n'),
  }
}
