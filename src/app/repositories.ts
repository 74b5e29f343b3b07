/** The enrolled repositories, each with its parts. The only file that knows every tracker, executor, CI and landing. */
import { isAbsolute, join, resolve } from 'node:path'

import { commandCi } from '../ci/command/command-ci.ts'
import type { Clock } from '../clock.ts'
import { type Enrolled, enrolled } from '../config/enrolled.ts'
import type { Config } from '../config/schema.ts'
import { commandExecutor } from '../executors/command/command-executor.ts'
import { gitLanding } from '../landing/git/git-landing.ts'
import { prompts } from '../loop/prompts.ts'
import type { Labels, Repository } from '../loop/repository.ts'
import { filesTracker } from '../trackers/files/tracker.ts'

export type OpenRepositories = {
  readonly repositories: ReadonlyMap<string, Repository>
  close(): Promise<void>
}

/** Nothing is read, fetched or started yet. */
export function openRepositories(
  config: Config,
  at: { folder: string; clock: Clock },
): OpenRepositories {
  const { readyLabel: ready, inProgressLabel: inProgress, humanLabel: human } = config.loop
  const labels = { ready, inProgress, human }
  const opened = enrolled(config.loop).repos.map((repo) => open(repo, { ...at, labels }))
  return {
    repositories: new Map(opened.map(({ repository }) => [repository.name, repository])),
    async close() {
      for (const { close } of opened) await close()
    },
  }
}

type Place = { readonly folder: string; readonly clock: Clock; readonly labels: Labels }

function open(config: Enrolled, { folder, clock, labels }: Place) {
  const { name, landingBranch, limits } = config
  const repo = resolve(config.path)
  // A name may hold a slash, and no two names one place.
  const below = join(resolve(folder), encodeURIComponent(name))
  const landing = gitLanding({ repo, branch: landingBranch, clock })
  const ci = openCi(config, { repo, folder: join(below, 'ci'), clock })
  const { argv, stdin, env, preset } = config.executor
  const executor = commandExecutor({
    repo,
    landingBranch,
    folder: join(below, 'agents'),
    argv,
    stdin,
    env,
    preset,
    clock,
  })
  const { path, owner } = config.tracker
  const tracker = filesTracker({ folder: isAbsolute(path) ? path : join(repo, path), owner })
  const repository: Repository = {
    name,
    landingBranch,
    policy: { limits, ci: ci === null ? 'none' : 'checks' },
    labels,
    tracker,
    executor,
    landing,
    ci,
    prompts: prompts(landing),
  }
  return { repository, close: async () => ci?.close() }
}

function openCi({ ci }: Enrolled, at: { repo: string; folder: string; clock: Clock }) {
  if (ci.type === 'none') return null
  const { argv, env, timeout: timeoutMs } = ci
  return commandCi({ ...at, argv, env, timeoutMs })
}
