/**
 * The loop of a node on a GitHub elsewhere: the real tracker, CI and client, over a real store; agents and landing
 * branches are simulated. In a process of its own, so that what it takes of the processor is the node's alone.
 *
 * The parent says where GitHub is, what was pushed, and when to stop; it is told of each verdict, and of what was
 * taken of the processor in the worst second.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { listen } from '../src/app/listen.ts'
import { githubCi } from '../src/ci/github/github-ci.ts'
import { systemClock as clock } from '../src/clock.ts'
import { githubClient } from '../src/github/client.ts'
import { driver } from '../src/loop/driver.ts'
import { gatekeeper } from '../src/loop/gatekeeper.ts'
import { loop } from '../src/loop/loop.ts'
import { LIMITS } from '../src/run/limits.ts'
import { githubView } from '../src/server/github-view.ts'
import { hookRoutes } from '../src/server/hooks.ts'
import { sqliteStore } from '../src/store/sqlite/store.ts'
import { githubTracker } from '../src/trackers/github/tracker.ts'
import { newRing } from '../test/rings.ts'

const pollEveryMs = 30_000
const labels = {
  ready: 'ready-for-agent',
  inProgress: 'agent-in-progress',
  human: 'ready-for-human',
}
const base = 'b'.repeat(40)

/** Of each repository, its newest commit on the landing branch. */
const pushed = new Map()
/** Those whose agent works. */
const asked = new Set()
const answers = { begin, push, hasAgent: () => asked.size > 0, stats, stop }
let node

process.on('message', (message) => void answer(message))

async function answer({ id, ask, ...about }) {
  process.send({ answer: id, is: (await answers[ask](about)) ?? null })
  if (ask === 'stop') process.disconnect()
}

async function begin({ github, token, secret, names, atWork, required }) {
  const folder = mkdtempSync(join(tmpdir(), 'afk-bench-'))
  const store = sqliteStore({ path: join(folder, 'afk.db') })
  const client = githubClient({ baseUrl: github, token: () => token, clock })
  const repositories = new Map(
    names.map((name) => [name, repositoryOf(name, { client, required })]),
  )
  const tell = (event) => {
    if (event.event === 'run-ended')
      process.send({ ended: event.issue.split('#')[0], at: Date.now() })
    if (!['run-ended', 'run-queued'].includes(event.event)) console.error(event)
  }
  const driven = driver({
    runs: store,
    policyOf: (repo) => repositories.get(repo)?.policy,
    ringOf: (run) => newRing({ kind: run.state, issue: run.issue, key: `run:${run.id}` }),
    rang: () => {},
    owes: (run) => node && turning.owes(run),
    tell,
  })
  const turning = loop({
    runs: store,
    driver: driven,
    gatekeeper: gatekeeper({ runs: store, isEnrolled: (repo) => repositories.has(repo) }),
    repositories,
    orphan: () => repositories.values().next().value.executor,
    clock,
    log: tell,
    tell,
    lookEveryMs: 1_000,
    pollEveryMs,
  })
  if (atWork) await Promise.all(names.map((name) => work(name, { store, driven })))
  const hooks = hookRoutes({
    secrets: [secret],
    hasten(name, commit) {
      if (commit === null) turning.wake(name)
      else repositories.get(name)?.ci.hasten(commit)
    },
  })
  const listener = await listen((request) => hooks.fetch(request), { host: '127.0.0.1', port: 0 })
  turning.start()
  node = { folder, store, client, turning, listener, names, spent: spending() }
  return `${listener.url}/github`
}

function push({ name, commit }) {
  pushed.set(name, commit)
}

/** Since the last time it was asked. */
function stats() {
  const { client, turning, names, spent } = node
  const standing = {
    ...client.standing(),
    host: 'GitHub',
    repositories: names.length,
    everyMs: turning.pollsApartMs(names),
    wantedMs: pollEveryMs,
  }
  return { github: githubView(standing), ...spent.take() }
}

async function stop() {
  const { folder, store, client, turning, listener, spent } = node
  spent.end()
  // What waits for its turn is called off, which is no failure.
  await Promise.all([turning.stop(), client.close(), listener.close()])
  await store.close()
  rmSync(folder, { recursive: true, force: true })
}

/** What the whole process takes of a processor, second by second. */
function spending() {
  let from = process.cpuUsage()
  let seconds = []
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(from)
    from = process.cpuUsage()
    seconds.push((user + system) / 1_000)
  }, 1_000)
  return {
    take() {
      const worstMs = Math.max(...seconds)
      const meanMs = seconds.reduce((sum, ms) => sum + ms, 0) / seconds.length
      seconds = []
      return { worstMs, meanMs }
    },
    end: () => clearInterval(timer),
  }
}

/** Its run is with the agent, and its issue is marked: what would take a second for each write. */
async function work(name, { store, driven }) {
  const id = `run:${name}`
  const at = Date.now()
  await store.queueRun({
    id,
    state: 'queued',
    issue: { repo: name, number: 1 },
    lineage: `${name}#1@main`,
    threadId: id,
    branch: 'afk/1-1',
    by: 'loop',
    continues: null,
    digest: '0'.repeat(64),
    queuedAt: at,
  })
  await driven.advance(id, { type: 'started', at })
  await driven.advance(id, { type: 'based', at, base })
  await driven.advance(id, { type: 'adopted', at, turn: 1, place: null })
  for (const { id: chore } of await store.dueChores({ now: at, limit: 10, run: id }))
    await store.endChore(chore, { type: 'done', at, detail: 'written' })
}

/** Its agent works until something of it was pushed. */
function repositoryOf(name, { client, required }) {
  const sightOf = (id) => {
    const sight = { id, costUsd: null, at: Date.now() }
    if (!pushed.has(name)) return { ...sight, type: 'running', seenAt: Date.now() }
    return { ...sight, type: 'over', end: { how: 'finished', said: 'done', question: null } }
  }
  const landing = {
    tip: async () => pushed.get(name) ?? base,
    pushedBy: async () => pushed.get(name) ?? null,
    contains: async () => true,
    read: async () => null,
  }
  const executor = {
    async ask() {
      asked.add(name)
      return { type: 'adopted', place: null }
    },
    look: async (turns) => turns.map(sightOf),
    interrupt: async () => true,
    tidy: async () => ({ type: 'removed', left: [] }),
    watch: () => () => {},
  }
  return {
    name,
    landingBranch: 'main',
    policy: { limits: LIMITS, ci: 'checks' },
    labels,
    tracker: githubTracker({ repo: name, client, readyLabel: labels.ready, clock }),
    executor,
    landing,
    ci: githubCi({ repo: name, client, required, branch: 'main', clock }),
    prompts: { implement: async () => 'do it', fix: async () => 'mend it' },
  }
}
