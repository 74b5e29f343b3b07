/**
 * Who judges a commit: one process at a time, whichever nodes share the folder.
 *
 * A lock is a file that names its holder and, once there is one, the command that the holder started. It
 * appears whole or not at all. A holder that died holds nothing: whoever comes next takes the lock and is
 * told of the command, which may still run. Killed in the instant between the start of a command and its
 * note, a holder leaves a command that nobody is told of.
 */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

import { isAlive, markOf, type ProcessMark } from './process-mark.ts'

export type CommitLock = {
  /** The command of a holder that died; it may run. Null: none is known. */
  readonly orphan: ProcessMark | null
  /** Writes down the command that was started. */
  readonly note: (pid: number) => void
  readonly release: () => void
}

/** Null: another holder is alive. */
export function takeLock(path: string): CommitLock | null {
  const mine: Holder = { id: randomUUID(), holder: markOf(process.pid), command: null }
  const before = read(path)
  if (before?.holder && isAlive(before.holder)) return null
  if (before !== null && !setAside(path, before)) return null
  if (!place(path, mine)) return null
  return {
    orphan: before?.command ?? null,
    note: (pid) => replace(path, { ...mine, command: markOf(pid) }),
    release: () => rmSync(path, { force: true }),
  }
}

type Holder = {
  readonly id: string
  readonly holder: ProcessMark | null
  readonly command: ProcessMark | null
}

/** Null: nobody has it. */
function read(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    // No living holder leaves one that is not whole.
    if (error instanceof SyntaxError) return { id: '', holder: null, command: null }
    throw error
  }
}

/** False: another one was faster, and has it back. */
function setAside(path: string, dead: Holder): boolean {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  const isDead = read(aside)?.id === dead.id
  if (!isDead) link(aside, path)
  rmSync(aside)
  return isDead
}

function place(path: string, mine: Holder): boolean {
  const draft = `${path}.${mine.id}`
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600, flush: true })
  const isMine = link(draft, path)
  rmSync(draft)
  return isMine
}

function replace(path: string, mine: Holder): void {
  const draft = `${path}.${mine.id}`
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600, flush: true })
  renameSync(draft, path)
}

/** False: there is one already. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
