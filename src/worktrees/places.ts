/** Where each run works, as it is written down. */
import { join } from 'node:path'

import { amount, text } from '../fields.ts'
import { ChangedRecord, namesIn, read, writeWhole } from './records.ts'

/** Where a run works. `isMade`: an agent may have been in it. */
export type Place = {
  readonly path: string
  readonly branch: string
  readonly base: string
  readonly isMade: boolean
  /** How many runs had it before: a run that goes on has the next. */
  readonly rank: number
}

export const placePath = (folder: string, run: string) => join(folder, 'places', `${run}.json`)

export function readPlace(folder: string, run: string): Place | null {
  const found = read(placePath(folder, run))
  if (found === null) return null
  const [path, branch, base] = [text(found['path']), text(found['branch']), text(found['base'])]
  if (path === '' || branch === '' || base === '') throw new ChangedRecord(placePath(folder, run))
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

function unlessChanged<T>(look: () => T): T | null {
  try {
    return look()
  } catch (error) {
    if (error instanceof ChangedRecord) return null
    throw error
  }
}
