/**
 * The driver of a loop that may be stopped: what is seen after the stop is told to nobody.
 *
 * A stop calls off what git and forges are at. What looks like a broken clone then is none, and a turn that reached
 * its agent is found by the next start. While the loop goes on, a sleep of the machine is told first.
 */
import type { Runs } from '../store/runs.ts'
import type { Driver } from './driver.ts'
import type { SleepWatch } from './sleep-watch.ts'

export type Stopping = { isOver: boolean }

export function driverWhile(
  stopping: Stopping,
  slept: SleepWatch,
  { driver, runs }: { readonly driver: Driver; readonly runs: Pick<Runs, 'run'> },
): Driver {
  return {
    async advance(run, event) {
      if (!stopping.isOver) await slept.look()
      if (!stopping.isOver) return driver.advance(run, event)
      return typeof run === 'string' ? runs.run(run) : run
    },
  }
}
