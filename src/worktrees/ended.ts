/**
 * What is kept of runs whose place is gone: their turns' records and a note, apart from those under way.
 *
 * No look, ask or tidy reads what lies here, however much it is, but the note of the run that it is about.
 * The record of a place goes last: a move that was cut short is done again by whoever tidies again. What is
 * forgotten is gone for good, and one that cannot be removed keeps no other.
 */
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { amount, object } from '../fields.ts'
import { placePath } from './places.ts'
import { namesIn, read, sync, turnNamed, turnsIn, writeWhole } from './records.ts'

export type Note = {
  readonly at: number
  /** Branches that stay in the clone. */
  readonly left: readonly string[]
}

const endedIn = (folder: string) => join(folder, 'ended')
const notePath = (folder: string, run: string) => join(endedIn(folder), `${run}.json`)

/** Null: its place was never let go of, or that is forgotten. */
export function readNote(folder: string, run: string): Note | null {
  const found = read(notePath(folder, run))
  if (found === null) return null
  const { at, left } = found
  return { at: amount(at) ?? 0, left: Array.isArray(left) ? left.map(String) : [] }
}

export function writeNote(folder: string, run: string, note: Note): void {
  writeWhole(notePath(folder, run), JSON.stringify(note))
}

/** Moves the turns of these runs out of the way, and drops the records of their places. */
export function moveAway(folder: string, runs: readonly string[]): void {
  const names = turnsOf(folder, runs)
  if (names.length > 0) mkdirSync(endedIn(folder), { recursive: true, mode: 0o700 })
  for (const name of names) {
    const to = join(endedIn(folder), name)
    rmSync(to, { recursive: true, force: true })
    renameSync(join(turnsIn(folder), name), to)
  }
  if (names.length > 0) for (const each of [endedIn(folder), turnsIn(folder)]) sync(each)
  for (const run of runs) rmSync(placePath(folder, run), { force: true })
}

/** The names of what is written down of their turns, among those under way. */
export function turnsOf(folder: string, runs: readonly string[]): readonly string[] {
  return namesIn(turnsIn(folder)).filter((name) => {
    const run = turnNamed(name)?.run
    return run !== undefined && runs.includes(run)
  })
}

/** @throws {Error} once all others are gone, with how many are not. */
export async function forgetEnded(folder: string, before: number): Promise<void> {
  const ended = endedIn(folder)
  const failures: Error[] = []
  for (const name of await namesBelow(ended)) {
    const path = join(ended, name)
    try {
      if ((await endedAt(path)) < before) await rm(path, { recursive: true, force: true })
    } catch (error) {
      failures.push(error as Error)
    }
  }
  const [cause] = failures
  if (cause === undefined) return
  const many = failures.length === 1 ? 'a record' : `${failures.length} records`
  throw new Error(`${many} of ended turns in ${ended} cannot be removed: ${cause.message}`, {
    cause,
  })
}

async function namesBelow(folder: string): Promise<readonly string[]> {
  return (await unlessAbsent(() => readdir(folder))) ?? []
}

/** By what was written down; where that is gone, by when something of it was last written. */
async function endedAt(path: string): Promise<number> {
  const record = path.endsWith('.json') ? path : join(path, 'end.json')
  const text = await unlessAbsent(() => readFile(record, 'utf8'))
  return (text === null ? null : instantIn(text)) ?? (await stat(path)).mtimeMs
}

function instantIn(text: string): number | null {
  try {
    return amount(object(JSON.parse(text))['at'])
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

async function unlessAbsent<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
