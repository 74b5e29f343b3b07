/** Runs of a node in this process, one after the other: how long each took from a cause to its end. */
import { join } from 'node:path'

import { startNode } from '../src/app.ts'
import { parseConfig } from '../src/config/load.ts'
import type { Config } from '../src/config/schema.ts'
import type { Ground } from '../src/demo/ground.ts'

/** `since`: when what ended the newest run had happened. In milliseconds; the node is stopped then. */
export async function judgedRuns(
  { config, ground, since }: { config: Config; ground: Ground; since: () => number },
  count: number,
): Promise<readonly number[]> {
  let ended: (at: number) => void = () => {}
  const node = await startNode(config, {
    isAttended: true,
    log({ event }) {
      if (event === 'run-ended') ended(Date.now())
    },
  })
  const waited: number[] = []
  try {
    for (let number = 1; number <= count; number++) {
      const over = new Promise<number>((resolve) => (ended = resolve))
      ground.addIssue(number, { name: 'work', body: 'do it' })
      waited.push((await over) - since())
    }
  } finally {
    await node.stop()
  }
  return waited
}

/** Of a node on that ground, whose repository is worked on as `work` says. */
export function configOf({ folder, clone }: Ground, work: object): Config {
  const tracker = { type: 'files', path: join(folder, 'issues') }
  const tree = {
    listen: '127.0.0.1:0',
    store: { type: 'sqlite', path: join(folder, 'afk.db') },
    tokens: { operator: 'a-token-for-the-bench' },
    channels: { terminal: { type: 'terminal' } },
    loop: {
      killSwitch: false,
      pollEvery: '200ms',
      defaults: { tracker, landing: 'push', ...work },
      repos: { work: { path: clone } },
    },
  }
  return parseConfig(JSON.stringify(tree), { file: null, env: {} })
}
