/** What Linux says of a running process. Elsewhere null: not measured. */
import { readFileSync } from 'node:fs'

/** Of /proc; USER_HZ is 100 on every architecture that Node.js runs on. */
const tickMs = 10

export function residentMb(pid: number): number | null {
  const status = read(`/proc/${pid}/status`)
  return status === null ? null : Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

/** User and system time of all its threads since it started. */
export function cpuMs(pid: number): number | null {
  const stat = read(`/proc/${pid}/stat`)
  // The name, which may hold anything, ends at the last bracket; the 14th and 15th field are the 12th and 13th after it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields ? (Number(fields[11]) + Number(fields[12])) * tickMs : null
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
