/**
 * One commit judged: locked, checked out, run, its verdict and log written, its checkout removed.
 *
 * Leaves the verdict or throws, or does neither where another process is at it, or it was stopped or dropped. A red
 * is written a second after the command ended: what stops a whole service reaches the command first,
 * and a command that was stopped says nothing of its commit.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import type { Clock } from '../../clock.ts'
import { CiError } from '../ci-error.ts'
import { checkOut, removeCheckout } from './checkout.ts'
import { type CommitLock, takeLock } from './commit-lock.ts'
import { killLeftGroup } from './process-mark.ts'
import { checkName, type results } from './results.ts'
import { type CommandEnd, startCommand } from './started-command.ts'

export type JudgingOptions = {
  readonly repo: string
  readonly folder: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly clock: Clock
  readonly kept: ReturnType<typeof results>
}

export function judging({ repo, folder, kept, ...command }: JudgingOptions) {
  const { argv, timeoutMs, clock } = command
  const stopped = new AbortController()
  let current: { readonly commit: string; readonly dropped: AbortController } | null = null

  return {
    judge,
    stop: () => stopped.abort(),
    /** If it is the one that is being judged. */
    drop(commit: string) {
      if (current?.commit === commit) current.dropped.abort()
    },
  }

  /** True: there is a verdict now. */
  async function judge(commit: string): Promise<boolean> {
    const dropped = new AbortController()
    current = { commit, dropped }
    try {
      return await judgeUntil(commit, AbortSignal.any([stopped.signal, dropped.signal]))
    } finally {
      current = null
    }
  }

  async function judgeUntil(commit: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false
    const locks = join(folder, 'locks')
    mkdirSync(locks, { recursive: true, mode: 0o700 })
    const lock = takeLock(join(locks, commit))
    if (lock === null) return false
    try {
      return (await kept.verdict(commit)) !== null || (await judgeLocked(commit, { lock, signal }))
    } finally {
      lock.release()
    }
  }

  async function judgeLocked(commit: string, { lock, signal }: Locked): Promise<boolean> {
    const isStopped = () => signal.aborted
    const cwd = join(folder, 'checkouts', commit)
    if (lock.orphan) killLeftGroup(lock.orphan)
    try {
      await checkOut({ repo, commit, into: cwd })
      if (isStopped()) return false
      const end = await run(commit, cwd, { lock, signal })
      const failed = failedBy(end, { argv, timeoutMs })
      if (failed !== null) await aMoment(clock, signal)
      if (isStopped()) return false
      const output = end.how === 'exit' ? end.output : withLine(end.output, `[afk: ${failed}]`)
      await kept.write({ commit, failed, output, endedAt: clock.now() })
      return true
    } finally {
      await removeCheckout(cwd)
    }
  }

  async function run(commit: string, cwd: string, { lock, signal }: Locked): Promise<CommandEnd> {
    const env = { ...ofThisMachine(), ...command.env, CI: '1', AFK_COMMIT: commit }
    const started = startCommand({ ...command, cwd, env })
    if (started.pid !== null) lock.note(started.pid)
    signal.addEventListener('abort', started.kill)
    const end = await started.ended
    signal.removeEventListener('abort', started.kill)
    return end
  }
}

async function aMoment(clock: Clock, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const callOff = clock.wakeAt(clock.now() + MOMENT_MS, () => resolve('over'))
  signal.addEventListener('abort', resolve)
  await promise
  signal.removeEventListener('abort', resolve)
  callOff()
}

type Locked = { readonly lock: CommitLock; readonly signal: AbortSignal }

const MOMENT_MS = 1000

/** Null: it passed. Throws where that is not for the commit to say. */
function failedBy(
  end: CommandEnd,
  { argv, timeoutMs }: Pick<JudgingOptions, 'argv' | 'timeoutMs'>,
): string | null {
  const name = checkName(argv)
  switch (end.how) {
    case 'exit':
      return end.code === 0 ? null : name
    case 'signal':
      return `${name} (ended by ${end.signal})`
    case 'timeout':
      return `${checkName(argv.slice(0, 1))} (no end after ${spelled(timeoutMs)})`
    case 'not-started':
      return notStarted(argv, end.why)
  }
}

function notStarted([program = '']: readonly string[], why: NodeJS.ErrnoException): string {
  const isItself = ['ENOENT', 'EACCES', 'ENOTDIR', 'ELOOP', 'ENOEXEC'].includes(why.code ?? '')
  // A path that begins in the checkout is the commit's own.
  const isCommitted = program.includes('/') && !program.startsWith('/')
  if (isItself && isCommitted) return `${checkName([program])} (cannot be run: ${why.code})`
  const message = `the CI command ${checkName([program])} cannot be started: ${why.code}`
  if (!isItself) throw new CiError('unavailable', message, { cause: why })
  throw new CiError('misconfigured', `${message}; correct ci.command`, { cause: why })
}

function spelled(ms: number): string {
  return ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} min`
}

function withLine(output: Uint8Array, line: string): Uint8Array {
  return Buffer.concat([output, Buffer.from(`\n${line}\n`)])
}

function ofThisMachine(): Record<string, string> {
  const { PATH, HOME, LANG } = process.env
  return { ...(PATH && { PATH }), ...(HOME && { HOME }), ...(LANG && { LANG }) }
}
