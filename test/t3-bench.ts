/**
 * A repository with its remote, a T3 Code server that is played, and executors that have it run the agents.
 *
 * Its agents do what their prompt says, and write down that they began.
 */
import { execFileSync } from 'node:child_process'
import { realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import { systemClock } from '../src/clock.ts'
import type { Executor, Order, Sight, TurnId } from '../src/executors/executor.ts'
import { t3Executor, type T3ExecutorOptions } from '../src/executors/t3/t3-executor.ts'
import { t3Client, type T3Options as ClientOptions } from '../src/t3/client.ts'
import type { AgentTurn } from './t3/agent-turn.ts'
import { type T3Options, t3StandIn } from './t3/stand-in.ts'
import { temporaryFolder } from './temporary.ts'
import { until } from './until.ts'

export type T3Bench = Awaited<ReturnType<typeof t3Bench>>

type Wish = T3Options & {
  readonly executor?: Partial<T3ExecutorOptions>
  readonly client?: Partial<ClientOptions>
}

export async function t3Bench({ executor: wished, client: asking, ...wish }: Wish = {}) {
  const began: AgentTurn[] = []
  const agent = async (turn: AgentTurn) => {
    began.push(turn)
    await (wish.agent ?? doing)(turn)
  }
  const t3 = await t3StandIn({ ...wish, agent })
  onTestFinished(() => t3.close())
  const ground = clonedRepository()
  const clientFor = (more: Partial<ClientOptions> = {}) => {
    const client = t3Client({
      url: t3.url,
      token: () => t3.token,
      clock: systemClock,
      reuseMs: 50,
      ...asking,
      ...more,
    })
    onTestFinished(() => client.close())
    return client
  }
  const client = clientFor()
  const options: T3ExecutorOptions = {
    client,
    repo: ground.repo,
    landingBranch: 'main',
    folder: ground.folder,
    env: {},
    model: null,
    runtimeMode: 'full-access',
    clock: systemClock,
    ...wished,
  }
  const node = (more: Partial<T3ExecutorOptions> = {}): Executor =>
    t3Executor({ ...options, ...more })
  const executor = node()
  const bench = {
    ...{ ...ground, t3, began, client, clientFor, options, node, executor },
    turn: { run: RUN, turn: 1 },
    thread: THREAD,
    worktree: join(ground.folder, 'worktrees', RUN),
    records: (turn = 1) => join(ground.folder, 'turns', `${RUN}.${turn}`),
    order: (changed: Partial<Order> = {}): Order => {
      const issue = { repo: 'owner/name', number: 7 }
      const fixed = { run: RUN, turn: 1, branch: 'afk/7', base: ground.base, continues: null }
      const talk = { thread: THREAD, title: '#7 do it', prompt: 'finish', visit: null }
      return { ...fixed, ...talk, issue, ...changed }
    },
    over: (turn: TurnId = { run: RUN, turn: 1 }, by = executor) => over(by, turn),
    look: async (turn: TurnId = { run: RUN, turn: 1 }) => (await bench.executor.look([turn]))[0],
  }
  return bench
}

const RUN = 'run_0190'
const THREAD = 'thread_0190'

/** By the first word of its prompt. */
async function doing(turn: AgentTurn): Promise<void> {
  const [what = ''] = turn.prompt.split(/\s/)
  switch (what) {
    case 'finish':
      return turn.say('all is well')
    case 'fail':
      return turn.fail('no such thing')
    case 'ask':
      return turn.say('I wonder.\nAFK-Question: which colour?')
    case 'leave':
      writeFileSync(join(turn.cwd, 'left'), '')
      return turn.say('all is well')
    case 'approve':
      await turn.askApproval('Bash: rm -rf x')
      return turn.say('all is well')
    case 'question':
      await turn.askQuestion([{ ...aQuestion, id: aQuestion.question }])
      return turn.say('all is well')
    case 'run':
      return ended(turn)
    default:
      return turn.say(turn.prompt)
  }
}

const aQuestion = {
  header: 'DB',
  question: 'Which db?',
  options: [
    { label: 'pg', description: 'Postgres' },
    { label: 'sqlite', description: 'SQLite' },
  ],
  multiSelect: false,
}

function ended({ signal }: AgentTurn): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}

export function clonedRepository() {
  const root = realpathSync(temporaryFolder())
  const [origin, repo, folder] = ['origin.git', 'clone', 'agents'].map((name) =>
    join(root, name),
  ) as [string, string, string]
  const sh = (line: string, cwd = repo) =>
    execFileSync('bash', ['-ec', line], { cwd, env: plainEnv(root), stdio: 'pipe' }).toString()
  sh(`git init -q --bare -b main ${origin} && git clone -q ${origin} ${repo}`, root)
  sh('echo one > a.txt && git add . && git commit -qm one && git push -q origin HEAD:main')
  return { root, origin, repo, folder, sh, base: sh('git rev-parse HEAD').trim() }
}

function plainEnv(home: string) {
  const name = { GIT_AUTHOR_NAME: 'agent', GIT_COMMITTER_NAME: 'agent' }
  const mail = { GIT_AUTHOR_EMAIL: 'agent@localhost', GIT_COMMITTER_EMAIL: 'agent@localhost' }
  return { PATH: process.env['PATH'] ?? '', HOME: home, GIT_CONFIG_NOSYSTEM: '1', ...name, ...mail }
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
