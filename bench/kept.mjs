/**
 * What a run leaves in the store for good, and how that grows: half an hour with its agent, a commit, green, a ring
 * that one channel took. Rows, bytes, and how much of them indexes are.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { driver } from '../src/loop/driver.ts'
import { LIMITS } from '../src/run/limits.ts'
import { sqliteStore } from '../src/store/sqlite/store.ts'
import { claimOf, heard, newRing, settlement } from '../test/rings.ts'
import { temporaryFolder } from './processes.mjs'
import { n } from './table.mjs'

const minutes = 30
const commit = 'c'.repeat(40)

export async function kept({ runs }) {
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

async function fill(path, { from, to }) {
  const store = sqliteStore({ path })
  const policy = { limits: LIMITS, ci: 'checks' }
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

async function whole(i, { store, driven }) {
  const [id, repo, at] = [`run_${i}`, `acme/repo-${i}`, 1_700_000_000_000 + i]
  const issue = {
    repo,
    number: 1,
    title: 'Fix the login',
    url: `https://github.com/${repo}/issues/1`,
  }
  const lineage = `${repo}#1@main`
  const base = 'b'.repeat(40)
  const digest = '0'.repeat(64)
  const mine = { threadId: id, branch: `afk/${i}`, by: 'loop', continues: null, digest }
  await store.queueRun({ id, state: 'queued', issue, lineage, ...mine, queuedAt: at })
  const end = { how: 'finished', said: 'It is mended, with a test.' }
  const over = at + minutes * 60_000
  const events = [
    { type: 'started', at },
    { type: 'based', at, base },
    { type: 'adopted', at, turn: 1, place: { path: `/srv/afk/${id}`, thread: id } },
    ...Array.from({ length: minutes }, (_, minute) => {
      const seenAt = at + (minute + 1) * 60_000 - 1_000
      return { type: 'alive', at: seenAt, turn: 1, seenAt }
    }),
    { type: 'pushed', at: over, commit },
    { type: 'turn-over', at: over, turn: 1, end, commit },
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
  const { run } = await store.run(id)
  if (run.state !== 'done') throw new Error(`${id} is ${run.state}`)
  for (;;) {
    const [chore] = await store.dueChores({ now: Infinity, limit: 1, run: id })
    if (chore === undefined) break
    await store.endChore(chore.id, { type: 'done', at: over, detail: 'written' })
  }
  const { deliveries } = await store.claim(claimOf({ now: Date.now(), limit: 1 }))
  await store.settle(deliveries.map((delivery) => settlement(delivery, heard)))
}

/** Of whole pages, as SQLite counts them: https://sqlite.org/dbstat.html */
function sizes(path) {
  const db = new DatabaseSync(path, { readOnly: true })
  const pages = db.prepare('select name, sum(pgsize) as bytes from dbstat group by name').all()
  const indexes = new Set(
    db
      .prepare(`select name from sqlite_schema where type = 'index'`)
      .all()
      .map(({ name }) => name),
  )
  const tables = ['ring', 'delivery', 'try', 'run', 'run_event', 'chore']
  const owner = new Map(
    db
      .prepare('select name, tbl_name as belongs from sqlite_schema')
      .all()
      .map((row) => [row.name, row.belongs]),
  )
  const sum = (wanted) =>
    pages.reduce((all, { name, bytes }) => all + (wanted(name) ? bytes : 0), 0)
  const rows = tables.reduce(
    (all, table) => all + db.prepare(`select count(*) as n from ${table}`).get().n,
    0,
  )
  db.close()
  return {
    rows,
    bytes: sum(() => true),
    indexes: sum((name) => indexes.has(name)),
    rings: sum((name) => ['ring', 'delivery', 'try'].includes(owner.get(name))),
  }
}
