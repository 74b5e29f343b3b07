/**
 * The loop: looks at runs under way, at issues, and at what must follow, over and over, until it is stopped.
 *
 * Each of the three is one thing at a time, wakes by itself, and sooner when something may have happened. A
 * bug in one look is told and ends that look alone. A pause holds back new dispatches and turns within one
 * look and survives a restart; runs under way are watched to their end. Stopping the loop leaves agents
 * running: the next start finds them.
 */
import type { Clock } from '../clock.ts'
import { ticker } from '../delivery/ticker.ts'
import type { Log } from '../log.ts'
import type { Runs } from '../store/runs.ts'
import { asker } from './asker.ts'
import { doChores } from './chores.ts'
import type { Driver } from './driver.ts'
import type { Gatekeeper } from './gatekeeper.ts'
import { poller } from './poller.ts'
import type { Repository } from './repository.ts'
import type { Tell } from './tell.ts'
import { watch } from './watcher.ts'

export type LoopParts = {
  readonly runs: Runs
  readonly driver: Driver
  readonly gatekeeper: Gatekeeper
  readonly repositories: ReadonlyMap<string, Repository>
  readonly clock: Clock
  readonly log: Log
  readonly tell: Tell
  readonly lookEveryMs: number
  readonly pollEveryMs: number
}

export type Loop = {
  start(): void
  /** Something may have happened. */
  wake(): void
  pause(scope: string, by: string): Promise<void>
  resume(scope: string): Promise<void>
  stop(): Promise<void>
}

export function loop(parts: LoopParts): Loop {
  const { runs, driver, repositories, clock, log, lookEveryMs, pollEveryMs } = parts
  const looks = { runs, driver, asker: asker(parts), repositories, clock, tell: parts.tell }
  const polls = poller(parts)
  const tickers = {
    watch: ticker(
      async () => {
        await hold(parts)
        await watch(looks)
        tickers.chores.wake()
        return clock.now() + lookEveryMs
      },
      { clock, log, where: 'the watcher' },
    ),
    poll: ticker(
      async () => {
        await polls.poll()
        tickers.watch.wake()
        return clock.now() + pollEveryMs
      },
      { clock, log, where: 'the poller' },
    ),
    chores: ticker(
      async () => {
        await doChores(parts)
        return clock.now() + lookEveryMs
      },
      { clock, log, where: 'the chores' },
    ),
  }
  const all = Object.values(tickers)
  const unwatch: Array<() => void> = []

  return {
    start() {
      for (const { executor, ci } of repositories.values()) {
        unwatch.push(executor.watch(() => tickers.watch.wake()))
        if (ci !== null) unwatch.push(ci.watch(() => tickers.watch.wake()))
      }
      for (const each of all) each.wake()
    },
    wake() {
      for (const each of all) each.wake()
    },
    async pause(scope, by) {
      await runs.pause({ scope, at: clock.now(), by })
      await hold(parts)
    },
    async resume(scope) {
      await runs.resume(scope)
      await hold(parts)
      for (const each of all) each.wake()
    },
    async stop() {
      for (const end of unwatch) end()
      await Promise.all(all.map((each) => each.stop()))
    },
  }
}

/** Tells each live run whether it is held. What was paused while no loop ran is found here, too. */
async function hold({ runs, driver, clock }: Pick<LoopParts, 'runs' | 'driver' | 'clock'>) {
  const paused = new Set((await runs.pauses()).map(({ scope }) => scope))
  for (const { run } of await runs.liveRuns()) {
    if (run.state !== 'live') continue
    const isHeld = paused.has('*') || paused.has(run.issue.repo)
    if (isHeld !== run.isHeld)
      await driver.advance(run.id, { type: isHeld ? 'held' : 'released', at: clock.now() })
  }
}
