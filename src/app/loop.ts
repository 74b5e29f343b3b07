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
import { detailOf } from '../run/proof.ts'
import type { Terminal } from '../run/run.ts'
import type { GithubHooks } from '../server/hooks.ts'
import type { NewRing } from '../store/rings.ts'
import type { Store } from '../store/store.ts'
import { linksOf, loopFolder } from './places.ts'
import { openRepositories } from './repositories.ts'

export type OpenLoop = Loop & {
  readonly desk: Desk
  readonly housekeeper: Housekeeper
  readonly hooks: GithubHooks
}

export type OpenLoopParts = {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Something is owed to these channels. */
  readonly wake: (channels: Iterable<string>) => void
}

const lookEveryMs = 1_000

export function openLoop(config: Config, parts: OpenLoopParts): OpenLoop {
  const { store, clock, log } = parts
  const { repositories, hooks, close } = openRepositories(config, {
    folder: loopFolder(config),
    clock,
  })
  const tell = log
  const driven = driver({
    runs: store,
    policyOf: (repo) => repositories.get(repo)?.policy,
    ringOf: (run, used) => ringOf(run, used, { config, clock }),
    rang: parts.wake,
    owes: (run) => turning.owes(run),
    tell,
  })
  const gate = gatekeeper({ runs: store })
  const turning: Loop = loop({
    runs: store,
    driver: driven,
    gatekeeper: gate,
    repositories,
    clock,
    log,
    tell,
    lookEveryMs,
    pollEveryMs: config.loop.pollEvery,
  })
  const { transcripts: days } = config.retention
  const keeper = housekeeper({ runs: store, repositories, days, tell })
  const sweeping = forgetting({ housekeeper: keeper, clock, log })
  return {
    ...turning,
    housekeeper: keeper,
    hooks: {
      secrets: hooks.secrets,
      hasten(repository, commit) {
        const hooked = hooks.named.get(repository.toLowerCase())
        if (hooked === undefined) return
        if (commit !== null) hooked.hasten(commit)
        turning.wake(hooked.name)
      },
    },
    start() {
      turning.start()
      sweeping.start()
    },
    desk: desk({
      runs: store,
      driver: driven,
      gatekeeper: gate,
      repositories,
      clock,
      tell,
      wake: turning.wake,
    }),
    async stop() {
      sweeping.stop()
      await turning.stop()
      await close()
    },
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
    detail: detailOf(run, used),
    link: linkInstead(run, config),
    key: `run:${run.id}`,
    endedAt: run.endedAt,
  }
  const ring = renderRing(request, 'loop', { links: linksOf(config), clock })
  const routing: Routing = { routes: config.routes, channels: Object.keys(config.channels) }
  const channels = route({ ...ring.notification, repo: run.issue.repo }, routing)
  return { ring, fingerprint: fingerprintOf(request), channels, dedupeForMs: Infinity }
}

/** Where nobody says where threads live, the issue's page. */
function linkInstead({ issue: { url = '' } }: Terminal, { links }: Config): string | null {
  return links.baseUrl === undefined && /^https?:\/\//.test(url) ? url : null
}
