import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'

import { newRing } from '../../../test/rings.ts'
import { openStore, temporaryFile, temporaryFolder } from '../../../test/temporary.ts'
import { until } from '../../../test/until.ts'
import type { StoreError } from '../store-error.ts'
import { sqliteStore } from './store.ts'

const script = fileURLToPath(new URL('../../../test/store-child.ts', import.meta.url))
const locked = expect.objectContaining({ name: 'StoreError', code: 'locked' }) as StoreError

type Child = {
  readonly process: ChildProcess
  /** The whole lines it has printed so far: one for each ring it knows to be on disk. */
  readonly printed: () => readonly string[]
  readonly complaint: () => string
}

function child(path: string, task: 'ring' | 'close'): Child {
  const spawned = spawn(process.execPath, [script, path, task], { stdio: 'pipe' })
  onTestFinished(() => void spawned.kill('SIGKILL'))
  const said = { out: '', err: '' }
  spawned.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text))
  spawned.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text))
  const printed = () => said.out.split('\n').slice(0, -1)
  return { process: spawned, printed, complaint: () => said.err }
}

async function ringing(path: string, count: number): Promise<Child> {
  const node = child(path, 'ring')
  await until(`another node has accepted ${count} rings`, () => {
    expect(node.complaint()).toBe('')
    return node.printed().length >= count
  })
  return node
}

async function kill({ process }: Child): Promise<void> {
  const closed = once(process, 'close')
  process.kill('SIGKILL')
  await closed
  expect(process.signalCode).toBe('SIGKILL')
}

test('a second node is refused, and told what to do', () => {
  const path = temporaryFile()
  openStore({ path })
  expect(() => sqliteStore({ path })).toThrow(locked)
  expect(() => sqliteStore({ path })).toThrow(/another node runs on .*afk\.db: stop it, or give/)
})

test('a refused node harms neither the first nor its lock', async () => {
  const path = temporaryFile()
  const store = openStore({ path })
  expect(() => sqliteStore({ path })).toThrow(locked)
  expect(await store.accept([newRing()])).toMatchObject([{ type: 'accepted' }])
  expect(() => sqliteStore({ path })).toThrow(locked)
})

test('two nodes on two files share nothing', () => {
  openStore()
  openStore()
})

test('after the first node closed another may open', async () => {
  const path = temporaryFile()
  const asked = newRing()
  const first = openStore({ path })
  await first.accept([asked])
  await first.close()
  expect(await openStore({ path }).story(asked.ring.id)).toMatchObject({ ring: asked.ring })
})

test('a node in another process holds the store until it is killed', async () => {
  const path = temporaryFile()
  const node = await ringing(path, 1)
  expect(() => sqliteStore({ path })).toThrow(locked)
  await kill(node)
  expect(await openStore({ path }).accept([newRing()])).toMatchObject([{ type: 'accepted' }])
})

test('what a node was told is on disk is there after it was killed, whole', async () => {
  const path = temporaryFile()
  const told = new Set<string>()
  for (const count of [1, 40, 200]) {
    const node = await ringing(path, count)
    await kill(node)
    const printed = node.printed()
    const store = openStore({ path })
    const stories = await Promise.all(printed.map((id) => store.story(id)))
    expect(stories.map((story) => story?.deliveries.length)).toEqual(printed.map(() => 2))
    for (const id of printed) told.add(id)
    await store.close()
    const db = new DatabaseSync(path)
    expect(db.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
    db.close()
  }
  const reader = new DatabaseSync(path, { readOnly: true })
  onTestFinished(() => reader.close())
  const halves = `select count(*) as count from ring r
    where (select count(*) from delivery d where d.ring_seq = r.seq) <> 2`
  expect(reader.prepare(halves).get()).toEqual({ count: 0 })
  expect(told.size).toBeGreaterThanOrEqual(241)
  const rows = reader.prepare('select id from ring').all()
  expect([...told].filter((id) => !rows.some((row) => row['id'] === id))).toEqual([])
})

test('a node that closes its store while rings wait ends in peace', async () => {
  const node = child(temporaryFile(), 'close')
  await once(node.process, 'close')
  expect(node.complaint()).toBe('')
  expect(node.process.exitCode).toBe(0)
  expect(node.printed()).toHaveLength(600)
})

test('a place that cannot be opened is not kept locked', () => {
  const path = temporaryFolder()
  const open = () => sqliteStore({ path: join(path, 'folder') })
  mkdirSync(join(path, 'folder'))
  expect(open).toThrow(/cannot be opened/)
  expect(open).toThrow(/cannot be opened/)
})

test('nothing is ever written to the lock', async () => {
  const path = temporaryFile()
  const store = openStore({ path })
  await store.accept([newRing()])
  expect(statSync(`${path}.lock`).size).toBe(0)
})
