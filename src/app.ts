/**
 * A running node: a configuration in, an address out.
 *
 * A node holds its store alone, takes up the spool, delivers what is owed, and answers HTTP. A reload
 * keeps the store and the address, lets tries finish, and goes on with another configuration; what came
 * meanwhile is accepted and waits. Stopping it refuses new requests first, then lets tries finish, then
 * closes the store.
 */
import { randomBytes } from 'node:crypto'

import { systemClock } from './clock.ts'
import { arming } from './config/arming.ts'
import type { Config } from './config/schema.ts'
import { takeUp } from './delivery/spool.ts'
import type { Log } from './log.ts'
import { live } from './server/live.ts'
import { metrics } from './server/metrics.ts'
import { sqliteStore } from './store/sqlite/store.ts'
import { StoreError } from './store/store-error.ts'
import { openChannels } from './app/channels.ts'
import { type Generation, type Lasting, startGeneration } from './app/generation.ts'
import { type Fetch, listen, type Listener } from './app/listen.ts'
import { spoolFolder } from './app/places.ts'

export type RunningNode = {
  /** Where it listens: scheme, host and port. */
  readonly url: string
  /** Goes on with another configuration. Rejects, and keeps the old one, if a channel cannot be opened. */
  reload(config: Config): Promise<void>
  stop(): Promise<void>
}

/** @throws {StoreError} if another node has the store, or it cannot be read. Errors of listening are Node's. */
export async function startNode(config: Config, { log }: { log: Log }): Promise<RunningNode> {
  const house = await openHouse(config, log)
  const { lasting, holder } = house
  const tell = lasting.log
  let listener: Listener | undefined
  const closeAll = async () => {
    lasting.live.close()
    await listener?.close()
    await holder.generation?.stop({ forGood: true })
    await house.close()
  }
  try {
    const first = await startGeneration(config, openChannels(config), { ...lasting, isNew: true })
    holder.generation = first
    await takeUp({ folder: spoolFolder(config), ring: first.spooled, log: tell })
    const fetch: Fetch = (request, env) => (holder.generation ?? first).fetch(request, env)
    listener = await listen(fetch, config.listen)
    first.begin()
  } catch (error) {
    await closeAll()
    throw error
  }
  const { url } = listener
  const loop = arming(config).armed ? 'armed' : 'disarmed'
  tell({ event: 'node-started', at: url, store: config.store.path, loop })
  const { reload, stop } = reloading(config, house)
  return {
    url,
    reload,
    async stop() {
      await stop()
      await closeAll()
      log({ event: 'node-stopped' })
    },
  }
}

type Holder = { generation: Generation | undefined }

type House = {
  readonly lasting: Lasting
  readonly holder: Holder
  close(): Promise<void>
}

/** What outlives every reload. */
async function openHouse(config: Config, log: Log): Promise<House> {
  const tracing = await openTracing(config)
  const counted = metrics()
  const stream = live({ clock: systemClock, boot: randomBytes(6).toString('base64url') })
  const { path, groupCommit } = config.store
  const store = sqliteStore({ path, groupCommit })
  const holder: Holder = { generation: undefined }
  const lasting: Lasting = {
    store,
    clock: systemClock,
    log(event) {
      log(event)
      counted.tell(event)
      stream.tell(event)
      tracing?.tell(event)
    },
    live: stream,
    metrics: counted,
    startedAt: systemClock.now(),
    wake: (channels) => holder.generation?.wake(channels),
  }
  return {
    lasting,
    holder,
    async close() {
      await store.close()
      await tracing?.stop()
    },
  }
}

/** One reload at a time. Until the next generation is there, what comes is accepted by the last. */
function reloading(config: Config, { lasting, holder }: House) {
  let last = config
  let isStopped = false
  let turn = Promise.resolve()

  async function replace(next: Config) {
    if (isStopped) return
    const channels = openChannels(next)
    await holder.generation?.stop({ forGood: false })
    const started = await patiently(() =>
      startGeneration(next, channels, { ...lasting, isNew: false }),
    )
    holder.generation = started
    started.begin()
    lasting.log({ event: 'node-reloaded', restart: restartKeys(last, next) })
    last = next
  }

  return {
    reload(next: Config): Promise<void> {
      const mine = turn.then(() => replace(next))
      turn = mine.catch(() => {})
      return mine
    },
    async stop() {
      isStopped = true
      await turn
    },
  }
}

/** What a node holds for its whole life. */
function restartKeys(last: Config, next: Config): readonly string[] {
  const keys = ['listen', 'store', 'tracing', 'log'] as const
  return keys.filter((key) => JSON.stringify(last[key]) !== JSON.stringify(next[key]))
}

const retryMs = 1_000

/** A store that refuses to write while a node reloads is waited for, as ever. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}

/** Loaded only where it is wanted: it is as large as the rest of the node. */
async function openTracing({ tracing }: Config) {
  if (tracing === undefined) return undefined
  const { startTracing } = await import('./tracing.ts')
  return startTracing(tracing)
}
