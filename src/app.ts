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
import { page } from './server/page.ts'
import { sessions } from './server/sessions.ts'
import { sqliteStore } from './store/sqlite/store.ts'
import { StoreError } from './store/store-error.ts'
import { type Generation, type Lasting, openParts, startGeneration } from './app/generation.ts'
import { assertGuarded } from './app/guard.ts'
import { type Fetch, listen, type Listener } from './app/listen.ts'
import { spoolFolder, webFolders } from './app/places.ts'

export type RunningNode = {
  /** Where it listens: scheme, host and port. */
  readonly url: string
  /** Goes on with another configuration. Rejects, and keeps the old one, if a channel cannot be opened. */
  reload(config: Config): Promise<void>
  stop(): Promise<void>
}

export type NodeParts = {
  readonly log: Log
  /** Somebody sits in front of it, so that a terminal is a channel. Default false. */
  readonly isAttended?: boolean
}

/** @throws {StoreError} if another node has the store, or it cannot be read. Errors of listening are Node's. */
export async function startNode(config: Config, parts: NodeParts): Promise<RunningNode> {
  const { log } = parts
  const house = await openHouse(config, parts)
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
    const first = await startGeneration(config, openParts(config), { ...lasting, isNew: true })
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
  const loop = arming(config, lasting).armed ? 'armed' : 'disarmed'
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
async function openHouse(config: Config, { log, isAttended = false }: NodeParts): Promise<House> {
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
    sessions: sessions({
      now: systemClock.now,
      newId: () => randomBytes(32).toString('base64url'),
    }),
    page: page(webFolders(import.meta.dirname)),
    startedAt: systemClock.now(),
    isAttended,
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

/**
 * One reload at a time, and none where nothing changed. Until the next generation is there, what comes is
 * accepted by the last. A store that refuses is waited for before anything stops, so that no outcome that
 * waits for it is lost; and should the next generation not start, the last one goes on.
 */
function reloading(first: Config, { lasting, holder }: House) {
  const { store, clock, log } = lasting
  let last = first
  let isStopped = false
  let turn = Promise.resolve()
  const isOver = () => isStopped
  const patiently = waiting({ isOver, log })

  async function begin(config: Config, opened: ReturnType<typeof openParts>) {
    const generation = await patiently(() =>
      startGeneration(config, opened, { ...lasting, isNew: false }),
    )
    holder.generation = generation
    generation.begin()
  }

  async function replace(next: Config) {
    if (isStopped) return
    assertGuarded(next, first)
    const restart = restartKeys(first, next)
    if (JSON.stringify(next) !== JSON.stringify(last)) {
      const opened = openParts(next)
      await patiently(() => store.proveWritable(clock.now()))
      await holder.generation?.stop({ forGood: false })
      try {
        await begin(next, opened)
      } catch (error) {
        if (isOver()) return
        await begin(last, openParts(last))
        throw error
      }
    }
    log({ event: 'node-reloaded', restart })
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

/** What a node holds for its whole life, and would have otherwise. */
function restartKeys(first: Config, next: Config): readonly string[] {
  const keys = ['listen', 'store', 'tracing', 'log'] as const
  return keys.filter((key) => JSON.stringify(first[key]) !== JSON.stringify(next[key]))
}

const retryMs = 1_000

/** Waits for a store that refuses to write, and says so once; not beyond the end of the node. */
function waiting({ isOver, log }: { isOver: () => boolean; log: Log }) {
  return async function patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof StoreError) || isOver()) throw error
        if (tries === 0) log({ event: 'store-refusing', detail: error.message })
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
  }
}

/** Loaded only where it is wanted: it is as large as the rest of the node. */
async function openTracing({ tracing }: Config) {
  if (tracing === undefined) return undefined
  const { startTracing } = await import('./tracing.ts')
  return startTracing(tracing)
}
