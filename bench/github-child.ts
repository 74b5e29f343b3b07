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

import { type Listener, listen } from '../src/app/listen.ts'
import { type GithubCi, githubCi } from '../src/ci/github/github-ci.ts'
import { systemClock as clock } from '../src/clock.ts'
import type { Sight, TurnId } from '../src/executors/executor.ts'
import { type GithubClient, githubClient } from '../src/github/client.ts'
import { type Driver, driver } from '../src/loop/driver.ts'
import { gatekeeper } from '../src/loop/gatekeeper.ts'
import { type Loop, loop } from '../src/loop/loop.ts'
import type { Repository } from '../src/loop/repository.ts'
import type { LogEvent } from '../src/log.ts'
import { githubView } from '../src/server/github-view.ts'
import { hookRoutes } from '../src/server/hooks.ts'
import { sqliteStore } from '../src/store/sqlite/store.ts'
import type { Store } from '../src/store/store.ts'
import { githubTracker } from '../src/trackers/github/tracker.ts'
import type { Tracker } from '../src/trackers/tracker.ts'
import { newRing } from '../test/rings.ts'
import type { Answered, Asked, Begin, Question, Said, Stats } from './github-talk.ts'
import { pointsSent, worstMinuteOf } from './points.ts'
import { base, policy, queuedRun, simulatedExecutor, simulatedLanding } from './simulated.ts'
import { type Spending, spending } from './spending.ts'

type Node = {
  readonly folder: string
  readonly store: Store
  readonly client: GithubClient
  readonly turning: Loop
  readonly listener: Listener
  readonly names: readonly string[]
  readonly spent: Spending
}

const pollEveryMs = 30_000
const labels = {
  ready: 'ready-for-agent',
  inProgress: 'agent-in-progress',
  human: 'ready-for-human',
}

/** Of each repository, its newest commit on the landing branch. */
const pushed = new Map<string, string>()
/** Those whose agent works. */
const asked = new Set<string>()
const sent = pointsSent()
let node: Node | undefined

type Answers = { readonly [K in keyof Asked]: (about: Asked[K]) => Promise<Answered[K]> }

const answers: Answers = {
  begin,
  async push({ name, commit }) {
    pushed.set(name, commit)
    return null
  },
  hasAgent: async () => asked.size > 0,
  stats: async () => stats(running()),
  async stop() {
    await stop(running())
    return null
  },
}

process.on('message', (message) => void answer(message as Question<keyof Asked>))

async function answer<K extends keyof Asked>({ id, ask, about }: Question<K>) {
  say({ type: 'answer', id, is: await answers[ask](about) })
  if (ask === 'stop') process.disconnect()
}

function say(said: Said) {
  process.send?.(said)
}

function running(): Node {
  if (node === undefined) throw new Error('the node has not begun')
  return node
}

function tell(event: LogEvent) {
  if (event.event === 'run-ended')
    say({ type: 'ended', name: event.issue.replace(/#.*/, ''), at: Date.now() })
  else if (event.event !== 'run-queued') console.error(event)
}

async function begin({ github, token, secret, names, atWork, required }: Begin): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'afk-bench-'))
  const store = sqliteStore({ path: join(folder, 'afk.db') })
  const client = githubClient({ baseUrl: github, token: () => token, clock })
  const repositories = new Map(
    names.map((name) => [name, repositoryOf(name, { client, required, atWork })]),
  )
  const driven = driver({
    runs: store,
    policyOf: (repo) => repositories.get(repo)?.policy,
    ringOf: (run) => newRing({ kind: run.state, issue: run.issue, key: `run:${run.id}` }),
    rang: () => {},
    owes: (run) => turning.owes(run),
    tell,
  })
  const turning: Loop = loop({
    runs: store,
    driver: driven,
    gatekeeper: gatekeeper({ runs: store, isEnrolled: (repo) => repositories.has(repo) }),
    repositories,
    orphan: (repo) => {
      throw new Error(`${repo} is not enrolled`)
    },
    threadLink: () => null,
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

function stats({ client, turning, names, spent }: Node): Stats {
  const standing = {
    ...client.standing(),
    host: 'GitHub',
    repositories: names.length,
    everyMs: turning.pollsApartMs(names),
    wantedMs: pollEveryMs,
  }
  return { github: githubView(standing), ...spent.take(), worstMinute: worstMinuteOf(sent) }
}

async function stop({ folder, store, client, turning, listener, spent }: Node) {
  spent.end()
  // What waits for its turn is called off, which is no failure.
  await Promise.all([turning.stop(), client.close(), listener.close()])
  await store.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Its run is with the agent, and its issue is marked: what would take a second for each write. */
async function work(name: string, { store, driven }: { store: Store; driven: Driver }) {
  const id = `run:${name}`
  const at = Date.now()
  await store.queueRun(queuedRun({ id, repo: name, branch: 'afk/1-1', queuedAt: at }))
  await driven.advance(id, { type: 'started', at })
  await driven.advance(id, { type: 'based', at, base })
  const begun = { turn: 1, place: null, thread: id, environment: null }
  await driven.advance(id, { type: 'adopted', at, ...begun })
  for (const { id: chore } of await store.dueChores({ now: at, limit: 10, run: id }))
    await store.endChore(chore, { type: 'done', at, detail: 'written' })
}

/** What is to be said first of a run that is at work stands on its issue: two hundred of them would take minutes. */
function told(tracker: Tracker): Tracker {
  let isTold = false
  return {
    ...tracker,
    async comment(number, text) {
      if (isTold) return tracker.comment(number, text)
      isTold = true
      return 'written'
    },
  }
}

/** Its agent works until something of it was pushed. */
function repositoryOf(
  name: string,
  about: Pick<Begin, 'required' | 'atWork'> & { readonly client: GithubClient },
): Repository & { readonly ci: GithubCi } {
  const { client, required, atWork } = about
  const tracker = githubTracker({ repo: name, client, readyLabel: labels.ready, clock })
  const sightOf = (id: TurnId): Sight => {
    const at = Date.now()
    if (!pushed.has(name)) return { id, costUsd: null, type: 'running', seenAt: at }
    return { id, costUsd: null, type: 'over', at, end: { how: 'finished', said: 'done' } }
  }
  const executor = simulatedExecutor({ look: async (turns) => turns.map(sightOf) })
  return {
    name,
    landingBranch: 'main',
    policy,
    labels,
    tracker: atWork ? told(tracker) : tracker,
    executor: {
      ...executor,
      ask(order) {
        asked.add(name)
        return executor.ask(order)
      },
    },
    landing: simulatedLanding({
      tip: async () => pushed.get(name) ?? base,
      pushedBy: async () => pushed.get(name) ?? null,
    }),
    pulls: null,
    ci: githubCi({ repo: name, client, required, branch: 'main', clock }),
    prompts: { implement: async () => 'do it', fix: async () => 'mend it' },
  }
}
