/**
 * The processes of this machine, as the system tells them: /proc on Linux, `ps` elsewhere.
 *
 * A pid is reused; with its start it names one process. One that has ended and waits for its parent is
 * dead. Whose environment or folder cannot be read tells nothing of them. Many may ask at once, one for
 * each repository: they are given one look, which begins after all of them have asked.
 */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'

import type { ProcessName } from './records.ts'

export type Process = ProcessName & {
  readonly group: number
  /** 0: not told. */
  readonly session: number
  readonly isDead: boolean
  /** It computes, or waits for a disk. */
  readonly isBusy: boolean
  /** About, to a second. */
  readonly startedAt: number
}

export function processes(platform: string = process.platform): Promise<readonly Process[]> {
  const look = begun.get(platform) ?? lookInAMoment(platform)
  begun.set(platform, look)
  return look
}

const begun = new Map<string, Promise<readonly Process[]>>()

/** Whoever asks in this turn of the event loop is in time for it. */
async function lookInAMoment(platform: string): Promise<readonly Process[]> {
  await setImmediate()
  begun.delete(platform)
  return platform === 'linux' ? fromProc() : fromPs()
}

/** Whether that very process lives, where one file can tell; else false, and `processes` can. */
export function isSurelyAlive({ pid, start }: ProcessName): boolean {
  if (process.platform !== 'linux') return false
  const found = statOf(String(pid), 0)
  return found !== null && found.start === start && !found.isDead
}

/** What a process carries of the run that it belongs to; null: none, or it cannot be read. */
export function runOf(pid: number): { readonly run: string; readonly turn: number } | null {
  const environment = readProc(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))
  const pairs = environment?.split('\0') ?? []
  const value = (name: string) =>
    pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  const run = value('AFK_RUN')
  return run === undefined ? null : { run, turn: Number(value('AFK_TURN')) }
}

/** Its current folder; null: it cannot be read. */
export function folderOf(pid: number): string | null {
  return readProc(() => readlinkSync(`/proc/${pid}/cwd`))
}

function fromProc(): readonly Process[] {
  const [, boot = '0'] = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1')) ?? []
  return readdirSync('/proc').flatMap((name) =>
    /^\d+$/.test(name) ? (statOf(name, Number(boot)) ?? []) : [],
  )
}

/** `boot`: when the machine started, in seconds. */
function statOf(pid: string, boot: number): Process | null {
  // Node.js reads UTF-8 twice as fast as Latin-1.
  const stat = readProc(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (stat === null) return null
  // The name of the program may hold anything, also parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state = '', , group, session] = fields
  const start = fields[19] ?? ''
  return {
    pid: Number(pid),
    group: Number(group),
    session: Number(session),
    start,
    ...ofState(state),
    startedAt: (boot + Number(start) / TICKS_PER_SECOND) * 1000,
  }
}

/** What Linux tells user space, on every architecture. */
const TICKS_PER_SECOND = 100

/** It has gone in between, or it is another user's. */
function readProc<T>(look: () => T): T | null {
  try {
    return look()
  } catch {
    return null
  }
}

async function fromPs(): Promise<readonly Process[]> {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' }
  const argv = ['-axo', 'pid=,pgid=,state=,lstart=']
  const { stdout } = await promisify(execFile)('ps', argv, { env, timeout: 10_000 })
  return stdout.split('\n').flatMap((line) => {
    const [, pid, group, state = '', start = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*\S)\s*$/.exec(line) ?? []
    if (pid === undefined) return []
    const startedAt = Date.parse(`${start} UTC`)
    const numbers = { pid: Number(pid), group: Number(group), session: 0 }
    return { ...numbers, start, ...ofState(state), startedAt }
  })
}

function ofState(state: string) {
  return { isDead: /^[ZXx]/.test(state), isBusy: /^[RDU]/.test(state) }
}
