/**
 * Whole processes: `afk --version` over a bare Node.js, and `afk ring` to a running node beside `apprise`
 * to the same sink, in turns. Each is over when it has exited, and each must have done what it was for.
 */
import { spawnSync } from 'node:child_process'

import { median } from './load.ts'
import { appriseCommand } from './peers.ts'
import { bundle, startNode, temporaryFolder } from './processes.ts'
import { atMost, missing, n, times } from './table.ts'

const patienceMs = 30_000

export function version({ rounds }) {
  const [bare, ours] = [[], []]
  for (let i = 0; i < rounds; i++) {
    bare.push(time(process.execPath, ['-e', '0']))
    ours.push(time(process.execPath, [bundle, '--version']))
  }
  const over = median(ours) - median(bare)
  return [
    {
      what: 'afk --version',
      measured: n(median(ours), ' ms'),
      beside: `node -e 0: ${n(median(bare), ' ms')}`,
      ratio: `+ ${n(over, ' ms')}`,
      ...atMost(over, { floor: 25, aim: 10, say: (limit) => `+ ${limit} ms` }),
    },
  ]
}

export async function ring({ sink, rounds }) {
  const { folder, remove } = temporaryFolder()
  const node = await startNode({ sink, folder })
  const apprise = appriseCommand()
  const detail = 'merged and CI green at 0123456789abcdef'
  const say = [bundle, 'ring', 'done', '--issue', 'acme/web#42', '--detail', detail]
  const contenders = [() => time(process.execPath, say, { AFK_URL: node.url })]
  if (apprise) {
    // The simplest that it can do: one plain POST, to the sink itself.
    const args = ['--title', 'acme/web#42 landed', '--body', detail, `json${sink.url.slice(4)}/`]
    contenders.push(() => time(apprise.file, args, apprise.env))
  }

  const took = contenders.map(() => [])
  for (const run of contenders) run()
  for (let i = 0; i < rounds; i++)
    for (const [which, run] of contenders.entries()) took[which].push(run())
  const { requests } = await sink.ask('reset')
  await node.stop()
  remove()
  if (requests < contenders.length * (rounds + 1)) throw new Error(`only ${requests} arrived`)
  return [row(...took.map(median))]
}

function row(ours, theirs) {
  const what = 'afk ring against apprise, whole process'
  if (theirs === undefined) return missing(what)
  return {
    what,
    measured: n(ours, ' ms'),
    beside: `theirs ${n(theirs, ' ms')}`,
    ratio: times(ours / theirs),
    ...atMost(ours / theirs, { floor: 1 / 4, aim: 1 / 7 }),
  }
}

function time(file, args, env = {}) {
  const startedAt = performance.now()
  const options = { env: { ...process.env, ...env }, timeout: patienceMs }
  const { status, stderr } = spawnSync(file, args, {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} exited ${status}: ${String(stderr)}`)
  return performance.now() - startedAt
}
