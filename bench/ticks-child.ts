/**
 * One look at every run under way, over and over, with simulated agents, landing branches and CIs: what of it is
 * the loop's own. In a process of its own, out of the sources; prints one JSON document.
 *
 * node --expose-gc bench/ticks-child.ts RUNS ENDED: so many runs under way, each in its repository, beside so
 * many that have ended. The clock is the bench's: a second for each tick.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { driver } from '../src/loop/driver.ts'
import type { Repository } from '../src/loop/repository.ts'
import { watcher } from '../src/loop/watcher.ts'
import { sqliteStore } from '../src/store/sqlite/store.ts'
import {
  base,
  policy,
  queuedRun,
  simulatedExecutor,
  simulatedLanding,
  unasked,
} from './simulated.ts'

/** In milliseconds of a processor, and bytes of the heap. */
export type Look = Readonly<Record<'meanMs' | 'worstMs' | 'bytesPerRun', number>>

const [runs = 0, ended = 0] = process.argv.slice(2).map(Number)
const ticks = 60
const folder = mkdtempSync(join(tmpdir(), 'afk-bench-'))
const path = join(folder, 'afk.db')
let now = 1_700_000_000_000
const clock = { now: () => now, monotonic: () => now, wakeAt: () => () => {} }

await sqliteStore({ path }).close()
fill(path, ended)
const store = sqliteStore({ path })
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
  asker: { ask: unasked('a turn') },
  repositories,
  isPaused: () => false,
  clock,
})

await Promise.all(Array.from({ length: runs }, (_, i) => begin(i)))
const spent: number[] = []
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
const seen: Look = {
  meanMs: steady.reduce((sum, ms) => sum + ms, 0) / steady.length,
  worstMs: Math.max(...steady),
  bytesPerRun: (after - bare) / runs,
}
console.log(JSON.stringify(seen))
await store.close()
rmSync(folder, { recursive: true, force: true })

function heap() {
  const collect = globalThis.gc
  if (collect === undefined) throw new Error('node --expose-gc')
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** Queued, started, with the agent; begun at some second of a minute, as runs are. */
async function begin(i: number) {
  const id = `run_${i}`
  const at = now - (i % 60) * 1_000
  await store.queueRun(queuedRun({ id, repo: `repo-${i}`, branch: `afk/${i}`, queuedAt: at }))
  await driven.advance(id, { type: 'started', at })
  await driven.advance(id, { type: 'based', at, base })
  const begun = { turn: 1, place: null, thread: id, environment: null }
  await driven.advance(id, { type: 'adopted', at, ...begun })
}

/** Its agent works and shows signs of life; nothing has landed. */
function repositoryOf(i: number): Repository {
  return {
    name: `repo-${i}`,
    landingBranch: 'main',
    policy,
    labels: { ready: 'ready', inProgress: 'in-progress', human: 'human' },
    tracker: {
      lagMs: 0,
      list: unasked('issues'),
      read: unasked('an issue'),
      label: unasked('a label'),
      comment: unasked('a comment'),
      close: unasked('a close'),
      reopen: unasked('a reopening'),
      check: unasked('a check'),
    },
    executor: simulatedExecutor({
      look: async (turns) =>
        turns.map((id) => ({ id, costUsd: null, type: 'running', seenAt: now })),
    }),
    landing: simulatedLanding({ tip: async () => base, pushedBy: async () => null }),
    pulls: null,
    ci: null,
    prompts: { implement: unasked('a prompt'), fix: unasked('a prompt') },
  }
}

/** Runs that have ended, each with twenty lines in its ledger and its chores done. */
function fill(file: string, count: number) {
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
