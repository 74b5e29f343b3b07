/**
 * The composition root: a configuration in, a running node out. The only file that knows every adapter.
 *
 * A node holds its store alone, takes up the spool, delivers what is owed, and answers HTTP. Stopping
 * it refuses new requests first, then lets tries finish, then closes the store.
 */
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { serve } from '@hono/node-server'

import type { Channel } from './channels/channel.ts'
import { ntfy } from './channels/ntfy/ntfy.ts'
import { slackBot, slackWebhook } from './channels/slack/slack.ts'
import { terminal } from './channels/terminal.ts'
import { webhook } from './channels/webhook/webhook.ts'
import { systemClock } from './clock.ts'
import { arming } from './config/arming.ts'
import type { ChannelConfig, Config } from './config/schema.ts'
import { type Courier, type CourierChannel, startCourier } from './delivery/courier.ts'
import { intake } from './delivery/intake.ts'
import { takeUp } from './delivery/spool.ts'
import type { LinkOptions } from './doorbell/link.ts'
import type { Log } from './log.ts'
import { createApp } from './server/app.ts'
import { doctor } from './server/doctor.ts'
import { nodeState } from './server/node-state.ts'
import { ringRequest } from './server/ring-request.ts'
import { sqliteStore } from './store/sqlite/store.ts'
import { VERSION } from './version.ts'

export type RunningNode = {
  /** Where it listens: scheme, host and port. */
  readonly url: string
  stop(): Promise<void>
}

/** @throws {StoreError} if another node has the store, or it cannot be read. Errors of listening are Node's. */
export async function startNode(
  config: Config,
  { log }: { readonly log: Log },
): Promise<RunningNode> {
  const { path, groupCommit } = config.store
  const channels = openChannels(config)
  const store = sqliteStore({ path, groupCommit })
  const closeAll = async () => {
    await store.close()
    for (const { channel } of channels.values()) await channel.close()
  }
  let courier: Courier | undefined
  try {
    const shared = { store, channels, clock: systemClock, log }
    courier = await startCourier({ ...shared, routes: config.routes, dice: Math.random })
    const app = assemble(config, { ...shared, courier })
    const folder = spoolFolder(config)
    await takeUp({ folder, ring: app.spooled, log })
    const { url, close } = await listen(app.fetch, config.listen)
    log({
      event: 'node-started',
      at: url,
      store: path,
      loop: arming(config).armed ? 'armed' : 'disarmed',
    })
    return {
      url,
      async stop() {
        await close()
        await courier?.stop()
        await closeAll()
        log({ event: 'node-stopped' })
      },
    }
  } catch (error) {
    await courier?.stop()
    await closeAll()
    throw error
  }
}

/** Each configured channel, ready to send; nothing is connected yet. */
export function openChannels({ channels }: Config): ReadonlyMap<string, CourierChannel> {
  const opened = Object.entries(channels).map(([name, config]) => {
    const channel = openChannel(config)
    const { concurrency, timeout: timeoutMs } = config
    const pace = config.pace ?? channel.pace ?? unpaced
    const credential = createHash('sha256')
      .update(JSON.stringify(config))
      .digest('hex')
      .slice(0, 32)
    return [name, { channel, concurrency, timeoutMs, pace, credential }] as const
  })
  return new Map(opened)
}

/** Links to threads only where it is configured where threads live. */
export function linksOf({ links }: Config): LinkOptions {
  const { baseUrl, template, schemes } = links
  return baseUrl === undefined
    ? { link: () => null, schemes }
    : { baseUrl, link: template, schemes }
}

export function spoolFolder({ store }: Config): string {
  return join(dirname(store.path), 'spool')
}

/** How long requests that came before the stop may take. */
const lastAnswersMs = 1_000

const unpaced = { burst: 1_000, everyMs: 0 }

function openChannel(config: ChannelConfig): Channel {
  switch (config.type) {
    case 'ntfy': {
      const { server, topic, token, priorities } = config
      return ntfy({ server, topic, priorities, ...(token !== undefined && { token }) })
    }
    case 'slack':
      return openSlack(config)
    case 'webhook':
      return webhook(config)
    case 'terminal':
      return terminal()
  }
}

/** The schema has seen to it that it is one or the other, whole. */
function openSlack(config: Extract<ChannelConfig, { type: 'slack' }>): Channel {
  const { token = '', channel = '', webhookUrl: url, dialect, mention, apiUrl } = config
  if (url === undefined) return slackBot({ token, channel, mention, apiUrl })
  return slackWebhook({ url, mention, ...(dialect !== undefined && { dialect }) })
}

type Shared = Pick<Parameters<typeof startCourier>[0], 'store' | 'channels' | 'clock' | 'log'> & {
  readonly courier: Courier
}

function assemble(config: Config, { store, channels, clock, log, courier }: Shared) {
  const names = [...channels.keys()]
  const { schemes } = config.links
  const door = intake({
    rings: store,
    routing: { routes: config.routes, channels: names },
    links: linksOf(config),
    dedupeForMs: config.dedupeFor,
    clock,
    wake: courier.wake,
    log,
  })
  const state = nodeState({
    store,
    courier,
    channels: new Map([...channels].map(([name, { channel }]) => [name, channel.type])),
    arming: arming(config),
    threadLinks: threadLinks(config),
    version: VERSION,
    startedAt: clock.now(),
    now: clock.now,
  })
  const checked = new Map([...channels].map(([name, { channel }]) => [name, channel]))
  const { fetch } = createApp({
    rings: store,
    intake: door,
    channels: names,
    schemes,
    now: clock.now,
    open: courier.open,
    wake: courier.wake,
    log,
    tokens: config.tokens,
    state,
    doctor: doctor({ channels: checked, state, open: courier.open }),
    openapi: async () => (await import('./server/openapi.ts')).openapiDocument(),
  })
  const spooled = (body: unknown, endedAt: number) =>
    door.ring({ ...ringRequest(body, schemes), endedAt }, 'spool')
  return { fetch, spooled }
}

function threadLinks({ links: { baseUrl, template } }: Config): string {
  if (baseUrl === undefined) return 'none: links.baseUrl is not set (AFK_BASE_URL)'
  return `by ${template}, below ${new URL(baseUrl).origin}`
}

type Fetch = (request: Request) => Response | Promise<Response>

function listen(fetch: Fetch, { host, port }: Config['listen']) {
  return new Promise<{ url: string; close: () => Promise<void> }>((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, (address) => {
      server.off('error', reject)
      const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address
      const close = () =>
        new Promise<void>((done) => {
          server.close(() => done())
          if (!('closeAllConnections' in server)) return
          server.closeIdleConnections()
          // A client that is silent, or half-way through, ends no node.
          setTimeout(() => server.closeAllConnections(), lastAnswersMs).unref()
        })
      resolve({ url: `http://${shown}:${address.port}`, close })
    })
    server.once('error', reject)
  })
}
