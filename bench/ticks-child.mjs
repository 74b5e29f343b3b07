/**
 * One look at every run under way, over and over, with simulated agents, landing branches and CIs: what of it is
 * the loop's own. In a process of its own, out of the sources; prints one JSON document.
 *
 * node --expose-gc bench/ticks-child.mjs RUNS ENDED: so many runs under way, each in its repository, beside so
 * many that have ended. The clock is the bench's: a second for each tick.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { driver } from '../src/loop/driver.ts'
import { watcher } from '../src/loop/watcher.ts'
import { LIMITS } from '../src/run/limits.ts'
import { sqliteStore } from '../src/store/sqlite/store.ts'

const [runs, ended] = process.argv.slice(2).map(Number)
const ticks = 60
const folder = mkdtempSync(join(tmpdir(), 'afk-bench-'))
const path = join(folder, 'afk.db')
let now = 1_700_000_000_000
const clock = { now: () => now, monotonic: () => now, wakeAt: () => () => {} }

await sqliteStore({ path }).close()
fill(path, ended)
const store = sqliteStore({ path })
const before = heap()
const repositories = new Map(Array.from({ length: runs }, (_, i) => [`repo-${i}`, repositoryOf(i)]))
const bare = heap()
const driven = driver({
  runs: store,
  policyOf: (repo) => repositories.get(repo)?.policy,
  ringOf: () => {
    throw new Error('nothing ends here')
  },
  rang: () => {},
  owes: () => {},
  tell: () => {},
})
const watching = watcher({
  runs: store,
  driver: driven,
  asker: { ask: async () => {} },
  repositories,
  isPaused: () => false,
  clock,
})

await Promise.all(Array.from({ length: runs }, (_, i) => begin(i)))
const spent = []
for (let tick = 0; tick < ticks; tick++) {
  now += 1_000
  const from = process.cpuUsage()
  const slots = await store.slots()
  await store.pauses()
  await Promise.all([...slots.keys()].map((repo) => watching.look(repo)))
  const { user, system } = process.cpuUsage(from)
  spent.push((user + system) / 1_000)
}
const after = heap()
const steady = spent.slice(5)
console.log(
  JSON.stringify({
    meanMs: steady.reduce((sum, ms) => sum + ms, 0) / steady.length,
    worstMs: Math.max(...steady),
    bytesPerRun: (after - bare) / runs,
    bytesPerRepository: (bare - before) / runs,
  }),
)
await store.close()
rmSync(folder, { recursive: true, force: true })

function heap() {
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

/** Queued, started, with the agent; begun at some second of a minute, as runs are. */
async function begin(i) {
  const id = `run_${i}`
  const issue = { repo: `repo-${i}`, number: 1 }
  const at = now - (i % 60) * 1_000
  const run = { id, state: 'queued', issue, lineage: `repo-${i}#1@main`, queuedAt: at }
  await store.queueRun({ ...run, threadId: id, branch: `afk/${i}`, by: 'loop', continues: null })
  await driven.advance(id, { type: 'started', at })
  await driven.advance(id, { type: 'adopted', at, turn: 1, base: 'b'.repeat(40), place: null })
}

/** Its agent works and shows signs of life; nothing has landed. */
function repositoryOf(i) {
  return {
    name: `repo-${i}`,
    landingBranch: 'main',
    policy: { limits: LIMITS, ci: 'checks' },
    executor: {
      look: async (turns) =>
        turns.map((id) => ({ id, costUsd: null, type: 'running', seenAt: now })),
    },
    landing: { pushedBy: async () => null, contains: async () => true },
    ci: null,
  }
}

/** Runs that have ended, each with twenty lines in its ledger and its chores done. */
function fill(file, count) {
  const db = new DatabaseSync(file)
  const addRun = db.prepare(
    `insert into run (id, repo, number, lineage, state, body, revision, is_live) values (?, ?, ?, ?, 'done', ?, 9, 0)`,
  )
  const addEvent = db.prepare(
    `insert into run_event (lineage, run_id, at, what) values (?, ?, ?, ?)`,
  )
  const addChore = db.prepare(
    `insert into chore (run_id, kind, due_at, tries, done_at) values (?, ?, 1, 1, 2)`,
  )
  db.exec('begin')
  for (let i = 0; i < count; i++) {
    const [id, repo] = [`run_e${i}`, `repo-${i % 10_000}`]
    const lineage = `${repo}#${i}@main`
    const issue = { repo, number: i }
    const run = { id, state: 'done', issue, lineage, commit: 'c', passed: [], endedAt: 2 }
    addRun.run(id, repo, i, lineage, JSON.stringify(run))
    for (let line = 0; line < 20; line++)
      addEvent.run(
        lineage,
        id,
        line,
        JSON.stringify({ type: 'alive', at: line, turn: 1, seenAt: 1 }),
      )
    for (const kind of ['mark-issue', 'stop-agent', 'tell-issue', 'tidy-worktree', 'free-slot'])
      addChore.run(id, kind)
  }
  db.exec('commit')
  db.close()
}
