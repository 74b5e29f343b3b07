/**
 * Reads a folder of issues, and only what is plainly a file in it.
 *
 * A link, a folder or a pipe under an issue's name is never followed or opened; a file over 1 MiB is never
 * read whole; one that changes while it is read is read again. A folder that cannot be read is
 * `unreachable`: that says nothing about the issues in it.
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
} from 'node:fs'
import { join } from 'node:path'

import { TrackerError } from '../tracker-error.ts'
import { FileFault } from './file-fault.ts'

export type Read = {
  readonly bytes: Uint8Array
  readonly stamp: Stamp
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** What a file that was not touched has kept. Nanoseconds; a change time cannot be set by anybody. */
export type Stamp = Pick<BigIntStats, 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>

export const maxBytes = 1024 * 1024

/** @throws {TrackerError} `unreachable`. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    const mend = code === 'ENOENT' ? 'make it, or name another' : 'mend its rights, or name another'
    const message = `cannot read the folder of issues ${folder} (${code}): ${mend}`
    throw new TrackerError('unreachable', message, { cause: error })
  }
}

/** Null: there is no such file. @throws {FileFault} */
export function stampOf(folder: string, name: string): Stamp | null {
  return ifThere(name, () => {
    const stats = lstatSync(join(folder, name), { bigint: true })
    assertFile(name, stats)
    return stats
  })
}

/** Null: there is no such file. @throws {FileFault} */
export function readIssue(folder: string, name: string): Read | null {
  for (let tries = 0; tries < 3; tries++) {
    const read = ifThere(name, () => readOnce(folder, name))
    if (read === null || isSame(read.before, read.stamp)) return read
  }
  throw new FileFault({ name }, 'changes while it is read: it is read again at the next look')
}

export const isSame = (one: Stamp, other: Stamp) =>
  one.ino === other.ino &&
  one.size === other.size &&
  one.mtimeNs === other.mtimeNs &&
  one.ctimeNs === other.ctimeNs

function readOnce(folder: string, name: string) {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  // A pipe would wait for its writer.
  const handle = openSync(join(folder, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const before = fstatSync(handle, { bigint: true })
    assertFile(name, before)
    const bytes = new Uint8Array(Number(before.size) + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(handle, bytes, length, bytes.length - length, null)
    const stamp = fstatSync(handle, { bigint: true })
    const [mode, uid, gid] = [Number(stamp.mode) & 0o7777, Number(stamp.uid), Number(stamp.gid)]
    return { bytes: bytes.subarray(0, length), before, stamp, mode, uid, gid }
  } finally {
    closeSync(handle)
  }
}

function assertFile(name: string, stats: BigIntStats) {
  if (stats.isSymbolicLink()) throw linked(name)
  if (!stats.isFile()) throw new FileFault({ name }, 'is no file: move it out of the folder')
  if (stats.size > maxBytes)
    throw new FileFault({ name }, 'is larger than 1 MiB: move what is not the issue elsewhere')
}

const linked = (name: string) =>
  new FileFault({ name }, 'is a link, which is not followed: put the file itself here')

/** The line where the file system may refuse. */
function ifThere<T>(name: string, look: () => T): T | null {
  try {
    return look()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof TrackerError) throw error
    if (code === 'ENOENT') return null
    if (code === 'ELOOP') throw linked(name)
    throw new FileFault({ name }, `cannot be read (${code}): mend its rights`, { cause: error })
  }
}
