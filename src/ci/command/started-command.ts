/**
 * A command in a process group of its own, from its start to its end.
 *
 * It ends when argv itself ends, whatever it left running: that is killed with its group, then and at the
 * time limit. What moved itself out of the group (setsid) lives on, and is not waited for. Of its output
 * the beginning and the end are kept, in the order they came; past 64 MiB it is read slowly, so that a
 * flood does not keep the node from its other work.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

import type { Clock } from '../../clock.ts'
import { keptOutput } from './kept-output.ts'
import { killGroup } from './process-mark.ts'

export type Command = {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly clock: Clock
}

export type StartedCommand = {
  /** Null: it did not start. */
  readonly pid: number | null
  readonly ended: Promise<CommandEnd>
  /** Kills all of it; then it ends by a signal. */
  readonly kill: () => void
}

export type CommandEnd = { readonly output: Uint8Array } & (
  | { readonly how: 'exit'; readonly code: number }
  | { readonly how: 'signal'; readonly signal: string }
  | { readonly how: 'timeout' }
  | { readonly how: 'not-started'; readonly why: NodeJS.ErrnoException }
)

export function startCommand({ argv, cwd, env, timeoutMs, clock }: Command): StartedCommand {
  const [program = '', ...rest] = argv
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  const child = spawn(program, rest, { cwd, env, stdio, detached: true })
  const { pid = null } = child
  const kill = () => pid !== null && killGroup(pid)
  const limit = timeLimit({ timeoutMs, clock, onOver: kill })
  const output = collect(child, clock)

  const ended = new Promise<CommandEnd>((resolve) => {
    child.once('error', (why) => {
      if (pid !== null) return
      limit.callOff()
      resolve({ how: 'not-started', why, output: output.bytes() })
    })
    child.once('exit', (code, signal) => {
      limit.callOff()
      kill()
      const end = limit.isOver() ? ({ how: 'timeout' } as const) : endOf(code, signal)
      void output.drained().then(() => resolve({ ...end, output: output.bytes() }))
    })
  })
  return { pid, ended, kill }
}

function endOf(code: number | null, signal: string | null) {
  if (code !== null) return { how: 'exit', code } as const
  return { how: 'signal', signal: signal ?? 'SIGKILL' } as const
}

/** Counted by the monotonic clock: a machine that slept, or a clock that was set, ends nothing. */
function timeLimit(options: Pick<Command, 'timeoutMs' | 'clock'> & { onOver: () => void }) {
  const { timeoutMs, clock, onOver } = options
  const endAt = clock.monotonic() + timeoutMs
  let isOver = false
  let callOff = wait()
  return { isOver: () => isOver, callOff: () => callOff() }

  function wait() {
    return clock.wakeAt(clock.now() + endAt - clock.monotonic(), () => {
      if (clock.monotonic() < endAt) callOff = wait()
      else {
        isOver = true
        onOver()
      }
    })
  }
}

function collect({ stdout, stderr }: ChildProcess, clock: Clock) {
  const kept = keptOutput()
  const streams = [stdout, stderr].filter((stream) => stream !== null)
  let isDraining = false
  for (const stream of streams)
    stream.on('data', (chunk: Buffer) => {
      kept.add(chunk)
      if (isDraining || kept.total() < FLOOD) return
      stream.pause()
      clock.wakeAt(clock.now() + SLOW_MS, () => stream.resume())
    })

  return {
    bytes: kept.bytes,
    /** All of it was read, or somebody who outlived the command holds the pipe and is not waited for. */
    async drained(): Promise<void> {
      isDraining = true
      const closed = Promise.all(streams.map(whenClosed))
      for (const stream of streams) stream.resume()
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const before = kept.total()
        if ((await within(closed, clock)) || kept.total() === before) break
      }
      for (const stream of streams) stream.destroy()
      await closed
    },
  }
}

/** False: a while has passed, and a turn of the event loop, so that a busy node reads what waits. */
async function within(closed: Promise<unknown>, clock: Clock): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const callOff = clock.wakeAt(clock.now() + DRAIN_MS, () => setImmediate(() => resolve(false)))
  void closed.then(() => resolve(true))
  const isClosed = await promise
  callOff()
  return isClosed
}

function whenClosed(stream: Readable): Promise<void> {
  return stream.closed
    ? Promise.resolve()
    : new Promise((resolve) => void stream.once('close', resolve))
}

const FLOOD = 64 * 1024 * 1024
const SLOW_MS = 10
const DRAIN_MS = 1000
const MOST_ROUNDS = 10
