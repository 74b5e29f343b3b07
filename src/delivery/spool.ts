/**
 * Rings left for a node that does not run: one file each, taken up at its next start.
 *
 * A file is written whole or not at all, and removed only once its ring is on disk in the store, so a
 * crash in between rings once (by its key). One that cannot be rung is kept beside the spool, named
 * in the log. Whoever can write to the folder can ring, so these say `reported by spool`.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'

import type { Log } from '../log.ts'
import type { Acceptance } from '../store/rings.ts'
import { StoreError } from '../store/store-error.ts'

/** The file's path; the ring is on disk when this returns. Taken up in the order they were left. */
export function leave(folder: string, ring: object): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${uuidv7()}.json`)
  const draft = `${path}.new`
  try {
    const text = JSON.stringify({ ...ring, leftAt: Date.now() })
    writeFileSync(draft, text, { mode: 0o600, flush: true })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  sync(folder)
  return path
}

export type TakeUp = {
  readonly folder: string
  /** Rings one, as of when it was left. A `StoreError` stops the taking up: the files stay. */
  readonly ring: (body: unknown, leftAt: number) => Promise<Pick<Acceptance, 'type'>>
  readonly log: Log
}

export async function takeUp({ folder, ring, log }: TakeUp): Promise<void> {
  for (const name of waiting(folder)) {
    const path = join(folder, name)
    try {
      const { leftAt, ...body } = Object(JSON.parse(readFileSync(path, 'utf8'))) as Left
      const { type } = await ring(body, typeof leftAt === 'number' ? leftAt : Date.now())
      if (type === 'conflict') refuse(path, 'its key belongs to another event')
      else unlinkSync(path)
    } catch (error) {
      if (error instanceof StoreError) throw error
      // What JSON.parse says repeats the text.
      refuse(path, error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message)
    }
  }

  function refuse(path: string, detail: string) {
    renameSync(path, `${path}.refused`)
    log({ event: 'spool-refused', file: basename(path), detail })
  }
}

type Left = { readonly leftAt?: unknown }

function waiting(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
}

/** A rename is on disk only once its folder is. */
function sync(folder: string) {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
