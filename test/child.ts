/** `afk` as a process of its own: what it said so far, and how it ended. Killed when the test is over. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import { until } from './until.ts'

const main = join(import.meta.dirname, '../src/main.ts')

type Around = { readonly cwd: string; readonly env?: Readonly<Record<string, string>> }

/** Runs a line of bash in which `afk` is the command of these sources. */
export function shell(line: string, { cwd, env = {} }: Around) {
  const afk = `afk() { exec '${process.execPath}' '${main}' "$@"; }`
  const path = process.env['PATH'] ?? ''
  const child = spawn('bash', ['-c', `${afk}\n${line}`], {
    cwd,
    env: { PATH: path, HOME: cwd, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return watched(child)
}

function watched(child: ChildProcess) {
  const said = { out: '', err: '' }
  child.stdout?.on('data', (data: Buffer) => (said.out += data.toString()))
  child.stderr?.on('data', (data: Buffer) => (said.err += data.toString()))
  const closed = once(child, 'close')
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  onTestFinished(async () => {
    if (!isOver()) child.kill('SIGKILL')
    await closed
  })
  return {
    said,
    isOver,
    /** Resolves to its exit code, null if a signal ended it. */
    async ended(): Promise<number | null> {
      await closed
      return child.exitCode
    },
    stop: () => void child.kill('SIGTERM'),
    async saying(pattern: RegExp): Promise<string> {
      await until(`it says ${pattern}`, () => isOver() || pattern.test(said.out + said.err))
      const [, found] = pattern.exec(said.out + said.err) ?? []
      if (found === undefined) throw new Error(`it ended without saying ${pattern}: ${said.err}`)
      return found
    },
  }
}
