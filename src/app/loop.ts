/** The loop of an armed node: over its store, its repositories and its bell. */
import type { Clock } from '../clock.ts'
import type { Config } from '../config/schema.ts'
import { fingerprintOf, renderRing } from '../delivery/intake.ts'
import { route, type Routing } from '../doorbell/route.ts'
import type { Log } from '../log.ts'
import { type Desk, desk } from '../loop/desk.ts'
import { driver, type Used } from '../loop/driver.ts'
import { forgetting } from '../loop/forgetting.ts'
import { gatekeeper } from '../loop/gatekeeper.ts'
import { type Housekeeper, housekeeper } from '../loop/housekeeper.ts'
import { type Loop, loop } from '../loop/loop.ts'
import { tokenWatch } from '../loop/token-watch.ts'
import { detailOf } from '../run/proof.ts'
import { threadLink } from '../run/run-pages.ts'
import { isEnded, type Terminal } from '../run/run.ts'
import type { GithubStanding } from '../server/github-view.ts'
import type { GithubHooks } from '../server/hooks.ts'
import type { Live } from '../server/live.ts'
import type { OpenRepositories } from '../server/try-out.ts'
import type { NewRing } from '../store/rings.ts'
import type { Store } from '../store/store.ts'
import { linksOf, loopFolder, tapOf } from './places.ts'
import {
  type HookedRepositories,
  openRepositories,
  type OpenRepositories as OpenedRepositories,
} from './repositories.ts'
import { type LandsAt, threadPages } from './thread-pages.ts'

export type OpenLoop = Loop & {
  readonly desk: Desk
  readonly housekeeper: Housekeeper
  readonly hooks: GithubHooks
  readonly landsAt: LandsAt
  /** How each client of GitHub stands, and how far apart its repositories are looked at. */
  readonly github: () => readonly GithubStanding[]
  /** For a doctor, whose closing leaves them as they are. */
  readonly opened: ReturnType<OpenRepositories>
}

export type OpenLoopParts = {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly live: Pick<Live, 'change'>
  /** Something is owed to these channels. */
  readonly wake: (channels: Iterable<string>) => void
}

const lookEveryMs = 1_000

export function openLoop(config: Config, parts: OpenLoopParts): OpenLoop {
  const { clock, log } = parts
  const store = telling(parts)
  const { folder, pollEveryMs } = { folder: loopFolder(config), pollEveryMs: config.loop.pollEvery }
  const opening = openRepositories(config, { folder, clock })
  const { repositories, orphan, hooks, github, t3, tokens, close } = opening
  const tell = log
  const driven = driver({
    runs: store,
    policyOf: (repo) => repositories.get(repo)?.policy,
    ringOf: (run, used) => ringOf(run, used, { config, clock }),
    rang: parts.wake,
    owes: (run) => turning.owes(run),
    tell,
  })
  const gate = gatekeeper({ runs: store, isEnrolled: (repo) => repositories.has(repo) })
  const common = { runs: store, driver: driven, gatekeeper: gate, repositories, clock, tell }
  const turning: Loop = loop({
    ...common,
    orphan,
    threadLink: (run) => threadLink(run, linksOf(config)),
    log,
    lookEveryMs,
    pollEveryMs,
  })
  const { transcripts: days } = config.retention
  const keeper = housekeeper({ runs: store, repositories, days, tell })
  const sweeping = forgetting({ housekeeper: keeper, clock, log })
  const watching = tokenWatch({ tokens, clock, log, tell })
  return {
    ...turning,
    opened: { repositories, close: async () => {} },
    housekeeper: keeper,
    landsAt: threadPages(config, t3),
    hooks: { secrets: hooks.secrets, hasten: hastening(hooks, turning) },
    github: () => github().map((standing) => standingOf(standing, turning, pollEveryMs)),
    start() {
      turning.start()
      sweeping.start()
      watching.start()
    },
    desk: desk({ ...common, wake: turning.wake }),
    async stop() {
      sweeping.stop()
      watching.stop()
      // What a remote or a forge keeps waiting is called off, so that nobody waits for it.
      await Promise.all([turning.stop(), close()])
    },
  }
}

type Standing = ReturnType<OpenedRepositories['github']>[number]

function standingOf(
  { repositories, ...standing }: Standing,
  { pollsApartMs }: Pick<Loop, 'pollsApartMs'>,
  wantedMs: number,
): GithubStanding {
  const everyMs = pollsApartMs(repositories)
  return { ...standing, repositories: repositories.length, everyMs, wantedMs }
}

/** Whoever follows the events is told of each move of a run: the log has only their ends. */
function telling({ store, live }: Pick<OpenLoopParts, 'store' | 'live'>): Store {
  return {
    ...store,
    async move(move) {
      const moved = await store.move(move)
      if (moved !== null && !isEnded(moved.run)) live.change({ type: 'run', id: moved.run.id })
      return moved
    },
  }
}

function hastening({ named }: HookedRepositories, { wake }: Pick<Loop, 'wake'>) {
  return (repository: string, commit: string | null) => {
    const hooked = named.get(repository.toLowerCase())
    if (hooked === undefined) return
    // What happens to a commit is nothing new of any issue.
    if (commit === null) wake(hooked.name)
    else hooked.hasten(commit)
  }
}

/** The ring of a run that has ended: its key is the run's, for ever. */
function ringOf(
  run: Terminal,
  used: Used,
  { config, clock }: { config: Config; clock: Clock },
): NewRing {
  const request = {
    kind: run.state,
    issue: run.issue,
    threadId: run.threadId,
    ...(run.environmentId !== null && { environmentId: run.environmentId }),
    detail: detailOf(run, used),
    link: pullLink(run) ?? linkInstead(run, config),
    key: `run:${run.id}`,
    endedAt: run.endedAt,
  }
  const ring = renderRing(request, 'loop', {
    links: linksOf(config),
    clock,
    tap: tapOf(config),
  })
  const routing: Routing = { routes: config.routes, channels: Object.keys(config.channels) }
  const channels = route({ ...ring.notification, repo: run.issue.repo }, routing)
  return { ring, fingerprint: fingerprintOf(request), channels, dedupeForMs: Infinity }
}

/** A review is done there, and not in the thread. */
function pullLink(run: Terminal): string | null {
  if (run.state !== 'needs-human' || run.cause !== 'review') return null
  const url = run.where?.request?.url ?? ''
  return /^https?:\/\//.test(url) ? url : null
}

/** Where nobody says where threads live, the issue's page. */
function linkInstead({ issue: { url = '' } }: Terminal, { links }: Config): string | null {
  return links.baseUrl === undefined && /^https?:\/\//.test(url) ? url : null
}
