/**
 * A process by its number and its start: a number alone is given to others later.
 *
 * On Linux the start is counted from the boot, and the boot has a name of its own; elsewhere `ps` tells
 * the start to a second. A process that has ended and was not waited for yet is gone.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export type ProcessMark = { readonly pid: number; readonly start: string }

/** Null: there is no such process. */
export function markOf(pid: number): ProcessMark | null {
  const start = process.platform === 'linux' ? startByProc(pid) : startByPs(pid)
  return start === null ? null : { pid, start }
}

export function isAlive({ pid, start }: ProcessMark): boolean {
  return markOf(pid)?.start === start
}

/** Kills a process and all that it started in its group, at once. It is fine if nothing is left of it. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // EPERM: on macOS, of a group whose members have all ended.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

/** The group of a process that somebody else started, unless its number is another's by now. */
export function killLeftGroup({ pid, start }: ProcessMark): void {
  const now = markOf(pid)
  if (now === null || now.start === start) killGroup(pid)
}

function startByProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The program's name, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (/^[ZXx]/.test(fields[0] ?? '')) return null
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    return `${boot} ${fields[19]}`
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return null
    throw error
  }
}

function startByPs(pid: number): string | null {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' }
  const { stdout, error } = spawnSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { env })
  if (error) throw error
  const [, state = '', start] = /^(\S+)\s+(.*\S)/.exec(stdout.toString().trim()) ?? []
  return start === undefined || state.startsWith('Z') ? null : start
}
