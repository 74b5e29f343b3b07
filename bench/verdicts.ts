/**
 * How long a verdict takes from its cause: the agent's exit where there is no CI, else the end of the CI command.
 *
 * Real git, real processes, a node in this process; each cause writes down its own instant.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startNode } from '../src/app.ts'
import { parseConfig } from '../src/config/load.ts'
import { AGENT_ENV } from '../src/demo/agent.ts'
import { type Ground, layGround } from '../src/demo/ground.ts'
import { median } from './load.ts'
import { atMost, n, type Row } from './table.ts'

const agent = `
import { execFileSync } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
const git = (...args) => execFileSync('git', args, { stdio: 'ignore' })
appendFileSync('work.txt', process.env.AFK_RUN + '\\n')
git('add', '-A')
git('commit', '-qm', 'work\\n\\nAFK-Run: ' + process.env.AFK_RUN)
git('push', '-q', 'origin', 'HEAD:main')
writeFileSync(process.env.STAMP, String(Date.now()))
`
const check = (code: number) =>
  `require('fs').writeFileSync(process.env.STAMP, String(Date.now())); process.exitCode = ${code}`

/** What is judged, and by which CI. */
type Env = Readonly<Record<string, string>>

const cases = {
  'the agent’s exit, no CI': () => ({ type: 'none' }),
  'a green CI': (env: Env) => ({ type: 'command', argv: [process.execPath, '-e', check(0)], env }),
  'a red CI': (env: Env) => ({ type: 'command', argv: [process.execPath, '-e', check(1)], env }),
}

export async function verdicts({ count }: { readonly count: number }): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, ci] of Object.entries(cases)) {
    const waited = await measure(ci, count)
    const worst = Math.max(...waited)
    rows.push({
      what: `verdict after ${name}`,
      measured: n(median(waited), ' ms'),
      beside: `the slowest of ${count}: ${n(worst, ' ms')}`,
      ...atMost(worst, { floor: 2_000, say: (limit) => `${limit} ms` }),
    })
  }
  return rows
}

async function measure(ciOf: (env: Env) => object, count: number) {
  const ground = await layGround()
  const stamp = join(ground.folder, 'stamp')
  writeFileSync(ground.agent, agent)
  let ended: (at: number) => void = () => {}
  const node = await startNode(configOf(ground, { stamp, ci: ciOf({ STAMP: stamp }) }), {
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
      waited.push((await over) - Number(readFileSync(stamp, 'utf8')))
    }
  } finally {
    await node.stop()
    ground.remove()
  }
  return waited
}

type Wish = { readonly stamp: string; readonly ci: object }

function configOf({ folder, clone, agent: program }: Ground, { stamp, ci }: Wish) {
  const env = { ...AGENT_ENV, STAMP: stamp }
  const tree = {
    listen: '127.0.0.1:0',
    store: { type: 'sqlite', path: join(folder, 'afk.db') },
    tokens: { operator: 'a-token-for-the-bench' },
    channels: { terminal: { type: 'terminal' } },
    loop: {
      killSwitch: false,
      pollEvery: '200ms',
      defaults: {
        tracker: { type: 'files', path: join(folder, 'issues') },
        executor: { type: 'command', argv: [process.execPath, program], stdin: true, env },
        ci,
        landing: 'push',
        limits: { fixForwardAttempts: 0 },
      },
      repos: { work: { path: clone } },
    },
  }
  return parseConfig(JSON.stringify(tree), { file: null, env: {} })
}
