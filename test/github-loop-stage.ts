/**
 * The whole loop on GitHub, in this process: a real node, real git and a scripted agent; GitHub is its stand-in.
 *
 * What has landed is on GitHub before GitHub answers anything, and then CI says of it what the test says. Each stage
 * has a world, a store and a folder of its own, so that many play at once. At the end of a play everything
 * must hold: the store's audit finds nothing, the node told of no bug, and GitHub saw nothing that no sender should do.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect } from 'vitest'

import { auditSqlite } from '../src/app/beside-node.ts'
import { startNode } from '../src/app.ts'
import type { LogEvent } from '../src/log.ts'
import type { Fault } from './github/faults.ts'
import type { RepositoryHandle } from './github/repository.ts'
import { type GithubRequest, type GithubStandIn, githubStandIn } from './github/stand-in.ts'
import { asking } from './github-loop-asking.ts'
import { type Commit, loopGround, type Plan } from './github-loop-ground.ts'
import { configOf, type Place } from './github-loop-node.ts'
import type { NtfyServer } from './ntfy-server.ts'
import { ntfyStandIn } from './ntfy-stand-in.ts'
import { until } from './until.ts'

export type StageOptions = {
  readonly plan?: Plan
  /** What happens to a commit that has just landed; the first is 1. */
  readonly landed?: (commit: Commit, nth: number, repository: RepositoryHandle) => void
  /** The same of one that is on another branch. */
  readonly offered?: StageOptions['landed']
  /** With pull requests, and who merges them. */
  readonly merges?: 'human' | 'auto'
  /** Default: `test`. */
  readonly required?: readonly string[]
  /** By how much GitHub's clock is ahead of ours. */
  readonly aheadMs?: number
  /** Default: a stand-in. It is closed afterwards. */
  readonly phone?: Pick<NtfyServer, 'url' | 'poll' | 'close'>
  /** What its owner wrote of them; default: a command that does what the plan says, and links by thread. */
  readonly written?: Pick<Place, 'executor' | 'links'>
}

export type Stage = Awaited<ReturnType<typeof staged>>

const topic = 'afk'

/** Plays on a stage of its own. Rejects if the play does, or if something does not hold at its end. */
export async function onStage(options: StageOptions, play: (stage: Stage) => Promise<void>) {
  const stage = await staged(options)
  const [played] = await Promise.allSettled([play(stage)])
  const [struck] = await Promise.allSettled([stage.strike()])
  if (played.status === 'rejected') throw played.reason
  if (struck.status === 'rejected') throw struck.reason
}

async function staged(options: StageOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'afk-github-'))
  const ground = await loopGround(folder, options.plan ?? [])
  const phone = options.phone ?? (await ntfyStandIn())
  const { aheadMs = 0 } = options
  const github = await githubStandIn({ now: () => Date.now() + aheadMs })
  const far = peopled(github, options.required ?? ['test'])
  const landed = bridged({ github, ground, ...far }, options)
  const store = join(folder, 'afk.db')
  const config = (token: string) =>
    configOf({
      ...{ store, ground, github: github.url, token, phone: phone.url },
      merges: options.merges ?? null,
      ...options.written,
    })
  const events: LogEvent[] = []
  const start = (token: string) =>
    startNode(config(token), { log: (event) => void events.push(event) })
  let node = await start(far.token)
  const asked = asking(() => node.url)

  return {
    ...{
      github,
      world: github.world,
      ground,
      phone,
      topic,
      /** Where GitHub posts its deliveries. */
      hook: `${node.url}/hooks/github`,
      reload: (token: string) => node.reload(config(token)),
    },
    /** Another node in the place of this one, on its store. */
    async restart() {
      await node.stop()
      node = await start(far.token)
    },
    ...far,
    ...landed,
    ...asked,

    ...ending(asked),
    ...polling(github),

    /** What it said that it could not look at. */
    failures: () => events.flatMap((each) => (each.event === 'look-failed' ? [each.detail] : [])),

    /** What it said of issues, and of the repository that has them. */
    faults: () =>
      events.flatMap((each) =>
        each.event === 'issue-faulty' ? [`${each.where}: ${each.detail}`] : [],
      ),

    /** Ends everything, and proves that it was well. */
    async strike() {
      await node.stop()
      const breaches = auditSqlite(store)
      await phone.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
      await github.close()
      const bugs = events.filter(({ event }) => event === 'bug')
      expect([breaches, bugs]).toEqual([[], []])
    },
  }
}

function ending({ runs }: ReturnType<typeof asking>) {
  return {
    /** The newest run, once it has ended and everything that must follow is done. */
    async over(withinMs = 40_000) {
      await until(
        'a run has ended, and all that follows is done',
        async () => {
          const [run] = await runs()
          return run?.endedAt != null && run.chores.every(({ state }) => state === 'done')
        },
        withinMs,
      )
      return (await runs())[0]!
    },
  }
}

/** How often the issues were looked at. */
function polling({ requests }: GithubStandIn) {
  const isPoll = ({ method, path }: GithubRequest) =>
    method === 'GET' && path.startsWith('/repos/octo/infra/issues?') && path.includes('labels=')
  const polls = () => requests.filter(isPoll).length
  return {
    polls,
    /** Until they have been looked at so many times more, from beginning to end. */
    async polled(times: number) {
      const before = polls()
      await until(`${times} more polls`, () => polls() > before + times)
    },
  }
}

/** A repository whose owner is `octo`; `kim` may write there, `mallory` may not, and the token is the bot's. */
function peopled({ world }: GithubStandIn, required: readonly string[]) {
  const repository = world.repository('octo/infra')
  const [bot, kim, mallory] = ['afk-bot', 'kim', 'mallory'].map((login) => world.user(login)) as [
    ReturnType<typeof world.user>,
    ReturnType<typeof world.user>,
    ReturnType<typeof world.user>,
  ]
  repository.grant(bot, 'write')
  repository.grant(kim, 'maintain')
  repository.require('main', required)
  return { repository, bot, kim, mallory, token: world.token(bot) }
}

type Bridging = {
  readonly github: GithubStandIn
  readonly ground: Awaited<ReturnType<typeof loopGround>>
} & ReturnType<typeof peopled>

/** Before each answer of GitHub's: what was pushed is there; and where it is away, it fails so. */
function bridged({ github, ground, repository, bot }: Bridging, { landed, offered }: StageOptions) {
  const [commits, offers]: [Commit[], Commit[]] = [[], []]
  let fault: Fault | null = null
  const bridge = () =>
    ground.bridge((commit, { branch, isTip }) => {
      const isKnown = repository.record.commits.has(commit.sha)
      // A merge brings what was offered before; only itself is new.
      if (isKnown && !isTip) return
      if (isKnown) repository.move(branch, commit.sha, { by: bot })
      else repository.push(branch, { ...commit, by: bot })
      const isMain = branch === 'main'
      const told = isMain ? commits : offers
      told.push(commit)
      if (!isMain) offered?.(commit, offers.length, repository)
      else if (commits.length > 1) landed?.(commit, commits.length - 1, repository)
    })
  bridge()
  repository.keepIn(ground.made)
  github.always(() => {
    bridge()
    if (fault !== null) github.fail(fault)
  })
  return {
    /** What landed after the beginning, oldest first. */
    commits: (): readonly Commit[] => commits.slice(1),
    /** What was pushed to other branches. */
    offers: (): readonly Commit[] => offers,
    /** From now on each request fails so; null: it is back. */
    away: (how: Fault | null) => void (fault = how),
  }
}
