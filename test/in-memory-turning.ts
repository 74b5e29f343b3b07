/** The loop itself, turning on a ground: it looks every second and polls every 30, by a clock that a test moves. */
import { onTestFinished } from 'vitest'

import type { LogEvent } from '../src/log.ts'
import { loop } from '../src/loop/loop.ts'
import type { Runs } from '../src/store/runs.ts'
import type { Ground } from './in-memory-loop.ts'
import { until } from './until.ts'

/** It turns from the test's word on, and is stopped when the test is over. */
export function turning({ parts, whenOwed }: Ground, runs: Partial<Runs> = {}) {
  const logged: LogEvent[] = []
  const turned = loop({
    ...parts,
    runs: { ...parts.runs, ...runs },
    log: (event) => void logged.push(event),
    lookEveryMs: 1_000,
    pollEveryMs: 30_000,
  })
  whenOwed(turned.owes)
  onTestFinished(turned.stop)
  return {
    ...turned,
    logged,
    /** Time passes, a second at a time, until it is so. */
    untilSo: (what: string, isSo: () => boolean | Promise<boolean>) =>
      until(what, async () => {
        if (await isSo()) return true
        parts.clock.advance(1_000)
        return false
      }),
  }
}

/** Something that hangs until the test is over: made after all that waits for it when it is stopped. */
export function hanging() {
  const gate = Promise.withResolvers<void>()
  onTestFinished(() => gate.resolve())
  return () => gate.promise
}
