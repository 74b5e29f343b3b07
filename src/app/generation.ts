/**
 * All of a node that follows from its configuration: channels, courier, API, heartbeat, retention.
 *
 * A reload replaces it whole. The store, the address and what is counted outlive it.
 */
import { type Healthchecks, healthchecks } from '../channels/healthchecks.ts'
import type { Clock } from '../clock.ts'
import { arming } from '../config/arming.ts'
import { enrolled } from '../config/enrolled.ts'
import type { Config } from '../config/schema.ts'
import { type Courier, type CourierChannel, startCourier } from '../delivery/courier.ts'
import { heartbeat } from '../delivery/heartbeat.ts'
import { intake } from '../delivery/intake.ts'
import { retention } from '../delivery/retention.ts'
import type { Log } from '../log.ts'
import { createApp } from '../server/app.ts'
import { doctor } from '../server/doctor.ts'
import type { Live } from '../server/live.ts'
import type { Metrics } from '../server/metrics.ts'
import type { Page } from '../server/page.ts'
import { type NodeState, nodeState } from '../server/node-state.ts'
import { ringRequest } from '../server/ring-request.ts'
import type { Sessions } from '../server/sessions.ts'
import type { Store } from '../store/store.ts'
import { VERSION } from '../version.ts'
import { openChannels } from './channels.ts'
import type { Fetch } from './listen.ts'
import { type OpenLoop, openLoop } from './loop.ts'
import { linksOf, loopFolder, threadLinks } from './places.ts'
import { openRepositories } from './repositories.ts'
import { t3Clients } from './t3.ts'
import { type LandsAt, threadPages } from './thread-pages.ts'
import { tryLinks } from './try-links.ts'

export type Lasting = {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly live: Live
  readonly metrics: Metrics
  readonly sessions: Sessions
  readonly page: Page
  readonly startedAt: number
  /** Somebody sits in front of it. */
  readonly isAttended: boolean
  /** Of whichever generation there is then. */
  readonly wake: Courier['wake']
}

export type Generation = {
  readonly fetch: Fetch
  readonly wake: Courier['wake']
  readonly spooled: (
    body: unknown,
    endedAt: number,
  ) => ReturnType<ReturnType<typeof intake>['ring']>
  /** What it does by itself beside delivering: only once the node is there to be found. */
  begin(): void
  stop(how: { readonly forGood: boolean }): Promise<void>
}

type Channels = ReadonlyMap<string, CourierChannel>

/** All of it that can turn out to be wrong, before anything of the last generation stops. */
export type Opened = { readonly channels: Channels; readonly far: Healthchecks | undefined }

/** Throws a `TypeError` where a part cannot be made. Nothing is connected yet. */
export function openParts(config: Config): Opened {
  return { channels: openChannels(config), far: openFar(config) }
}

/** `isNew`: the node starts, and does not only reload. Throws what the store throws, and leaves nothing running. */
export async function startGeneration(
  config: Config,
  { channels, far }: Opened,
  lasting: Lasting & { readonly isNew: boolean },
): Promise<Generation> {
  const { store, clock, log, isNew } = lasting
  const { routes } = config
  const turning = arming(config, lasting).armed ? openLoop(config, lasting) : null
  const courier = await startCourier({ store, channels, clock, log, routes, dice: Math.random })
  // Where no loop has a client of T3 Code already, those who tap share one.
  const t3 = t3Clients(clock)
  const landsAt = turning?.landsAt ?? threadPages(config, t3)
  const { state, ...app } = assemble(config, channels, { ...lasting, courier, turning, landsAt })
  const { days } = config.retention
  const forgetting = retention({ store, days, clock, log })
  const pulse = far && pulseOf(config, far, { clock, log, health: state.health, isNew })
  let hasBegun = false

  return {
    ...app,
    wake: courier.wake,
    begin() {
      hasBegun = true
      forgetting.start()
      turning?.start()
      pulse?.start()
    },
    async stop({ forGood }) {
      // A far side that hangs holds nobody up: its connections go when all else has stopped.
      const isQuiet = pulse?.stop()
      await Promise.all([forgetting.stop(), turning?.stop(), courier.stop()])
      for (const { channel } of channels.values()) await channel.close()
      if (forGood && hasBegun) await Promise.race([pulse?.sayGoodbye(), pause(goodbyeMs)])
      await Promise.all([far?.close(), t3.close()])
      await isQuiet
    },
  }
}

