/**
 * A repository with its remote, and executors that run small commands on it.
 *
 * Whatever the turns began is ended when the test is over, by the pids that the system names.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import { systemClock } from '../src/clock.ts'
import { commandExecutor, type CommandOptions } from '../src/executors/command/command-executor.ts'
import { namedAfter } from '../src/executors/command/members.ts'
import { processes } from '../src/executors/command/processes.ts'
import type { Executor, Order, Sight, TurnId } from '../src/executors/executor.ts'
import { temporaryFolder } from './temporary.ts'
import { until } from './until.ts'

export type CommandBench = ReturnType<typeof commandBench>

/** `argv` is run in bash where it is one text. */
export function commandBench(argv: readonly string[] | string, more: Partial<CommandOptions> = {}) {
  const root = realpathSync(temporaryFolder())
  const [origin, repo, folder, evidence] = ['origin.git', 'clone', 'agents', 'evidence'].map(
    (name) => join(root, name),
  ) as [string, string, string, string]
  const sh = (line: string, cwd = repo) =>
    execFileSync('bash', ['-ec', line], { cwd, env: plainEnv(root), stdio: 'pipe' }).toString()
  mkdirSync(evidence)
  sh(`git init -q --bare -b main ${origin} && git clone -q ${origin} ${repo}`, root)
  sh('echo one > a.txt && git add . && git commit -qm one && git push -q origin HEAD:main')

  const base = sh('git rev-parse HEAD').trim()

  const runs = new Set<string>()
  const options: CommandOptions = {
    repo,
    landingBranch: 'main',
    folder,
    argv: typeof argv === 'string' ? ['bash', '-c', argv] : argv,
    stdin: false,
    env: { EVIDENCE: evidence, ...gitIdentity, ...more.env },
    preset: 'none',
    clock: systemClock,
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'env')),
  }
  const node = (changed: Partial<CommandOptions> = {}): Executor =>
    commandExecutor({ ...options, ...changed })
  onTestFinished(() => endAll(runs), 20_000)
  const name = `run_${process.pid}-${++count}`
  runs.add(name)
  const bench = {
    ...{ base, root, origin, repo, folder, evidence, options, sh, node, executor: node() },
    turn: { run: name, turn: 1 },
    worktree: join(folder, 'worktrees', name),
    records: (turn = 1) => join(folder, 'turns', `${name}.${turn}`),
    order: (changed: Partial<Order> = {}): Order => {
      runs.add(changed.run ?? name)
      const issue = { repo: 'owner/name', number: 7 }
      const fixed = { run: name, turn: 1, branch: `afk/${changed.run ?? name}`, base }
      const talk = { thread: 'thread_1', title: '#7 do it', prompt: 'do it', visit: null }
      return { ...fixed, ...talk, continues: null, issue, ...changed }
    },
    /** The lines that agents wrote down in a file of this name. */
    told: (file: string): readonly string[] => {
      const path = join(evidence, file)
      return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
    },
    over: (turn: TurnId = { run: name, turn: 1 }) => over(bench.executor, turn),
    alive: async () => namedAfter({ run: name, turn: 99 }, await processes()),
    endAllOf: (run: string) => endAll(new Set([run])),
    knows: (run: string) => runs.add(run),
  }
  return bench
}

let count = 0

const gitIdentity = {
  GIT_AUTHOR_NAME: 'agent',
  GIT_AUTHOR_EMAIL: 'agent@localhost',
  GIT_COMMITTER_NAME: 'agent',
  GIT_COMMITTER_EMAIL: 'agent@localhost',
}

export type OverSight = Sight & { readonly type: 'over' }

async function over(executor: Executor, turn: TurnId): Promise<OverSight> {
  const found: OverSight[] = []
  await until(`turn ${turn.turn} of ${turn.run} is over`, async () => {
    const [sight] = await executor.look([turn])
    if (sight?.type === 'over') found.push(sight)
    return found.length > 0
  })
  return found[0]!
}

/** By their run, which no other process on this machine carries. */
async function endAll(runs: ReadonlySet<string>) {
  const left = async () => {
    const all = await processes()
    return [...runs].flatMap((run) => namedAfter({ run, turn: 99_999 }, all))
  }
  await until('all that the test began is ended', async () => {
    const alive = await left()
    for (const { pid } of alive) killNow(pid)
    return alive.length === 0
  })
}

export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function plainEnv(home: string) {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    ...gitIdentity,
  }
}
