/** Who runs the agents of a repository, as it is configured; and who can still end those of one that is not enrolled. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

import type { Clock } from '../clock.ts'
import type { Enrolled } from '../config/enrolled.ts'
import { commandExecutor } from '../executors/command/command-executor.ts'
import type { Executor, TurnId } from '../executors/executor.ts'
import { t3Executor } from '../executors/t3/t3-executor.ts'
import type { Orphan } from '../loop/chores.ts'
import { recordsOf } from '../worktrees/records.ts'
import type { T3Clients, T3Config } from './t3.ts'

export type ExecutorPlace = {
  readonly repo: string
  readonly landingBranch: string
  readonly folder: string
  readonly clock: Clock
  readonly t3: T3Clients
  readonly signal?: AbortSignal
}

export function openExecutor(executor: Enrolled['executor'], at: ExecutorPlace): Executor {
  if (executor.type === 'command') {
    const { argv, stdin, env, preset } = executor
    return commandExecutor({ ...at, argv, stdin, env, preset })
  }
  const { model, mode } = executor
  const client = at.t3.for(executor)
  return t3Executor({ ...at, client, env: {}, model: model ?? null, runtimeMode: mode })
}

type OrphanPlace = {
  readonly folder: string
  readonly clock: Clock
  readonly t3: T3Clients
  /** Of any repository that has its agents in T3 Code: its threads may be there, too. */
  readonly known: T3Config | undefined
}

/** Its agents are found and ended, whoever ran them. */
export function orphanOf(name: string, { folder, clock, t3, known }: OrphanPlace): Orphan {
  const agents = join(resolve(folder), encodeURIComponent(name), 'agents')
  const at = { repo: agents, landingBranch: '-', folder: agents, clock, t3 }
  const command = commandExecutor({ ...at, argv: [], stdin: false, env: {}, preset: 'none' })
  const threads = known && openExecutor(known, at)
  return {
    async interrupt(turn, how) {
      if (!isInThread(agents, turn)) return command.interrupt(turn, how)
      return threads === undefined ? false : threads.interrupt(turn, how)
    },
  }
}

function isInThread(folder: string, turn: TurnId): boolean {
  return existsSync(join(recordsOf(folder, turn), 'turn.json'))
}
