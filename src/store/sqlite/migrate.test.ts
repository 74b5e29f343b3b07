import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'

import { claimOf, newRing } from '../../../test/rings.ts'
import { openStore, temporaryFile } from '../../../test/temporary.ts'
import { commitsIn } from '../../../test/wal.ts'
import type { StoreError } from '../store-error.ts'
import { rings } from './migrations/0001-rings.ts'
import { sqliteStore } from './store.ts'

const unreadable = expect.objectContaining({ name: 'StoreError', code: 'unreadable' }) as StoreError

function write(path: string, sql: string): void {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}

async function newer(): Promise<string> {
  const path = temporaryFile()
  const store = openStore({ path })
  await store.accept([newRing()])
  await store.close()
  write(path, 'create table news (a); insert into news values (1); pragma user_version = 99')
  return path
}

async function foreign(): Promise<string> {
  const path = temporaryFile()
  write(path, 'create table recipe (name); insert into recipe values (1)')
  return path
}

/** Has a schema number that we could take for ours. */
async function foreignNumbered(): Promise<string> {
  const path = await foreign()
  write(path, 'pragma user_version = 1')
  return path
}

async function text(): Promise<string> {
  const path = temporaryFile()
  writeFileSync(path, 'Dear diary, today no run ended. '.repeat(100))
  return path
}

describe.each([
  ['a store of a newer version', newer],
  ['a database of someone else', foreign],
  ['a database of someone else with a number', foreignNumbered],
  ['a file that is no database', text],
])('%s', (_, make) => {
  test('is refused', async () => {
    const path = await make()
    expect(() => sqliteStore({ path })).toThrow(unreadable)
  })

  test('stays as it is, to the byte', async () => {
    const path = await make()
    const before = readFileSync(path)
    expect(() => sqliteStore({ path })).toThrow(Error)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('can be read by whom it could be read before', async () => {
    const path = await make()
    chmodSync(path, 0o644)
    expect(() => sqliteStore({ path })).toThrow(Error)
    expect(statSync(path).mode & 0o777).toBe(0o644)
  })

  test('gets nothing beside it but an empty lock', async () => {
    const path = await make()
    expect(() => sqliteStore({ path })).toThrow(Error)
    expect(readdirSync(dirname(path)).toSorted()).toEqual(['afk.db', 'afk.db.lock'])
  })

  test('is not kept locked', async () => {
    const path = await make()
    expect(() => sqliteStore({ path })).toThrow(Error)
    expect(() => sqliteStore({ path })).not.toThrow(
      expect.objectContaining({ code: 'locked' }) as StoreError,
    )
  })
})

test('a refusal says what to do next', async () => {
  const [young, other] = [await newer(), await foreign()]
  expect(() => sqliteStore({ path: young })).toThrow(/schema 99.*upgrade AFK/)
  expect(() => sqliteStore({ path: other })).toThrow(/not of AFK: configure another/)
})

test('an empty file becomes a store', async () => {
  const path = temporaryFile()
  writeFileSync(path, '')
  const store = openStore({ path })
  const asked = newRing()
  await store.accept([asked])
  expect(await store.story(asked.ring.id)).toMatchObject({ ring: asked.ring })
})

test('each migration is one commit: a crash leaves all of it or nothing', () => {
  const path = temporaryFile()
  openStore({ path })
  const migrations = readdirSync(join(import.meta.dirname, 'migrations'))
  expect(commitsIn(path)).toBe(migrations.length)
})

test('a store of the first version keeps what it owes', async () => {
  const path = temporaryFile()
  const marks = `pragma application_id = ${0x41464b21}; pragma user_version = 1`
  write(path, `${rings}; ${marks}`)
  const { notification, issue, id, key } = newRing().ring
  const texts = [JSON.stringify(issue), JSON.stringify(notification)].map((json) => `'${json}'`)
  write(
    path,
    `insert into ring (id, key, fingerprint, kind, issue, notification, source, accepted_at)
       values ('${id}', '${key}', 'f', 'frozen', ${texts.join(', ')}, 'ci', 1000);
     insert into delivery (ring_seq, channel, wave, purpose, loud, due_at) values (1, 'phone', 0, 'ring', 1, 1000)`,
  )
  const { deliveries } = await openStore({ path }).claim(claimOf())
  expect(deliveries).toMatchObject([{ channel: 'phone', note: null, ring: { id, notification } }])
})

test('a store that was migrated is not migrated again', async () => {
  const path = temporaryFile()
  await openStore({ path }).close()
  const before = readFileSync(path)
  await openStore({ path }).close()
  expect(readFileSync(path).equals(before)).toBe(true)
})
