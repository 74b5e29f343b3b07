/**
 * How long a verdict takes from its cause: the agent's exit where there is no CI, else the end of the CI command.
 *
 * Real git, real processes, a node in this process; each cause writes down its own instant.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { AGENT_ENV } from '../src/demo/agent.ts'
import { layGround } from '../src/demo/ground.ts'
import { configOf, judgedRuns } from './judged-runs.ts'
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
  const env = { ...AGENT_ENV, STAMP: stamp }
  const config = configOf(ground, {
    executor: { type: 'command', argv: [process.execPath, ground.agent], stdin: true, env },
    ci: ciOf({ STAMP: stamp }),
    limits: { fixForwardAttempts: 0 },
  })
  try {
    const since = () => Number(readFileSync(stamp, 'utf8'))
    return await judgedRuns({ config, ground, since }, count)
  } finally {
    ground.remove()
  }
}
