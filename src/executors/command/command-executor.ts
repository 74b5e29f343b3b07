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
import { join } from 'node:path'

import type { Clock } from '../../clock.ts'
import { forgetEnded, readNote } from '../../worktrees/ended.ts'
import { groundOf, inTurnAt } from '../../worktrees/ground.ts'
import { keptPlaces } from '../../worktrees/kept-places.ts'
import { readPlace } from '../../worktrees/places.ts'
import { recordsOf } from '../../worktrees/records.ts'
import { tidyPlace } from '../../worktrees/tidy-place.ts'
import type { Executor, TurnId } from '../executor.ts'
import { type Agent, askTurn } from './ask-turn.ts'
import { checkExecutor } from './check.ts'
import { endMembers } from './end-members.ts'
import {
  hasBegun,
  isPlainlyRunning,
  isTurnOver,
  lookAt,
  lookAtNamed,
  type Preset,
} from './look-at.ts'
import { occupants } from './occupants.ts'
import { processes } from './processes.ts'
import { forbid } from './records.ts'
import { walks } from './walks.ts'
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
  /** Ends whatever git is at; agents go on. */
  readonly signal?: AbortSignal
}

export function commandExecutor(options: CommandOptions): Executor {
  const { repo, folder, preset, clock } = options
  const occupied = async () => occupants(folder, await processes())
  const groundFor = (ms: number) => groundOf({ ...options, occupants: occupied }, ms)
  const ground = groundFor(GIT_MS)
  const turn = inTurnAt(repo)
  const walk = walks()
  const desk = { agent: options, ground, patience: PATIENCE, inTurn: turn }
  return {
    async look(turns) {
      const begun = new Set(turns.filter((id) => hasBegun(id, folder)))
      if (turns.length === 0) return []
      const all = await processes()
      const look = { folder, preset, now: clock.now(), all, walk }
      return turns.flatMap((id) => (begun.has(id) ? lookAt(id, look) : lookAtNamed(id, look)) ?? [])
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
      // Whoever is about to start it finds it taken, however far that is.
      if (!hasBegun(id, folder) && readNote(folder, id.run) === null)
        forbid(turn.records, clock.now())
      return endMembers(turn, PATIENCE)
    },
    async tidy(run, { discard } = { discard: false }) {
      try {
        return await turn(() => tidyPlace(run, { ground, discard, now: clock.now() }))
      } catch (error) {
        // What cannot be looked at is not let go of.
        const path = worktreeOf(folder, run) ?? join(folder, 'worktrees', run)
        return { type: 'kept', path, why: (error as Error).message }
      }
    },
    // Git at work in a worktree would be taken for somebody who is in it.
    places: () => turn(() => keptPlaces(groundFor(LOOK_MS))),
    // A command's conversation ends with it: nobody else can take a turn in it.
    visits: async () => [],
    find: async () => null,
    forget: (before) => forgetEnded(folder, before),
    check: () => checkExecutor(options, groundFor(CHECK_MS)),
    watch(wake) {
      const areOver = async (turns: readonly TurnId[]) => {
        const open = turns.filter((id) => hasBegun(id, folder) && !isPlainlyRunning(id, folder))
        const all = open.length === 0 ? [] : await processes()
        return open.filter((id) => isTurnOver(id, folder, all))
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
/** Somebody waits for the answer. */
const LOOK_MS = 20_000
const CHECK_MS = 5_000
const PATIENCE = { termMs: 5000, killMs: 5000 }
