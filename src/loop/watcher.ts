/**
 * Looks at the runs that are under way, and tells the driver what it saw.
 *
 * One look of an executor serves all of its runs. What lands is asked of git, what CI says of CI, and never
 * of the agent. What cannot be asked says nothing: an executor's silence is told as such, a tracker's, a
 * remote's or a CI's is waited out. A look that throws is told, and ends that repository's look alone.
 */
import type { Clock } from '../clock.ts'
import type { Sight } from '../executors/executor.ts'
import type { RunEvent } from '../run/event.ts'
import { type In, isEnded, type Run } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import type { Asker } from './asker.ts'
import type { Driver } from './driver.ts'
import type { Repository } from './repository.ts'
import type { Tell } from './tell.ts'

export type WatcherParts = {
  readonly runs: Pick<Runs, 'liveRuns' | 'run'>
  readonly driver: Driver
  readonly asker: Asker
  readonly repositories: ReadonlyMap<string, Repository>
  readonly clock: Clock
  readonly tell: Tell
}

type LiveRun = In<'live'>

/** One look at everything that is under way. */
export async function watch(parts: WatcherParts): Promise<void> {
  const stored = await parts.runs.liveRuns()
  const byRepo = Map.groupBy(
    stored.map(({ run }) => run),
    ({ issue }) => issue.repo,
  )
  await Promise.all(
    [...byRepo].map(async ([repo, runs]) => {
      const repository = parts.repositories.get(repo)
      if (repository === undefined) return
      try {
        await watchRepository(repository, runs, parts)
      } catch (error) {
        parts.tell({ event: 'look-failed', repo, detail: said(error) })
      }
    }),
  )
}

async function watchRepository(repository: Repository, runs: readonly Run[], parts: WatcherParts) {
  const { driver, asker, clock } = parts
  for (const run of runs) {
    // Its node died between queueing it and starting it.
    if (run.state === 'queued') await driver.advance(run.id, { type: 'started', at: clock.now() })
    if (run.state === 'live' && run.turn.is === 'asked' && !run.isHeld) await asker.ask(run)
  }
  const ids = runs.flatMap((run) =>
    run.state === 'live' && run.turn.is === 'running'
      ? [{ run: run.id, turn: run.turn.number }]
      : [],
  )
  for (const sight of ids.length === 0 ? [] : await repository.executor.look(ids))
    await tellSight(repository, sight, parts)
  for (const run of runs) await lookAtLanding(repository, run.id, parts)
}

async function tellSight(repository: Repository, sight: Sight, parts: WatcherParts) {
  const { driver, clock } = parts
  const { run, turn } = sight.id
  const at = clock.now()
  const tell = (event: RunEvent) => driver.advance(run, event)
  if (sight.type === 'unreachable') return void (await tell({ type: 'unreachable', at }))
  await tell({ type: 'reached', at })
  if (sight.costUsd !== null) await tell({ type: 'spent', at, turn, costUsd: sight.costUsd })
  if (sight.type === 'running')
    return void (await tell({ type: 'alive', at, turn, seenAt: sight.seenAt }))
  // A push in the turn's last moment counts: what was seen of the remote before now does not.
  const commit = await landed(repository, { id: run, since: clock.monotonic() }, parts)
  await tell({ type: 'turn-over', at: clock.now(), turn, end: sight.end, commit })
}

/** That time has passed is told whatever could be asked: no limit waits for a remote that is down. */
async function lookAtLanding(repository: Repository, id: string, parts: WatcherParts) {
  try {
    await tellLanding(repository, id, parts)
  } finally {
    await parts.driver.advance(id, { type: 'tick', at: parts.clock.now() })
  }
}

async function tellLanding(repository: Repository, id: string, parts: WatcherParts) {
  const { driver, clock } = parts
  const commit = await landed(repository, { id }, parts)
  const before = await liveRun(id, parts)
  if (before === undefined) return
  if (commit !== null) await driver.advance(id, { type: 'pushed', at: clock.now(), commit })
  else if (before.pushed !== null && !(await repository.landing.contains(before.pushed.commit)))
    await driver.advance(id, { type: 'unpushed', at: clock.now(), commit: before.pushed.commit })
  const { pushed } = (await liveRun(id, parts)) ?? {}
  if (!pushed || repository.ci === null) return
  const checks = await repository.ci.look(pushed.commit)
  await driver.advance(id, { type: 'checked', at: clock.now(), commit: pushed.commit, checks })
}

type Wanted = { readonly id: string; readonly since?: number }

async function landed({ landing }: Repository, { id, since }: Wanted, parts: WatcherParts) {
  const run = await liveRun(id, parts)
  if (run === undefined || run.base === null) return null
  return landing.pushedBy({ id, branch: run.branch, base: run.base }, since)
}

async function liveRun(id: string, { runs }: WatcherParts): Promise<LiveRun | undefined> {
  const stored = await runs.run(id)
  const run = stored?.run
  return run === undefined || isEnded(run) || run.state !== 'live' ? undefined : run
}

const said = (error: unknown) => (error instanceof Error ? error.message : String(error))
