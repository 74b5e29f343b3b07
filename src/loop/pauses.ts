/**
 * Who is held back, and by whom: written down first, then told to every run under way, then answered.
 *
 * What was paused while no loop ran is found by `read`.
 */
import type { Clock } from '../clock.ts'
import type { Runs } from '../store/runs.ts'
import type { Driver } from './driver.ts'
import type { Tell } from './tell.ts'

export type Pauses = {
  isPaused(repo: string): boolean
  read(): Promise<void>
  /** `scope`: `*` is everything, else a repository. */
  pause(scope: string, by: string): Promise<void>
  resume(scope: string, by: string): Promise<void>
}

export type PausesParts = {
  readonly runs: Pick<Runs, 'pause' | 'resume' | 'pauses' | 'liveRuns'>
  readonly driver: Driver
  readonly clock: Clock
  readonly tell: Tell
}

export function pauses({ runs, driver, clock, tell }: PausesParts): Pauses {
  let scopes: ReadonlySet<string> = new Set()
  const isPaused = (repo: string) => scopes.has('*') || scopes.has(repo)

  async function read() {
    scopes = new Set((await runs.pauses()).map(({ scope }) => scope))
  }

  async function hold() {
    await read()
    for (const stored of await runs.liveRuns()) {
      const { run } = stored
      if (run.state !== 'live') continue
      const isHeld = isPaused(run.issue.repo)
      if (isHeld === run.isHeld) continue
      await driver.advance(stored, { type: isHeld ? 'held' : 'released', at: clock.now() })
    }
  }

  return {
    isPaused,
    read,
    async pause(scope, by) {
      await runs.pause({ scope, at: clock.now(), by })
      await hold()
      tell({ event: 'loop-paused', scope, by })
    },
    async resume(scope, by) {
      await runs.resume(scope)
      await hold()
      tell({ event: 'loop-resumed', scope, by })
    },
  }
}
