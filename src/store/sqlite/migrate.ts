/**
 * Brings a database to the schema this version knows, one numbered migration after the other, each
 * in a transaction with its number (`user_version`).
 *
 * Refuses a database that a newer version wrote, and one that is not ours: both stay untouched.
 */
import type { DatabaseSync } from 'node:sqlite'

import { StoreError } from '../store-error.ts'
import { rings } from './migrations/0001-rings.ts'
import { notes } from './migrations/0002-notes.ts'
import { forgotten } from './migrations/0003-forgotten.ts'
import { runs } from './migrations/0004-runs.ts'
import { liveRuns } from './migrations/0005-live-runs.ts'
import { waitingRuns } from './migrations/0006-waiting-runs.ts'

const migrations = [rings, notes, forgotten, runs, liveRuns, waitingRuns]

/** "AFK!" in ASCII: marks the file as ours. */
const applicationId = 0x41464b21

/** @throws {StoreError} `unreadable`, before anything was changed. */
export function assertOurs(db: DatabaseSync): void {
  const version = versionOf(db)
  if (version > migrations.length) {
    const known = `this version of AFK knows up to ${migrations.length}`
    throw new StoreError('unreadable', `the store has schema ${version}, ${known}: upgrade AFK`)
  }
  if (!isNew(db) && pragma(db, 'application_id') !== applicationId)
    throw new StoreError('unreadable', 'the file is a database, but not of AFK: configure another')
}

/** Each migration is one commit with its number: a crash leaves all of it or nothing. */
export function migrate(db: DatabaseSync): void {
  const version = versionOf(db)
  migrations.slice(version).forEach((sql, index) => {
    const marks = `pragma application_id = ${applicationId}; pragma user_version = ${version + index + 1}`
    db.exec(`begin immediate; ${sql}; ${marks}; commit`)
  })
}

function isNew(db: DatabaseSync): boolean {
  return versionOf(db) === 0 && db.prepare('select 1 from sqlite_schema').get() === undefined
}

function versionOf(db: DatabaseSync): number {
  return pragma(db, 'user_version')
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`pragma ${name}`).get()?.[name])
}
