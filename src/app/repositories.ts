/** The enrolled repositories, each with its parts. The only file that knows every tracker, executor, CI and landing. */
import { isAbsolute, join, resolve } from 'node:path'

import { type CommandCi, commandCi } from '../ci/command/command-ci.ts'
import { type GithubCi, githubCi } from '../ci/github/github-ci.ts'
import type { Clock } from '../clock.ts'
import { type Enrolled, enrolled } from '../config/enrolled.ts'
import type { Config } from '../config/schema.ts'
import { githubPulls } from '../landing/github/pulls.ts'
import { gitLanding } from '../landing/git/git-landing.ts'
import type { Pulls } from '../landing/pulls.ts'
import { prompts } from '../loop/prompts.ts'
import type { Orphan } from '../loop/chores.ts'
import type { Repository } from '../loop/repository.ts'
import type { WatchedToken } from '../loop/token-watch.ts'
import { filesTracker } from '../trackers/files/tracker.ts'
import { githubTracker } from '../trackers/github/tracker.ts'
import type { Labels, Tracker } from '../trackers/tracker.ts'
import { openExecutor, orphanOf } from './executors.ts'
import { type GithubClients, githubClients } from './github.ts'
import { type T3Clients, t3Clients } from './t3.ts'

export type OpenRepositories = {
  readonly repositories: ReadonlyMap<string, Repository>
  readonly hooks: HookedRepositories
  /** Whose agents are in T3 Code. */
  readonly t3: T3Clients
  /** How the clients of GitHub stand that these share. */
  readonly github: GithubClients['standings']
  /** Of a repository that is not among them any more. */
  readonly orphan: (name: string) => Orphan
  /** Those whose servers say when they expire. */
  readonly tokens: readonly WatchedToken[]
  close(): Promise<void>
}

/** Those on GitHub, by `owner/name` in lower case. */
export type HookedRepositories = {
  readonly secrets: readonly string[]
  readonly named: ReadonlyMap<string, { readonly name: string; hasten(commit: string): void }>
}

/** Nothing is read, fetched or started yet. */
export function openRepositories(
  config: Config,
  at: { folder: string; clock: Clock },
): OpenRepositories {
  const { readyLabel: ready, inProgressLabel: inProgress, humanLabel: human } = config.loop
  const labels = { ready, inProgress, human }
  const github = githubClients(at.clock)
  const t3 = t3Clients(at.clock)
  const closing = new AbortController()
  const around = { ...at, labels, github, t3, signal: closing.signal }
  const { repos } = enrolled(config.loop)
  const opened = repos.map((repo) => open(repo, around))
  const executors = [...repos.map(({ executor }) => executor), config.loop.defaults.executor]
  const known = executors.find((executor) => executor?.type === 't3')
  return {
    repositories: new Map(opened.map(({ repository }) => [repository.name, repository])),
    hooks: {
      secrets: [...new Set(opened.flatMap(({ hook }) => hook?.secret ?? []))],
      named: new Map(opened.flatMap(({ hook }) => (hook === null ? [] : [[hook.on, hook]]))),
    },
    t3,
    github: github.standings,
    tokens: t3.tokens(),
    orphan: (name) => orphanOf(name, { ...at, t3, known }),
    async close() {
      closing.abort()
      for (const { close } of opened) await close()
      await github.close()
      await t3.close()
    },
  }
}

type Place = {
  readonly folder: string
  readonly clock: Clock
  readonly labels: Labels
  readonly github: GithubClients
  readonly t3: T3Clients
  readonly signal: AbortSignal
}

function open(config: Enrolled, { folder, clock, labels, github, t3, signal }: Place) {
  const { name, landingBranch, limits, merges } = config
  const repo = resolve(config.path)
  // A name may hold a slash, and no two names one place.
  const below = join(resolve(folder), encodeURIComponent(name))
  const landing = gitLanding({ repo, branch: landingBranch, clock, signal })
  const ci = openCi(config, { repo, folder: join(below, 'ci'), clock, github })
  const executor = openExecutor(config.executor, {
    repo,
    landingBranch,
    folder: join(below, 'agents'),
    clock,
    t3,
    signal,
  })
  const repository: Repository = {
    name,
    landingBranch,
    policy: { limits, ci: ci === null ? 'none' : 'checks', merges },
    labels,
    tracker: openTracker(config, { repo, clock, labels, github }),
    executor,
    landing,
    pulls: openPulls(config, { clock, github }),
    ci,
    prompts: prompts(landing),
  }
  return {
    repository,
    hook: hookOf(config, ci),
    close: async () => ci !== null && 'close' in ci && ci.close(),
  }
}

function hookOf({ name, tracker }: Enrolled, ci: OpenCi) {
  if (tracker.type !== 'github') return null
  return {
    name,
    on: (tracker.repo ?? name).toLowerCase(),
    secret: tracker.webhookSecret,
    hasten(commit: string) {
      if (ci !== null && 'hasten' in ci) ci.hasten(commit)
    },
  }
}

type Far = { readonly repo: string; readonly clock: Clock; readonly github: GithubClients }

function openTracker(
  { name, tracker }: Enrolled,
  { repo, clock, labels, github }: Far & Pick<Place, 'labels'>,
): Tracker {
  if (tracker.type === 'files') {
    const { path, owner } = tracker
    return filesTracker({ folder: isAbsolute(path) ? path : join(repo, path), owner })
  }
  return githubTracker({
    repo: tracker.repo ?? name,
    ...github.for(name, tracker),
    readyLabel: labels.ready,
    owners: tracker.bots,
    clock,
  })
}

function openPulls(
  { name, tracker, merges, landingBranch: branch }: Enrolled,
  { clock, github }: Pick<Far, 'clock' | 'github'>,
): Pulls | null {
  if (merges === 'nobody') return null
  if (tracker.type !== 'github')
    throw new TypeError(`${name}: pull requests need its tracker on GitHub`)
  const { client } = github.for(name, tracker)
  return githubPulls({ repo: tracker.repo ?? name, client, branch, merges, clock })
}

type OpenCi = CommandCi | GithubCi | null

function openCi(
  { name, ci, tracker, landingBranch: branch }: Enrolled,
  at: Far & { folder: string },
): OpenCi {
  if (ci.type === 'none') return null
  const { clock, github } = at
  if (ci.type === 'github') {
    if (tracker.type !== 'github')
      throw new TypeError(`${name}: ci on GitHub needs its tracker there`)
    const { client } = github.for(name, tracker)
    return githubCi({
      repo: tracker.repo ?? name,
      client,
      required: ci.required ?? null,
      branch,
      clock,
    })
  }
  const { argv, env, timeout: timeoutMs } = ci
  return commandCi({ ...at, argv, env, timeoutMs })
}
