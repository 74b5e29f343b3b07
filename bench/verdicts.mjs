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
import { layGround } from '../src/demo/ground.ts'
import { median } from './load.mjs'
import { atMost, n } from './table.mjs'

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
const check = (code) =>
  `require('fs').writeFileSync(process.env.STAMP, String(Date.now())); process.exitCode = ${code}`

/** What is judged, and by which CI. */
const cases = {
  'the agent’s exit, no CI': () => ({ type: 'none' }),
  'a green CI': (env) => ({ type: 'command', argv: [process.execPath, '-e', check(0)], env }),
  'a red CI': (env) => ({ type: 'command', argv: [process.execPath, '-e', check(1)], env }),
}

export async function verdicts({ count }) {
  const rows = []
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

async function measure(ciOf, count) {
  const ground = await layGround()
  const stamp = join(ground.folder, 'stamp')
  writeFileSync(ground.agent, agent)
  let ended = () => {}
  const node = await startNode(configOf(ground, { stamp, ci: ciOf({ STAMP: stamp }) }), {
    isAttended: true,
    log: ({ event }) => event === 'run-ended' && ended(Date.now()),
  })
  const waited = []
  try {
    for (let number = 1; number <= count; number++) {
      const over = new Promise((resolve) => (ended = resolve))
      ground.addIssue(number, { name: 'work', body: 'do it' })
      waited.push((await over) - Number(readFileSync(stamp, 'utf8')))
    }
  } finally {
    await node.stop()
    ground.remove()
  }
  return waited
}

function configOf({ folder, clone, agent: program }, { stamp, ci }) {
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
