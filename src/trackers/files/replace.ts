/**
 * Puts new bytes in the place of a file that is still as it was read, and of no other.
 *
 * POSIX has no "replace if unchanged", and a rename onto a file that an editor has just saved would lose
 * it. So nothing is ever renamed onto a name: the file is moved aside, compared there, and the new one
 * linked to the free name, which fails if somebody took it. Until then the name is missing for some
 * microseconds; a crash there is healed by `heal`, which brings the file back. The old file is compared
 * once more after the sync, for a writer that had it open.
 *
 * Left to chance: who opens the file before, empties nothing, and writes only after all that, writes to a
 * file that is no more.
 */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { TrackerError } from '../tracker-error.ts'
import { sha256 } from '../digest.ts'
import { FileFault } from './file-fault.ts'
import { type Read, readIssue } from './folder.ts'
import { freshName, roomName } from './room.ts'

export type Replacing = {
  readonly folder: string
  readonly name: string
  readonly read: Read
  readonly bytes: Uint8Array
}

export type Replaced = 'replaced' | 'changed' | 'gone'

/** The steps between which a person may do something. */
export type Disk = {
  readonly rename: (from: string, to: string) => void
  /** Throws EEXIST where the name is taken. */
  readonly link: (from: string, to: string) => void
  /** A change of names is on disk only once its folder is. */
  readonly sync: (folder: string) => void
}

/** @throws {TrackerError} */
export function replaceFile(ask: Replacing, disk: Disk = realDisk): Replaced {
  const { folder, read, bytes } = ask
  const salt = randomBytes(4).toString('hex')
  const room = join(folder, roomName({ at: Date.now(), digest: sha256(read.bytes) }, salt))
  try {
    mkdirSync(room, { mode: 0o700 })
    const fresh = join(room, freshName)
    try {
      writeFresh(fresh, { read, bytes })
      return swap({ ...ask, room, fresh, disk })
    } finally {
      // Beside the new file, what is aside is brought back by `heal`; without it, it would be forgotten.
      if (!existsSync(join(room, ask.name))) rmSync(fresh, { force: true })
      tidy(room)
    }
  } catch (error) {
    if (error instanceof TrackerError) throw error
    const { code } = error as NodeJS.ErrnoException
    const message = `cannot write in the folder of issues ${folder} (${code}): mend its rights or make room, on a disk that has hard links`
    throw new TrackerError('unreachable', message, { cause: error })
  }
}

const realDisk: Disk = {
  rename: renameSync,
  link: linkSync,
  sync(folder) {
    const handle = openSync(folder, 'r')
    fsyncSync(handle)
    closeSync(handle)
  },
}

function writeFresh(path: string, { read, bytes }: Pick<Replacing, 'read' | 'bytes'>) {
  const handle = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(handle, bytes)
    own(handle, read)
    fchmodSync(handle, read.mode)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Only root may give a file away; in a shared folder the group and the mode are what counts. */
function own(handle: number, { uid, gid }: Read) {
  try {
    fchownSync(handle, uid, gid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}

type Swap = Replacing & { readonly room: string; readonly fresh: string; readonly disk: Disk }

function swap({ folder, name, read, bytes, room, fresh, disk }: Swap): Replaced {
  const [path, aside] = [join(folder, name), join(room, name)]
  const now = readIssue(folder, name)
  if (now === null) return 'gone'
  if (Buffer.compare(now.bytes, read.bytes) !== 0) return 'changed'
  if (!moved(path, aside, disk)) return 'gone'
  if (!holds(room, name, read.bytes)) {
    giveBack(aside, path, disk)
    return 'changed'
  }
  if (!linked({ fresh, path, aside, disk })) {
    // Whoever took the name has saved over what is aside, or brought it back from there.
    unlinkSync(aside)
    return 'changed'
  }
  unlinkSync(fresh)
  disk.sync(folder)
  if (holds(room, name, read.bytes)) {
    unlinkSync(aside)
    return 'replaced'
  }
  if (moved(path, fresh, disk) && !holds(room, freshName, bytes)) giveBack(fresh, path, disk)
  giveBack(aside, path, disk)
  return 'changed'
}

/** A file that cannot be read any more is not what it was, either. */
function holds(folder: string, name: string, bytes: Uint8Array): boolean {
  try {
    const read = readIssue(folder, name)
    return read !== null && Buffer.compare(read.bytes, bytes) === 0
  } catch (error) {
    if (error instanceof FileFault) return false
    throw error
  }
}

/** False: it is not there. */
function moved(from: string, to: string, disk: Disk): boolean {
  try {
    disk.rename(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

type Linking = { fresh: string; path: string; aside: string; disk: Disk }

/** False: the name is taken. */
function linked({ fresh, path, aside, disk }: Linking): boolean {
  try {
    disk.link(fresh, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    // A file system without hard links: nothing can be written there without a risk.
    disk.rename(aside, path)
    throw error
  }
}

/** Where the name is taken it stays in the room, and `heal` shows it: both are somebody's. */
export function giveBack(aside: string, path: string, disk: Disk = realDisk): boolean {
  try {
    disk.link(aside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    disk.rename(aside, path)
    return true
  }
  unlinkSync(aside)
  return true
}

/** A room in which something of somebody's is left stays. */
function tidy(room: string) {
  try {
    rmdirSync(room)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT') throw error
  }
}
