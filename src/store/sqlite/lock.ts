/**
 * One node per store: an exclusive transaction on a sibling file, held for the node's life.
 *
 * The operating system frees it with the process, also on `kill -9`. Nothing is ever written to it.
 */
import { DatabaseSync } from 'node:sqlite'

import { StoreError } from '../store-error.ts'
import { openFault, primaryCode, SQLITE } from './sqlite-error.ts'

export type NodeLock = { release(): void }

/** @throws {StoreError} `locked` if another node holds the store at `path`. */
export function nodeLock(path: string): NodeLock {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(`${path}.lock`, { timeout: 0 })
    db.exec('begin exclusive')
  } catch (error) {
    db?.close()
    if (primaryCode(error) !== SQLITE.busy) throw openFault(error)
    const mend = 'stop it, or give this one a store of its own'
    throw new StoreError('locked', `another node runs on ${path}: ${mend}`, { cause: error })
  }
  const held = db
  return { release: () => held.close() }
}
