/**
 * Brings a database to the schema this version knows, one numbered migration after the other, each
 * in a transaction with its number (`user_version`).
 *
 * Refuses a database that a newer version wrote, and one that is not ours: both stay untouched.
 */
import type { DatabaseSync } from 'node:sqlite'

import { StoreError } from '../store-error.ts'
import { rings } from './migrations/0001-rings.ts'

const migrations = [rings]

/** "AFK!" in ASCII: marks the file as ours. */
const applicationId = 0x41464b21

export function migrate(db: DatabaseSync): void {
  const version = pragma(db, 'user_version')
  if (version > migrations.length) {
    const known = `this version of AFK knows up to ${migrations.length}`
    throw new StoreError('unreadable', `the store has schema ${version}, ${known}: upgrade AFK`)
  }
  const isNew = version === 0 && db.prepare('select 1 from sqlite_schema').get() === undefined
  if (!isNew && pragma(db, 'application_id') !== applicationId)
    throw new StoreError('unreadable', 'the file is a database, but not of AFK: configure another')

  migrations.slice(version).forEach((sql, index) => {
    const number = version + index + 1
    db.exec(`begin immediate; ${sql}; pragma user_version = ${number}; commit`)
  })
  if (isNew) db.exec(`pragma application_id = ${applicationId}`)
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`pragma ${name}`).get()?.[name])
}
