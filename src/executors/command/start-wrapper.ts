/**
 * Starts a turn's wrapper, apart from this process, and waits until the turn is taken.
 *
 * What the wrapper is to do goes to it through a pipe: secrets of the agent's environment are in no file
 * and on no command line. Killed in between, this process leaves a wrapper that got all of it, or one
 * that ends by itself; a second wrapper finds the turn taken.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import type { TurnId } from '../executor.ts'
import { readStarted } from './records.ts'
import { type Job, wrapperSource } from './wrapper.ts'

/** In words, why it was not started; null: it was, by this wrapper or another. */
export async function startWrapper(id: TurnId, job: Job): Promise<string | null> {
  const child = spawn(process.execPath, ['--input-type=commonjs', '-e', wrapperSource()], {
    cwd: '/',
    detached: true,
    env: { PATH: process.env['PATH'] ?? '', AFK_RUN: id.run, AFK_TURN: String(id.turn) },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const said = listen(child)
  child.stdin.end(`${JSON.stringify(job)}\n`)
  const deadline = performance.now() + START_MS
  let takenAt: number | null = null
  while (!isBegun(job.folder)) {
    if (readStarted(job.folder) !== null) takenAt ??= performance.now()
    // On a full disk nobody can write down that the agent runs.
    if (takenAt !== null && performance.now() - takenAt > BEGIN_MS) break
    if (said.isOver()) {
      if (readStarted(job.folder) !== null) break
      return `its wrapper did not start: ${said.words()}`
    }
    if (performance.now() > deadline) return `its wrapper took nothing in ${START_MS / 1000} s`
    await pause(5)
  }
  child.stderr.destroy()
  child.unref()
  return null
}

const START_MS = 20_000
const BEGIN_MS = 2000

/** The agent runs, or could not be started. */
function isBegun(records: string): boolean {
  if (readStarted(records)?.type === 'never') return true
  return ['agent.json', 'end.json'].some((name) => existsSync(join(records, name)))
}

function listen(child: ChildProcess) {
  let words = ''
  let isOver = false
  child.stderr?.on('data', (data: Buffer) => (words = (words + data.toString()).slice(-2000)))
  // It has gone, and that is seen by its exit.
  child.stdin?.on('error', () => {})
  child.on('error', (error) => {
    words ||= error.message
    isOver = true
  })
  child.on('exit', () => (isOver = true))
  return {
    isOver: () => isOver,
    words: () => /^\w*Error: .*$/m.exec(words)?.[0] ?? (words.trim() || 'it said nothing'),
  }
}
