/**
 * A consistent copy of a store, also while a node writes to it, as a file of its own.
 *
 * The copy is as of one instant, is synced, and appears under its name only when it is whole. Nothing
 * is written to the store. An existing file is never replaced.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  rmSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { StoreError } from '../store-error.ts'
import { assertOurs } from './migrate.ts'
import { openFault, storeFault } from './sqlite-error.ts'

/** @throws {StoreError} `unreadable` if there is no store at `path`. Errors of the file system are Node's. */
export function backupSqlite(path: string, target: string): { readonly rings: number } {
  if (!existsSync(path)) throw new StoreError('unreadable', 'there is no store')
  const draft = `${target}.${process.pid}.new`
  const source = open(path)
  try {
    // For its owner alone: an empty file is one that SQLite may fill.
    closeSync(openSync(draft, 'wx', 0o600))
    copy(source, draft)
    const rings = countRings(draft)
    sync(draft)
    place(draft, target)
    sync(dirname(target))
    return { rings }
  } finally {
    source.close()
    rmSync(draft, { force: true })
  }
}

/** A link, unlike a rename, refuses a name that is taken; where there are no links a copy does. */
function place(draft: string, target: string) {
  try {
    linkSync(draft, target)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error
    copyFileSync(draft, target, constants.COPYFILE_EXCL)
    sync(target)
  }
}

/** One statement is one instant, whatever a node writes meanwhile. */
function copy(source: DatabaseSync, draft: string) {
  try {
    source.prepare('vacuum into ?').run(draft)
  } catch (error) {
    throw storeFault(error) ?? error
  }
}

function open(path: string): DatabaseSync {
  try {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    assertOurs(db)
    return db
  } catch (error) {
    throw openFault(error)
  }
}

/** Reads the copy to its end, so that what is called a backup can be restored. */
function countRings(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const check = db.prepare('pragma quick_check').get()?.['quick_check']
    if (check !== 'ok') throw new StoreError('unreadable', `the copy is damaged: ${String(check)}`)
    return Number(db.prepare('select count(*) as n from ring').get()?.['n'])
  } finally {
    db.close()
  }
}

function sync(path: string) {
  const handle = openSync(path, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
