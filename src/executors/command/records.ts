/**
 * What is written down of a turn and of a run's place: files outside every worktree, each written whole.
 *
 * A turn was started once `started.json` is there, and is over once `end.json` is. An agent runs as the
 * same user and can change them; a record that is not as we write it throws, it is never guessed at.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
} from 'node:fs'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { TurnId } from '../executor.ts'
import { amount, object, text } from './ending.ts'

export type Started =
  | ({ readonly type: 'started'; readonly at: number; readonly boot: string } & ProcessName)
  /** Interrupted before it began: it never will. */
  | { readonly type: 'never'; readonly at: number }

export type ProcessName = { readonly pid: number; readonly start: string }

export type EndRecord = {
  readonly at: number
  readonly code: number | null
  readonly signal: string | null
  readonly fault: string | null
  readonly stdoutBytes: number
  readonly stderrBytes: number
}

/** Where a run works. `isMade`: an agent may have been in it. */
export type Place = {
  readonly path: string
  readonly branch: string
  readonly base: string
  readonly isMade: boolean
  /** How many runs had it before: a run that goes on has the next. */
  readonly rank: number
}

export const turnsIn = (folder: string): string => join(folder, 'turns')
export const turnName = ({ run, turn }: TurnId): string => `${run}.${turn}`
export const recordsOf = (folder: string, id: TurnId): string => join(turnsIn(folder), turnName(id))

/** Null: it is not the name of a turn's records. */
export function turnNamed(name: string): TurnId | null {
  const [, run, turn] = /^([\w-]+)\.(\d+)$/.exec(name) ?? []
  return run === undefined ? null : { run, turn: Number(turn) }
}

/** Null: it was never started. */
export function readStarted(records: string): Started | null {
  const found = read(join(records, 'started.json'))
  if (found === null) return null
  const at = amount(found['at'])
  if (at !== null && found['type'] === 'never') return { type: 'never', at }
  const name = processName(found)
  if (at === null || name === null) throw changed(records, 'started.json')
  return { type: 'started', at, boot: text(found['boot']), ...name }
}

/** Null: not known. */
export function readAgent(records: string): ProcessName | null {
  return processName(read(join(records, 'agent.json')) ?? {})
}

/** Null: it is not over, or nobody wrote that down. */
export function readEnd(records: string): EndRecord | null {
  const found = read(join(records, 'end.json'))
  if (found === null) return null
  const at = amount(found['at'])
  if (at === null) throw changed(records, 'end.json')
  return {
    at,
    code: amount(found['code']),
    signal: text(found['signal']) || null,
    fault: text(found['fault']) || null,
    stdoutBytes: amount(found['stdoutBytes']) ?? 0,
    stderrBytes: amount(found['stderrBytes']) ?? 0,
  }
}

export const placePath = (folder: string, run: string) => join(folder, 'places', `${run}.json`)

export function readPlace(folder: string, run: string): Place | null {
  const found = read(placePath(folder, run))
  if (found === null) return null
  const [path, branch, base] = [text(found['path']), text(found['branch']), text(found['base'])]
  if (path === '' || branch === '' || base === '') throw changed(folder, `places/${run}.json`)
  return { path, branch, base, isMade: found['isMade'] === true, rank: amount(found['rank']) ?? 0 }
}

export function writePlace(folder: string, run: string, place: Place): void {
  writeWhole(placePath(folder, run), JSON.stringify(place))
}

/** Of every run that has a place. One that was changed is null: whoever asks for that run by name is told. */
export function readPlaces(folder: string): ReadonlyMap<string, Place | null> {
  const runs = namesIn(join(folder, 'places')).flatMap((file) => {
    const [, run] = /^([\w-]+)\.json$/.exec(file) ?? []
    return run ?? []
  })
  return new Map(runs.map((run) => [run, unlessChanged(() => readPlace(folder, run))]))
}

/** The runs whose place this is. */
export function sharersOf(folder: string, path: string) {
  return [...readPlaces(folder)].flatMap(([run, place]) =>
    place?.path === path ? [{ run, rank: place.rank }] : [],
  )
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

/** Takes a turn that nobody has started, so that nobody ever will. */
export function forbid(records: string, at: number): void {
  mkdirSync(records, { recursive: true, mode: 0o700 })
  const draft = join(records, `never.${process.pid}.new`)
  writeFileSync(draft, JSON.stringify({ type: 'never', at }), { mode: 0o600, flush: true })
  try {
    linkSync(draft, join(records, 'started.json'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  sync(records)
}

/** Null: it is not there. */
export function read(path: string): Readonly<Record<string, unknown>> | null {
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

function processName({ pid, start }: Readonly<Record<string, unknown>>): ProcessName | null {
  return Number.isInteger(pid) && Number(pid) > 1 && text(start) !== ''
    ? { pid: Number(pid), start: text(start) }
    : null
}

function changed(folder: string, name: string): Error {
  return new ChangedRecord(join(folder, name))
}

/** A record that is not as we write it. */
class ChangedRecord extends Error {
  constructor(path: string, options?: ErrorOptions) {
    super(`${path} is no record of ours any more`, options)
  }
}

function unlessChanged<T>(look: () => T): T | null {
  try {
    return look()
  } catch (error) {
    if (error instanceof ChangedRecord) return null
    throw error
  }
}

/** A rename is on disk only once its folder is. */
export function sync(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
