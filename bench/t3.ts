/**
 * T3 Code as executor: what one read of a large server takes, how many reads a tick takes, and how long a verdict
 * takes from the end of a turn as T3 itself has it. The server is played.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { systemClock } from '../src/clock.ts'
import { AGENT_ENV } from '../src/demo/agent.ts'
import { layGround } from '../src/demo/ground.ts'
import type { Sight } from '../src/executors/executor.ts'
import { t3Executor } from '../src/executors/t3/t3-executor.ts'
import { git } from '../src/git/git.ts'
import { t3Client } from '../src/t3/client.ts'
import type { AgentTurn } from '../test/t3/agent-turn.ts'
import { type T3StandIn, t3StandIn } from '../test/t3/stand-in.ts'
import { configOf, judgedRuns } from './judged-runs.ts'
import { median } from './load.ts'
import { atMost, n, type Row } from './table.ts'

type Wish = Readonly<Record<'threads' | 'runs' | 'verdicts', number>>

export async function t3({ threads, runs, verdicts }: Wish): Promise<Row[]> {
  return [...(await reading(threads)), ...(await asking(runs)), ...(await judging(verdicts))]
}

type Played = Pick<T3StandIn, 'url' | 'token'> & { readonly ids: readonly string[] }

/** One read, parsed and folded, with fifty of its threads understood. */
async function reading(threads: number): Promise<Row[]> {
  const server = fork(fileURLToPath(new URL('t3-server.ts', import.meta.url)), [String(threads)])
  const [played] = (await once(server, 'message')) as [Played]
  const { url, token, ids } = played
  const client = t3Client({ url, token: () => token, clock: systemClock })
  const spent: number[] = []
  for (let round = 0; round < 12; round++) {
    const from = process.cpuUsage()
    const fleet = await client.freshFleet()
    for (const id of ids.slice(0, 50)) fleet.row(id)
    const { user, system } = process.cpuUsage(from)
    spent.push((user + system) / 1_000)
  }
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${url}/api/orchestration/shell`, { headers })
  const bytes = (await answer.arrayBuffer()).byteLength
  await client.close()
  server.disconnect()
  await once(server, 'exit')
  // The first ones are not compiled yet.
  const ms = median(spent.slice(2))
  return [
    {
      what: `read ${threads} threads of T3 Code, CPU of one read`,
      measured: n(ms, ' ms'),
      beside: `${n(bytes / 1_048_576, ' MB')} of JSON; the first read ${n(spent[0] ?? NaN, ' ms')}`,
      ...atMost(ms, { floor: 250, say: (limit) => `${limit} ms` }),
    },
  ]
}

/** Reads in a minute of the bench's clock, a tick each second, every run in a repository of its own. */
async function asking(runs: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'afk-bench-'))
  const one = await readsOf(1, join(folder, 'one'))
  const all = await readsOf(runs, join(folder, 'all'))
  rmSync(folder, { recursive: true, force: true })
  return [
    {
      what: `reads of T3 Code for each tick, ${runs} runs under way`,
      measured: n(all / ticks),
      beside: `with one run ${n(one / ticks)}`,
      ratio: (all / one).toFixed(2),
      ...atMost(all / ticks, { floor: 1, say: (limit) => `${limit}` }),
    },
  ]
}

const ticks = 60

/** Nothing of it is asked: the turn is there. */
const order = {
  branch: 'afk/1-1',
  base: 'b'.repeat(40),
  title: 'work',
  prompt: 'work',
  continues: null,
  issue: { repo: 'work', number: 1 },
}

async function readsOf(many: number, folder: string): Promise<number> {
  const works = ({ signal }: AgentTurn) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  const played = await t3StandIn({ agent: works })
  let now = Date.now()
  const clock = { now: () => now, monotonic: () => now, wakeAt: () => () => {} }
  const client = t3Client({ url: played.url, token: () => played.token, clock })
  const project = played.people.createProject(tmpdir())
  const looks: Array<() => Promise<readonly Sight[]>> = []
  for (let i = 0; i < many; i++) {
    const thread = played.people.createThread({ project })
    played.people.send(thread, 'work')
    while (played.turns(thread).length === 0) await new Promise(setImmediate)
    const place = {
      repo: tmpdir(),
      landingBranch: 'main',
      folder: join(folder, String(i)),
      env: {},
    }
    const executor = t3Executor({ ...place, client, clock, model: null, runtimeMode: 'auto' })
    const turn = { run: `run_${i}`, turn: 1 }
    const visit = played.turns(thread)[0]?.turnId ?? null
    await executor.ask({ ...order, ...turn, thread, visit })
    looks.push(() => executor.look([turn]))
  }
  const before = played.requests().length
  for (let tick = 0; tick < ticks; tick++) {
    now += 1_000
    for (const [sight] of await Promise.all(looks.map((look) => look())))
      if (sight?.type !== 'running') throw new Error(`a run is ${sight?.type}`)
  }
  const reads = played.requests().length - before
  await client.close()
  await played.close()
  return reads
}

/** Real git, a node in this process; the turn's end is the server's own. */
async function judging(count: number): Promise<Row[]> {
  const ground = await layGround()
  let endedAt = 0
  const played = await t3StandIn({
    async agent(turn) {
      const [, run = ''] = /AFK-Run: (run_[\w-]+)/.exec(turn.prompt) ?? []
      const inPlace = (...args: readonly string[]) => git(turn.cwd, args, { env: AGENT_ENV })
      writeFileSync(join(turn.cwd, 'work.txt'), run)
      await inPlace('add', '-A')
      await inPlace('commit', '-qm', `work\n\nAFK-Run: ${run}`)
      await inPlace('push', '-q', 'origin', 'HEAD:main')
      turn.complete()
      endedAt = Date.now()
    },
  })
  const { url, token } = played
  const config = configOf(ground, { executor: { type: 't3', url, token }, ci: { type: 'none' } })
  const judged = judgedRuns({ config, ground, since: () => endedAt }, count)
  const [how] = await Promise.allSettled([judged])
  await played.close()
  ground.remove()
  if (how.status === 'rejected') throw how.reason
  const waited = how.value
  const worst = Math.max(...waited)
  return [
    {
      what: 'verdict after the end of a turn in T3 Code, no CI',
      measured: n(median(waited), ' ms'),
      beside: `the slowest of ${count}: ${n(worst, ' ms')}`,
      ...atMost(worst, { floor: 5_000, say: (limit) => `${limit} ms` }),
    },
  ]
}
