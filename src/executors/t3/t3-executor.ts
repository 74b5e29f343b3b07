/**
 * Has T3 Code run the agents: a thread for each run, in a worktree that is made here, under ids of ours.
 *
 * A turn is T3's own matter and outlives the node; asked again, by any node on this disk, it is the same turn, and
 * two are never begun for one order. The server and this node must see the clone and the worktrees under the same
 * paths. What it shows is history until its session says otherwise, and its clock is its own. It is not told when
 * something ends: one read of all threads, shared by all repositories, is looked at.
 *
 * @example
 * t3Executor({ client: t3Client({ url, token, clock }), repo: '/srv/infra', landingBranch: 'main',
 *   folder: '/var/lib/afk/agents', env: {}, model: null, runtimeMode: 'full-access', clock: systemClock })
 */
import { join } from 'node:path'

import type { Clock } from '../../clock.ts'
import { type InTurn, inTurn } from '../../in-turn.ts'
import type { T3Client } from '../../t3/client.ts'
import type { ModelSelection, RuntimeMode } from '../../t3/commands.ts'
import type { Fleet } from '../../t3/fleet.ts'
import { forgetEnded } from '../../worktrees/ended.ts'
import { groundOf, inTurnAt } from '../../worktrees/ground.ts'
import { keptPlaces } from '../../worktrees/kept-places.ts'
import { readPlace } from '../../worktrees/places.ts'
import { tidyPlace } from '../../worktrees/tidy-place.ts'
import type { Executor, TurnId } from '../executor.ts'
import { askTurn } from './ask-turn.ts'
import { checkT3 } from './check.ts'
import type { Desk } from './desk.ts'
import { findThread } from './find-thread.ts'
import { interruptTurn } from './interrupt-turn.ts'
import { lookAt } from './look-at.ts'
import { occupants } from './occupants.ts'
import { pulses } from './pulses.ts'
import { unreachable } from './said.ts'
import { visitsOf } from './visits.ts'
import { watching } from './watch-turns.ts'

export type T3ExecutorOptions = {
  /** Of the server; all repositories share it. */
  readonly client: T3Client
  /** A clone with a remote `origin`, which T3 Code sees under the same path. */
  readonly repo: string
  readonly landingBranch: string
  /** Where worktrees and the turns' records live: outside the clone, and seen by T3 Code, too. */
  readonly folder: string
  /** What git is given. */
  readonly env: Readonly<Record<string, string>>
  /** Null: the project's own, or T3's default. */
  readonly model: ModelSelection | null
  readonly runtimeMode: RuntimeMode
  readonly clock: Clock
  /** Ends whatever git is at; agents go on. */
  readonly signal?: AbortSignal
}

export function t3Executor(options: T3ExecutorOptions): Executor {
  const { client, repo, folder, clock, model, runtimeMode } = options
  const occupied = () => occupants(client, folder)
  const groundFor = (ms: number) => groundOf({ ...options, occupants: occupied }, ms)
  const ground = groundFor(GIT_MS)
  const turn = inTurnAt(repo)
  const asking = askingIn(folder)
  const watched = watching()
  const common = { client, clock, model, runtimeMode, inTurn: turn, ended: watched.ended }
  const desk: Desk = { ...common, ground, pulses: pulses(clock) }

  const look = async (turns: readonly TurnId[]) => {
    let read: Promise<Fleet> | undefined
    const fleet = () => (read ??= client.fleet())
    const sights = await Promise.all(turns.map((id) => lookAt(id, fleet, desk)))
    return sights.flatMap((sight) => sight ?? [])
  }
  return {
    look,
    async ask(order) {
      try {
        return await asking(() => askTurn(order, desk))
      } catch (error) {
        // A server that cannot be read, a disk that is full: the next time it may be mended.
        return unreachable((error as Error).message)
      }
    },
    async interrupt(id, how = 'end') {
      try {
        return await asking(() => interruptTurn(id, how, desk))
      } catch {
        // What cannot be read shows nothing.
        return false
      }
    },
    async tidy(run, { discard } = { discard: false }) {
      try {
        return await turn(() => tidyPlace(run, { ground, discard, now: clock.now() }))
      } catch (error) {
        // What cannot be looked at is not let go of.
        return { type: 'kept', path: pathOf(folder, run), why: (error as Error).message }
      }
    },
    places: () => turn(() => keptPlaces(groundFor(LOOK_MS))),
    visits: (runs) => visitsOf(runs, desk),
    find: (thread) => findThread(thread, desk),
    forget: (before) => forgetEnded(folder, before),
    check: () => checkT3({ ...desk, ground: groundFor(CHECK_MS) }),
    watch: (wake) => watched.start({ folder, clock, look }, wake),
  }
}

function pathOf(folder: string, run: string): string {
  try {
    return readPlace(folder, run)?.path ?? join(folder, 'worktrees', run)
  } catch {
    return join(folder, 'worktrees', run)
  }
}

const GIT_MS = 120_000
/** Somebody waits for the answer. */
const LOOK_MS = 20_000
const CHECK_MS = 5_000

/** By the folder, whichever generation of a node asks: a turn is asked, or ended, by one at a time. */
const queues = new Map<string, InTurn>()

function askingIn(folder: string): InTurn {
  const queue = queues.get(folder) ?? inTurn()
  queues.set(folder, queue)
  return queue
}
