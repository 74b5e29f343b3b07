/**
 * The loop: looks at runs under way, at issues, and at what must follow, over and over, until it is stopped.
 *
 * Each repository has its own lane, and so has each ended run: one that hangs holds up no other. A lane wakes
 * by itself, for issues at a time of its own within the interval, and sooner when something may have happened.
 * What cannot be asked is told once, and asked again. A pause holds back new dispatches and turns within one look
 * and survives a restart; runs under way are watched to their end. Stopping the loop leaves agents running: the
 * next start finds them.
 */
import type { Clock } from '../clock.ts'
import { ticker } from '../delivery/ticker.ts'
import type { Log } from '../log.ts'
import type { Runs } from '../store/runs.ts'
import { asker } from './asker.ts'
import { type ChoreParts, doChores } from './chores.ts'
import { comments, type CommentsParts } from './comments.ts'
import type { Driver } from './driver.ts'
import { type Faults, faults, said } from './faults.ts'
import { gaps } from './gaps.ts'
import type { Gatekeeper } from './gatekeeper.ts'
import { lanes } from './lanes.ts'
import { type Pauses, pauses } from './pauses.ts'
import { driverWhile, type Stopping } from './stopping.ts'
import { type SleepWatch, sleepWatch } from './sleep-watch.ts'
import { poller } from './poller.ts'
import { rounds } from './rounds.ts'
import type { Repository } from './repository.ts'
import type { Tell } from './tell.ts'
import { toldExecutor } from './told-executor.ts'
import { watcher } from './watcher.ts'

export type LoopParts = {
  readonly runs: Runs
  readonly driver: Driver
  readonly gatekeeper: Gatekeeper
  readonly repositories: ReadonlyMap<string, Repository>
  readonly orphan: ChoreParts['orphan']
  readonly threadLink: CommentsParts['threadLink']
  readonly clock: Clock
  readonly log: Log
  readonly tell: Tell
  readonly lookEveryMs: number
  readonly pollEveryMs: number
}

export type Loop = {
  start(): void
  /** Something may have happened in this repository. */
  wake(repo: string): void
  /** Chores of this run were written. */
  owes(run: string): void
  /** How far apart these repositories' issues are looked for in truth: of most of them. Null: they were not yet. */
  pollsApartMs(repos: readonly string[]): number | null
  pause(scope: string, by: string): Promise<void>
  resume(scope: string, by: string): Promise<void>
  stop(): Promise<void>
}

export function loop(given: LoopParts): Loop {
  const { repositories } = given
  const slept = sleepWatch(given)
  const stopping = { isOver: false }
  const parts = { ...given, driver: driverWhile(stopping, slept, given), stopping, slept }
  const held = pauses(parts)
  const lanes = lanesOf({ ...parts, held })
  const tickers = tickersOf(parts, { ...lanes, held })
  const unwatch: Array<() => void> = []

  return {
    start() {
      for (const [repo, { executor, ci }] of repositories) {
        unwatch.push(executor.watch(() => lanes.looks.wake(repo)))
        if (ci !== null) unwatch.push(ci.watch(() => lanes.looks.wake(repo)))
      }
      for (const each of tickers) each.wake()
    },
    wake(repo) {
      lanes.looks.wake(repo)
      lanes.polls.wake(repo)
    },
    owes: lanes.chores.wake,
    pollsApartMs: lanes.polled.apartMs,
    pause: held.pause,
    async resume(scope, by) {
      await held.resume(scope, by)
      for (const repo of repositories.keys()) lanes.polls.wake(repo)
      for (const each of tickers) each.wake()
    },
    async stop() {
      // From here on what is called off says nothing of any run.
      stopping.isOver = true
      for (const end of unwatch) end()
      const { looks, polls, chores } = lanes
      await Promise.all([...tickers, looks, polls, chores].map((each) => each.stop()))
    },
  }
}

type Turning = LoopParts & { readonly stopping: Stopping; readonly slept: SleepWatch }

function lanesOf(parts: Turning & { readonly held: Pauses }) {
  const { tell, log, held, slept, stopping, clock } = parts
  const { failed, well } = faults(tell)
  const repositories = withTold(parts.repositories, { failed, well })
  const looking = { ...parts, repositories }
  const asked = watcher({ ...looking, asker: asker(looking), isPaused: held.isPaused })
  let known: Promise<void> | undefined
  const told = comments(parts)
  const asks = poller({ ...parts, comments: told, faults: { failed, well } })
  const polled = gaps(clock)

  const laneOf = (what: string, look: (repo: string) => Promise<void>) =>
    lanes({
      async work(repo) {
        await look(repo)
        well(`${what} ${repo}`)
      },
      failed: (repo, error) =>
        failed(`${what} ${repo}`, { event: 'look-failed', repo, detail: said(error) }),
    })
  const looks = laneOf('look', async (repo) => {
    // No turn is brought before it is known what is paused.
    await (known ??= held.read().catch((error: unknown) => {
      known = undefined
      throw error
    }))
    await slept.look()
    await asked.look(repo)
  })
  const polls = laneOf('poll', async (repo) => {
    await asks.look(repo)
    polled.happened(repo)
    looks.wake(repo)
  })
  const chores = lanes({
    work: (run) =>
      doChores(run, {
        ...parts,
        comments: told,
        freed: polls.wake,
        isOver: () => stopping.isOver,
      }),
    failed: (_, error) => log({ event: 'bug', where: 'the chores', detail: said(error) }),
  })
  const orphaned = (repo: string, run: string) =>
    failed(`orphan ${run}`, { event: 'look-failed', repo, detail: orphanWords(run) })
  return { looks, polls, polled, chores, orphaned }
}

function withTold(repositories: LoopParts['repositories'], told: Faults) {
  return new Map(
    [...repositories].map(([repo, each]) => {
      const executor = toldExecutor(each.executor, { repo, ...told })
      return [repo, { ...each, executor }] as const
    }),
  )
}

const orphanWords = (run: string) =>
  `it is not enrolled any more, and ${run} is under way there: enrol it again, or afk stop ${run}`

type Woken = ReturnType<typeof lanesOf> & { readonly held: Pauses }

function tickersOf(parts: Turning, { looks, polls, chores, orphaned, held }: Woken) {
  const { runs, repositories, clock, log, lookEveryMs, pollEveryMs } = parts
  const round = rounds([...repositories.keys()], pollEveryMs)
  const every = (ms: number, where: string, work: () => Promise<void>) =>
    ticker(
      async () => {
        await work()
        return clock.now() + ms
      },
      { clock, log, where },
    )
  return [
    every(lookEveryMs, 'the watcher', async () => {
      await parts.slept.tick()
      await held.read()
      for (const [repo, run] of await runs.slots())
        if (repositories.has(repo)) looks.wake(repo)
        else orphaned(repo, run)
    }),
    ticker(
      async () => {
        for (const repo of round.due(clock.now())) polls.wake(repo)
        return repositories.size === 0 ? null : round.nextAt()
      },
      { clock, log, where: 'the poller' },
    ),
    every(lookEveryMs, 'the chores', async () => {
      const due = await runs.dueChores({ now: clock.now(), limit: 1_000, run: null })
      for (const { run } of due) chores.wake(run)
    }),
  ]
}
