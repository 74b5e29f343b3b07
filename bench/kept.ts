/**
 * What a run leaves in the store for good, and how that grows: half an hour with its agent, a commit, green, a ring
 * that one channel took. Rows, bytes, and how much of them indexes are.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { type Driver, driver } from '../src/loop/driver.ts'
import type { RunEvent } from '../src/run/event.ts'
import { sqliteStore } from '../src/store/sqlite/store.ts'
import type { Store } from '../src/store/store.ts'
import { claimOf, heard, newRing, settlement } from '../test/rings.ts'
import { temporaryFolder } from './processes.ts'
import { base, policy, queuedRun } from './simulated.ts'
import { n, type Row } from './table.ts'

const minutes = 30
const commit = 'c'.repeat(40)
const finished = { how: 'finished', said: 'It is mended, with a test.' } as const

export async function kept({ runs }: { readonly runs: number }): Promise<Row[]> {
  const { folder, remove } = temporaryFolder()
  const path = join(folder, 'afk.db')
  await fill(path, { from: 0, to: runs / 2 })
  const half = sizes(path)
  await fill(path, { from: runs / 2, to: runs })
  const whole = sizes(path)
  remove()
  const each = whole.bytes / runs
  const later = (whole.bytes - half.bytes) / (runs / 2)
  return [
    {
      what: `one run of ${minutes} minutes, its ring, delivery and try, in the store`,
      measured: n(each / 1_024, ' KB'),
      beside: `${n(whole.rows / runs)} rows; the second half ${n(later / 1_024, ' KB')} each`,
    },
    {
      what: 'the same: indexes',
      measured: n(whole.indexes / runs / 1_024, ' KB'),
      beside: `${n((100 * whole.indexes) / whole.bytes, ' %')} of it`,
    },
    {
      what: 'the same: the ring alone, with its delivery and try',
      measured: n(whole.rings / runs / 1_024, ' KB'),
      beside: '3 rows',
    },
  ]
}

async function fill(path: string, { from, to }: { readonly from: number; readonly to: number }) {
  const store = sqliteStore({ path })
  const driven = driver({
    runs: store,
    policyOf: () => policy,
    ringOf: ({ state, issue, id }) => newRing({ kind: state, issue, key: `run:${id}` }),
    rang: () => {},
    owes: () => {},
    tell: () => {},
  })
  for (let i = from; i < to; i += 50)
    await Promise.all(Array.from({ length: 50 }, (_, n) => whole(i + n, { store, driven })))
  await store.close()
}

async function whole(i: number, { store, driven }: { store: Store; driven: Driver }) {
  const [id, repo, at] = [`run_${i}`, `acme/repo-${i}`, 1_700_000_000_000 + i]
  const issue = {
    repo,
    number: 1,
    title: 'Fix the login',
    url: `https://github.com/${repo}/issues/1`,
  }
  await store.queueRun({
    ...queuedRun({ id, repo, branch: `afk/${i}`, queuedAt: at }),
    issue,
  })
  const over = at + minutes * 60_000
  const events: readonly RunEvent[] = [
    { type: 'started', at },
    { type: 'based', at, base },
    { type: 'adopted', at, turn: 1, place: `/srv/afk/${id}`, thread: id, environment: null },
    ...Array.from({ length: minutes }, (_, minute): RunEvent => {
      const seenAt = at + (minute + 1) * 60_000 - 1_000
      return { type: 'alive', at: seenAt, turn: 1, seenAt }
    }),
    { type: 'pushed', at: over, commit },
    { type: 'turn-over', at: over, turn: 1, end: finished, commit },
    { type: 'checked', at: over, commit, checks: { verdict: 'pending', waitsFor: 'checks' } },
    {
      type: 'checked',
      at: over + 60_000,
      commit,
      checks: { verdict: 'green', passed: ['lint', 'test'] },
    },
    { type: 'tick', at: over + 61_000 },
  ]
  for (const event of events) await driven.advance(id, event)
  const state = (await store.run(id))?.run.state
  if (state !== 'done') throw new Error(`${id} is ${state}`)
  for (;;) {
    const [chore] = await store.dueChores({ now: Infinity, limit: 1, run: id })
    if (chore === undefined) break
    await store.endChore(chore.id, { type: 'done', at: over, detail: 'written' })
  }
  const { deliveries } = await store.claim(claimOf({ now: Date.now(), limit: 1 }))
  await store.settle(deliveries.map((delivery) => settlement(delivery, heard)))
}

const tables = ['ring', 'delivery', 'try', 'run', 'run_event', 'chore']

/** Of whole pages, as SQLite counts them: https://sqlite.org/dbstat.html */
function sizes(path: string) {
  const db = new DatabaseSync(path, { readOnly: true })
  const pages = db
    .prepare('select name, sum(pgsize) as bytes from dbstat group by name')
    .all()
    .map(({ name, bytes }) => ({ name: String(name), bytes: Number(bytes) }))
  const belongings = db
    .prepare('select name, type, tbl_name as belongs from sqlite_schema')
    .all()
    .map(({ name, type, belongs }) => ({ name: String(name), type, belongs: String(belongs) }))
  const counted = tables.map(
    (table) => db.prepare(`select count(*) as n from ${table}`).get()?.['n'],
  )
  db.close()
  const indexes = belongings.filter(({ type }) => type === 'index')
  const rings = belongings.filter(({ belongs }) => ['ring', 'delivery', 'try'].includes(belongs))
  const sum = (those: ReadonlyArray<{ readonly name: string }>) => {
    const names = new Set(those.map(({ name }) => name))
    return pages.reduce((all, { name, bytes }) => all + (names.has(name) ? bytes : 0), 0)
  }
  return {
    rows: counted.reduce<number>((all, count) => all + Number(count), 0),
    bytes: sum(pages),
    indexes: sum(indexes),
    rings: sum(rings),
  }
}
