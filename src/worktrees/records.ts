/**
 * What is written down of turns and places: files outside every worktree, each written whole.
 *
 * A record is on disk when its writing returns. An agent runs as the same user and can change one: what is
 * not as we write it throws, it is never guessed at.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

import type { TurnId } from '../executors/executor.ts'
import { type Fields, object } from '../fields.ts'

export const turnsIn = (folder: string): string => join(folder, 'turns')
export const turnName = ({ run, turn }: TurnId): string => `${run}.${turn}`
export const recordsOf = (folder: string, id: TurnId): string => join(turnsIn(folder), turnName(id))

/** Null: it is not the name of a turn's records. */
export function turnNamed(name: string): TurnId | null {
  const [, run, turn] = /^([\w-]+)\.(\d+)$/.exec(name) ?? []
  return run === undefined ? null : { run, turn: Number(turn) }
}

/** None: the folder is not there. */
export function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

/** On disk, whole, when it returns. */
export function writeWhole(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.new`
  try {
    writeFileSync(draft, content, { mode: 0o600, flush: true })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  sync(dirname(path))
}

/** Null: it is not there. */
export function read(path: string): Fields | null {
  // Asked of every turn, every second: an exception would cost ten times as much.
  if (!existsSync(path)) return null
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    return object(JSON.parse(content))
  } catch (error) {
    throw new ChangedRecord(path, { cause: error })
  }
}

/** A record that is not as we write it. */
export class ChangedRecord extends Error {
  constructor(path: string, options?: ErrorOptions) {
    super(`${path} is no record of ours any more`, options)
  }
}

/** A rename is on disk only once its folder is. */
export function sync(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
