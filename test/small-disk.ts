/**
 * Places where a store cannot write: small file systems and frozen files, gone when the test is over.
 *
 * Only root can make them. `canMount` and `canFreeze` try, so that tests can say that they were skipped.
 */
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import { temporaryFolder } from './temporary.ts'

type Kind = 'tmpfs' | 'ext4'

/** The folder it is mounted on. `ext4` turns read-only by itself once it has met an error. */
export function smallDisk(kind: Kind = 'tmpfs', size = '2m'): string {
  const { folder, unmount } = mountIn(temporaryFolder(), kind, size)
  onTestFinished(unmount)
  return folder
}

/** Whether this machine lets us. */
export function canMount(kind: Kind): boolean {
  const parent = mkdtempSync(join(tmpdir(), 'afk-'))
  try {
    mountIn(parent, kind).unmount()
    return true
  } catch {
    // Not root, no such file system, or no loop devices.
    return false
  } finally {
    rmSync(parent, { recursive: true })
  }
}

/** Takes all the room that is left. Give it back with the function that it returns. */
export function fill(folder: string): () => void {
  const path = join(folder, 'filler')
  const file = openSync(path, 'w')
  try {
    for (const bytes of [65_536, 4_096, 1]) writeUntilFull(file, bytes)
  } finally {
    closeSync(file)
  }
  return () => rmSync(path)
}

/** As after an error of the disk: nothing can be written until it is mounted anew. */
export const abort = (folder: string) => mount('-o', 'remount,abort', folder)
export const remount = (folder: string, how: 'ro' | 'rw') => mount('-o', `remount,${how}`, folder)

/** An ext4 once more, as it was when it failed. */
export function unmountAndMount(folder: string): void {
  run('umount', folder)
  mount('-o', 'loop,errors=remount-ro', `${folder}.img`, folder)
}

/** Lazily unmounted: it goes even where a store that could not be opened still holds a file. */
function mountIn(parent: string, kind: Kind, size = '2m'): { folder: string; unmount: () => void } {
  const folder = join(parent, 'disk')
  mkdirSync(folder)
  if (kind === 'tmpfs') mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder)
  else {
    writeFileSync(`${folder}.img`, '')
    truncateSync(`${folder}.img`, 16 * 1024 * 1024)
    run('mkfs.ext4', '-q', `${folder}.img`)
    mount('-o', 'loop,errors=remount-ro', `${folder}.img`, folder)
  }
  return { folder, unmount: () => run('umount', '--lazy', folder) }
}

/** Nobody can write to the file, not even who has it open. Thaw it with the function that is returned. */
export function freeze(path: string): () => void {
  run('chattr', '+i', path)
  let isFrozen = true
  const thaw = () => {
    if (isFrozen) run('chattr', '-i', path)
    isFrozen = false
  }
  onTestFinished(thaw)
  return thaw
}

export function canFreeze(): boolean {
  const parent = mkdtempSync(join(tmpdir(), 'afk-'))
  const path = join(parent, 'file')
  const file = openSync(path, 'w')
  try {
    run('chattr', '+i', path)
    const canBe = isRefused(file)
    run('chattr', '-i', path)
    return canBe
  } catch {
    // Not root, or a file system without such a mark.
    return false
  } finally {
    closeSync(file)
    rmSync(parent, { recursive: true })
  }
}

function isRefused(file: number): boolean {
  try {
    writeSync(file, 'x')
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function writeUntilFull(file: number, bytes: number): void {
  const chunk = Buffer.alloc(bytes, 1)
  try {
    for (;;) writeSync(file, chunk)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

const mount = (...argv: string[]) => run('mount', ...argv)

function run(command: string, ...argv: string[]): void {
  execFileSync(command, argv, { stdio: 'pipe' })
}