const goodbyeMs = 1_500

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

type Parts = Lasting & {
  readonly courier: Courier
  readonly turning: OpenLoop | null
  readonly landsAt: LandsAt
}

function assemble(config: Config, owed: Channels, parts: Parts) {
  const { store, clock, log, live, metrics, startedAt, wake, courier, turning } = parts
  const channels = [...owed.keys()]
  const { schemes } = config.links
  const links = linksOf(config)
  const armed = arming(config, parts)
  const door = intake({
    rings: store,
    routing: { routes: config.routes, channels },
    links,
    dedupeForMs: config.dedupeFor,
    clock,
    wake,
    log,
  })
  const state = nodeState({
    store,
    courier,
    channels: new Map([...owed].map(([name, { channel }]) => [name, channel.type])),
    arming: armed,
    github: turning?.github ?? (() => []),
    threadLinks: threadLinks(config),
    version: VERSION,
    startedAt,
    now: clock.now,
  })
  const measured = { ...measuredOf(parts), channels, isArmed: armed.armed }
  const { fetch } = createApp({
    rings: store,
    bell: store,
    intake: door,
    channels,
    schemes,
    links,
    landsAt: parts.landsAt,
    clock,
    now: clock.now,
    open: courier.open,
    wake,
    log,
    live,
    metrics: () => metrics.text(measured),
    tokens: config.tokens,
    sessions: parts.sessions,
    page: parts.page,
    state,
    loop: control(turning, { store, now: clock.now, config }),
    doctor: doctorOf(config, owed, { ...parts, state }),
    hooks: turning?.hooks ?? { secrets: [], hasten: () => {} },
    openapi: async () => (await import('../server/openapi.ts')).openapiDocument(),
  })
  const spooled: Generation['spooled'] = (body, endedAt) =>
    door.ring({ ...ringRequest(body, schemes), endedAt }, 'spool')
  return { fetch: fetch as Fetch, spooled, state }
}

function measuredOf({ store, courier, clock }: Parts) {
  return {
    version: VERSION,
    tallies: store.tallies,
    isClosed: (name: string) => courier.gate(name)?.state === 'closed',
    now: clock.now,
  }
}

/** The repositories are those of the loop that runs; else they are open for as long as somebody looks at them. */
function doctorOf(config: Config, owed: Channels, parts: Parts & { readonly state: NodeState }) {
  const { store, turning, landsAt, courier, state, clock } = parts
  const open = () => openRepositories(config, { folder: loopFolder(config), clock })
  return doctor({
    channels: new Map([...owed].map(([name, { channel }]) => [name, channel])),
    repositories: () => turning?.opened ?? open(),
    links: () => tryLinks({ config, store, landsAt, clock }),
    state,
    open: courier.open,
    clock,
  })
}

type Controlling = {
  readonly store: Store
  readonly now: () => number
  readonly config: Config
}

/** Pausing works also where the loop is disarmed: it holds from the moment it is armed. */
function control(turning: OpenLoop | null, { store, now, config }: Controlling) {
  const limits = new Map(enrolled(config.loop).repos.map((repo) => [repo.name, repo.limits]))
  return {
    desk: turning?.desk ?? null,
    housekeeper: turning?.housekeeper ?? null,
    runs: store,
    pause: (scope: string, by: string) =>
      turning === null ? store.pause({ scope, at: now(), by }) : turning.pause(scope, by),
    resume: (scope: string, by: string) =>
      turning === null ? store.resume(scope) : turning.resume(scope, by),
    limitsOf: (repo: string) => limits.get(repo),
  }
}

type Beating = Pick<Lasting, 'clock' | 'log'> & {
  readonly health: () => Promise<string | null>
  readonly isNew: boolean
}

const maxPingMs = 10_000

function openFar({ heartbeat: wish }: Config): Healthchecks | undefined {
  return wish && healthchecks(wish.url, { timeoutMs: Math.min(wish.every, maxPingMs) })
}

function pulseOf({ heartbeat: wish }: Config, { ping }: Healthchecks, beating: Beating) {
  const { isNew, ...parts } = beating
  return wish && heartbeat({ everyMs: wish.every, ping, ...parts }, { isNew })
}
