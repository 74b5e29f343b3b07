/**
 * All of a node that follows from its configuration: channels, courier, API, heartbeat, retention.
 *
 * A reload replaces it whole. The store, the address and what is counted outlive it.
 */
import { healthchecks } from '../channels/healthchecks.ts'
import type { Clock } from '../clock.ts'
import { arming } from '../config/arming.ts'
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
import { nodeState } from '../server/node-state.ts'
import { ringRequest } from '../server/ring-request.ts'
import type { Store } from '../store/store.ts'
import { VERSION } from '../version.ts'
import type { Fetch } from './listen.ts'
import { linksOf, threadLinks } from './places.ts'

export type Lasting = {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly live: Live
  readonly metrics: Metrics
  readonly startedAt: number
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

/** `isNew`: the node starts, and does not only reload. Throws what the store throws. */
export async function startGeneration(
  config: Config,
  channels: Channels,
  lasting: Lasting & { readonly isNew: boolean },
): Promise<Generation> {
  const { store, clock, log, isNew } = lasting
  const { routes } = config
  const courier = await startCourier({ store, channels, clock, log, routes, dice: Math.random })
  const { state, ...app } = assemble(config, channels, { ...lasting, courier })
  const { days } = config.retention
  const forgetting = retention({ store, days, clock, log })
  const pulse = openHeartbeat(config, { clock, log, health: state.health, isNew })

  return {
    ...app,
    wake: courier.wake,
    begin() {
      forgetting.start()
      pulse?.start()
    },
    async stop({ forGood }) {
      await Promise.all([forgetting.stop(), pulse?.stop()])
      await courier.stop()
      for (const { channel } of channels.values()) await channel.close()
      if (forGood) await pulse?.sayGoodbye()
      await pulse?.close()
    },
  }
}

type Parts = Lasting & { readonly courier: Courier }

function assemble(config: Config, owed: Channels, parts: Parts) {
  const { store, clock, log, live, metrics, startedAt, wake, courier } = parts
  const channels = [...owed.keys()]
  const { schemes } = config.links
  const armed = arming(config)
  const door = intake({
    rings: store,
    routing: { routes: config.routes, channels },
    links: linksOf(config),
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
    threadLinks: threadLinks(config),
    version: VERSION,
    startedAt,
    now: clock.now,
  })
  const checked = new Map([...owed].map(([name, { channel }]) => [name, channel]))
  const measured = {
    version: VERSION,
    channels,
    isArmed: armed.armed,
    tallies: store.tallies,
    isClosed: (name: string) => courier.gate(name)?.state === 'closed',
    now: clock.now,
  }
  const { fetch } = createApp({
    rings: store,
    intake: door,
    channels,
    schemes,
    now: clock.now,
    open: courier.open,
    wake,
    log,
    live,
    metrics: () => metrics.text(measured),
    tokens: config.tokens,
    state,
    doctor: doctor({ channels: checked, state, open: courier.open }),
    openapi: async () => (await import('../server/openapi.ts')).openapiDocument(),
  })
  const spooled: Generation['spooled'] = (body, endedAt) =>
    door.ring({ ...ringRequest(body, schemes), endedAt }, 'spool')
  return { fetch: fetch as Fetch, spooled, state }
}

type Beating = Pick<Lasting, 'clock' | 'log'> & {
  readonly health: () => Promise<string | null>
  readonly isNew: boolean
}

const maxPingMs = 10_000

function openHeartbeat({ heartbeat: wish }: Config, { isNew, ...parts }: Beating) {
  if (wish === undefined) return undefined
  const everyMs = wish.every
  const far = healthchecks(wish.url, { timeoutMs: Math.min(everyMs, maxPingMs) })
  const beating = heartbeat({ everyMs, ping: far.ping, ...parts }, { isNew })
  return { ...beating, close: far.close }
}
