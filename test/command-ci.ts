/** `commandCi` at work on a throw-away repository, with what its commands write into the file `$NOTES`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import { commandCi, type CommandCi, type CommandCiOptions } from '../src/ci/command/command-ci.ts'
import { markOf } from '../src/ci/command/process-mark.ts'
import { type Clock, systemClock } from '../src/clock.ts'
import { repository } from './repository.ts'
import { temporaryFolder } from './temporary.ts'
import { until } from './until.ts'

/** A second of it is 20 ms. */
export const fast: Clock = {
  now: () => Date.now() * 50,
  monotonic: () => performance.now() * 50,
  wakeAt: (instant, wake) => systemClock.wakeAt(instant / 50, wake),
}

export const sh = (script: string) => ['sh', '-c', script]

export async function openCi(argv: readonly string[], more: Partial<CommandCiOptions> = {}) {
  const work = await (await repository()).clone()
  const folder = temporaryFolder()
  const notes = join(temporaryFolder(), 'notes')
  writeFileSync(notes, '')
  const options = {
    ...{ repo: work.path, folder, argv, clock: fast, timeoutMs: 86_400_000 },
    env: { NOTES: notes },
    ...more,
  }
  const open = (changed: Partial<CommandCiOptions> = {}) => {
    const ci = commandCi({ ...options, ...changed })
    onTestFinished(ci.close)
    return ci
  }
  const ci = open()
  const head = await work.git('rev-parse', 'HEAD')
  const judged = (commit = head, by = ci) => verdictOf(by, commit)
  return { work, folder, ci, open, options, head, judged, noted: () => lines(notes) }
}

export async function verdictOf(ci: CommandCi, commit: string) {
  await until('there is a verdict', async () => (await ci.look(commit)).verdict !== 'pending')
  return ci.look(commit)
}

const lines = (path: string) => readFileSync(path, 'utf8').split('\n').filter(Boolean)
export const isRunning = (pid: number) => markOf(pid) !== null
