import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { claimOf, newRing } from '../../../test/rings.ts'
import { openStore, temporaryFile, temporaryFolder } from '../../../test/temporary.ts'
import type { StoreError } from '../store-error.ts'
import { backupSqlite } from './backup.ts'

describe('a backup', () => {
  test('of a store in use holds all that was accepted before it, and can be used as a store', async () => {
    const path = temporaryFile()
    const store = openStore({ path })
    const rings = Array.from({ length: 500 }, () => newRing())
    const accepts = rings.map((each) => store.accept([each]))
    await Promise.all(accepts.slice(0, 250))
    const target = join(temporaryFolder(), 'copy.db')
    const { rings: copied } = backupSqlite(path, target)
    await Promise.all(accepts)
    expect(copied).toBeGreaterThanOrEqual(250)

    const restored = openStore({ path: target })
    const page = await restored.list({ kind: null, state: null, limit: 1_000, before: null })
    const ids = new Set(page.rings.map(({ ring }) => ring.id))
    expect(rings.slice(0, 250).every(({ ring }) => ids.has(ring.id))).toBe(true)
    expect(ids.size).toBe(copied)
    expect((await restored.claim(claimOf({ limit: 1_000 }))).deliveries).toHaveLength(copied)
  })

  test('is for its owner alone, and leaves nothing else behind', async () => {
    const path = temporaryFile()
    openStore({ path })
    const target = join(temporaryFolder(), "o'hara.db")
    backupSqlite(path, target)
    expect(statSync(target).mode & 0o777).toBe(0o600)
    expect(readdirSync(dirname(target))).toEqual(["o'hara.db"])
  })

  test('replaces no file', async () => {
    const path = temporaryFile()
    openStore({ path })
    const target = temporaryFile()
    writeFileSync(target, 'mine')
    expect(() => backupSqlite(path, target)).toThrow(/EEXIST/)
    expect(readFileSync(target, 'utf8')).toBe('mine')
    expect(readdirSync(dirname(target))).toHaveLength(1)
  })

  test('of what is no store is refused, and nothing is written', () => {
    const target = temporaryFile()
    const unreadable = expect.objectContaining({ code: 'unreadable' }) as StoreError
    expect(() => backupSqlite(temporaryFile(), target)).toThrow(unreadable)
    const diary = temporaryFile()
    writeFileSync(diary, 'Dear diary, today no run ended. '.repeat(100))
    expect(() => backupSqlite(diary, target)).toThrow(unreadable)
    expect(existsSync(target)).toBe(false)
  })
})
