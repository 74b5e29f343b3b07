/**
 * Runs an agent's own command on this machine, in a worktree of the run.
 *
 * A turn outlives the node, and asked again, by any node, it is the same turn: never two agents. The
 * agent runs as the same user as the node. What it does to its worktree, its processes and its records
 * is seen as far as the system shows it, and cannot be prevented: an end is a claim until git and CI
 * confirm it. Where there is no /proc, only its process group and session are known to be its own.
 *
 * @example
 * commandExecutor({ repo: '/srv/infra', landingBranch: 'main', folder: '/var/lib/afk/agents',
 *   argv: ['claude', '-p', '--output-format', 'json'], stdin: true, env: {},
 *   preset: 'claude-code', clock: systemClock })
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import type { Clock } from '../../clock.ts'
import { git } from '../../git/git.ts'
import type { Executor, TurnId } from '../executor.ts'
import { type Agent, askTurn } from './ask-turn.ts'
import { endMembers, isAlive } from './end-members.ts'
import { hasBegun, isTurnOver, lookAt, type Preset } from './look-at.ts'
import type { Ground } from './place.ts'
import { processes } from './processes.ts'
import { forbid, readPlace, recordsOf } from './records.ts'
import { tidyPlace } from './tidy-place.ts'
import { watchTurns } from './watch-turns.ts'

export type CommandOptions = Agent & {
  /** A clone with a remote `origin`. */
  readonly repo: string
  readonly landingBranch: string
  /** Where worktrees and the turns' records live: outside the clone. */
  readonly folder: string
  /** Whose headless output the command prints; `none`: its exit code tells. */
  readonly preset: Preset
  readonly clock: Clock
}

export function commandExecutor(options: CommandOptions): Executor {
  const { repo, landingBranch, folder, env, preset, clock } = options
  const ground: Ground = {
    repo,
    landingBranch,
    folder,
    git: (cwd, args) => git(cwd, args, { env, signal: AbortSignal.timeout(GIT_MS) }),
  }
  const inTurn = oneAfterTheOther(repo)
  const desk = { agent: options, ground, patience: PATIENCE, inTurn }
  return {
    async look(turns) {
      const begun = turns.filter((id) => hasBegun(id, folder))
      const all = await processes()
      return begun.flatMap((id) => lookAt(id, { folder, preset, now: clock.now(), all }) ?? [])
    },
    async ask(order) {
      try {
        return await askTurn(order, desk)
      } catch (error) {
        // A disk that is full, a folder that is not ours: the next time it may be mended.
        return { type: 'unreachable', detail: (error as Error).message }
      }
    },
    async interrupt(id) {
      const turn = { id, records: recordsOf(folder, id), worktree: worktreeOf(folder, id.run) }
      // Whoever is about to start it finds it taken.
      if (existsSync(turn.records) && !hasBegun(id, folder)) forbid(turn.records, clock.now())
      return endMembers(turn, PATIENCE)
    },
    async tidy(run) {
      const last = { run, turn: Number.MAX_SAFE_INTEGER }
      const turn = { id: last, records: recordsOf(folder, last), worktree: null }
      const path = worktreeOf(folder, run)
      if (path !== null && isAlive(turn, await processes()))
        return { type: 'kept', path, why: 'something of the run is alive' }
      try {
        return await inTurn(() => tidyPlace(run, ground))
      } catch (error) {
        // What cannot be looked at is not let go of.
        return { type: 'kept', path: path ?? folder, why: (error as Error).message }
      }
    },
    watch(wake) {
      const areOver = async (turns: readonly TurnId[]) => {
        const begun = turns.filter((id) => hasBegun(id, folder))
        const all = begun.length === 0 ? [] : await processes()
        return begun.filter((id) => isTurnOver(id, folder, all))
      }
      return watchTurns({ folder, clock, areOver }, wake)
    },
  }
}

/** An agent that changed the record of its place must not keep it from being ended. */
function worktreeOf(folder: string, run: string): string | null {
  try {
    return readPlace(folder, run)?.path ?? null
  } catch {
    return join(folder, 'worktrees', run)
  }
}

const GIT_MS = 120_000
const PATIENCE = { termMs: 5000, killMs: 5000 }

/** By the clone, whichever generation of a node asks: git locks it. */
const queues = new Map<string, Promise<unknown>>()

function oneAfterTheOther(repo: string) {
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = (queues.get(repo) ?? Promise.resolve()).then(work, work)
    queues.set(repo, mine)
    return mine
  }
}
