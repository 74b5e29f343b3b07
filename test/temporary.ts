/** Folders and stores in a place of their own, gone when the test is over. Opened twice, a file is two nodes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import { type SqliteOptions, sqliteStore } from '../src/store/sqlite/store.ts'
import type { Store } from '../src/store/store.ts'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'afk-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

export function temporaryFile(): string {
  return join(temporaryFolder(), 'afk.db')
}

/** Closed when the test is over, if the test has not closed it before. */
export function openStore({ path = temporaryFile(), ...more }: Partial<SqliteOptions> = {}): Store {
  const store = sqliteStore({ path, ...more })
  let closed: Promise<void> | undefined
  const close = () => (closed ??= store.close())
  onTestFinished(close)
  return { ...store, close }
}
