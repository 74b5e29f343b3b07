/**
 * The HTTP API of a node in-process: a real store in a folder of its own, a real courier, and channels
 * that write down what they are sent. Gone when the test is over.
 */
import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { z } from 'zod'

import type { Message } from '../src/channels/channel.ts'
import { channel } from '../src/channels/sender.ts'
import { systemClock } from '../src/clock.ts'
import { arming } from '../src/config/arming.ts'
import { parseConfig } from '../src/config/load.ts'
import { startCourier } from '../src/delivery/courier.ts'
import { intake } from '../src/delivery/intake.ts'
import type { LinkOptions } from '../src/doorbell/link.ts'
import type { Outcome } from '../src/doorbell/outcome.ts'
import type { Route } from '../src/doorbell/route.ts'
import type { Kept } from '../src/executors/executor.ts'
import type { LogEvent } from '../src/log.ts'
import type { Run } from '../src/run/run.ts'
import type { TrackedIssue } from '../src/trackers/tracker.ts'
import { createApp } from '../src/server/app.ts'
import type { Tokens } from '../src/server/auth.ts'
import { doctor } from '../src/server/doctor.ts'
import { live } from '../src/server/live.ts'
import { metrics } from '../src/server/metrics.ts'
import { nodeState, type NodeStateParts } from '../src/server/node-state.ts'
import { openapiDocument } from '../src/server/openapi.ts'
import { page } from '../src/server/page.ts'
import { sessions } from '../src/server/sessions.ts'
import type { SqliteOptions } from '../src/store/sqlite/store.ts'
import { standInLoop } from './loop-stand-ins.ts'
import { openStore } from './temporary.ts'

type BellOptions = {
  readonly tokens?: Tokens
  /** By name, how each answers. Default: `phone`, which accepts. */
  readonly channels?: Readonly<Record<string, () => Outcome>>
  readonly routes?: readonly Route[]
  readonly links?: LinkOptions
  readonly store?: Partial<SqliteOptions>
  readonly openapi?: () => Promise<object>
  readonly isFull?: boolean
  /** What the tracker of `infra` has. Default: the loop is disarmed. */
  readonly issues?: readonly TrackedIssue[]
  /** Secrets of GitHub's webhooks; what they hasten is told in `hastened`. */
  readonly hookSecrets?: readonly string[]
  /** Whether the page of a run's thread shows it. Default: each does. */
  readonly landsAt?: (run: Run) => Promise<boolean>
  readonly github?: NodeStateParts['github']
  /** Where its page is. Default: none was built. */
  readonly web?: string
  /** The worktrees that its executor has kept. */
  readonly kept?: Kept[]
}

export type Bell = Awaited<ReturnType<typeof bell>>

export const dedupeForMs = 60_000

export const accepts = (): Outcome => ({ type: 'accepted', reference: 'taken' })

export async function bell(options: BellOptions = {}) {
  const { tokens = {}, routes = [], links = { baseUrl: 'https://t3.test' } } = options
  const { channels: answers = { phone: accepts } } = options
  const store = openStore(options.store)
  const [sent, events] = [new Map<string, Message[]>(), [] as LogEvent[]]
  const counted = metrics()
  const stream = live({ clock: systemClock, boot: 'boot' })
  onTestFinished(stream.close)
  const log = (event: LogEvent) => {
    events.push(event)
    counted.tell(event)
    stream.tell(event)
  }
  let aheadMs = 0
  const clock = {
    now: () => Date.now() + aheadMs,
    monotonic: systemClock.monotonic,
    wakeAt: (at: number, wake: () => void) => systemClock.wakeAt(at - aheadMs, wake),
  }
  const owed = new Map(
    Object.entries(answers).map(([name, answer]) => {
      sent.set(name, [])
      const recording = recorder(answer, (message) => sent.get(name)?.push(message))
      const pace = { burst: 1_000, everyMs: 0 }
      return [name, { channel: recording, concurrency: 4, timeoutMs: 5_000, pace, credential: 'c' }]
    }),
  )
  const courier = await startCourier({ store, channels: owed, routes, clock, dice: () => 0, log })
  onTestFinished(() => courier.stop())
  const channels = [...owed.keys()]
  const { wake, open } = courier
  const { loop, ...stands } = standInLoop({
    store,
    clock,
    links,
    wake,
    issues: options.issues,
    kept: options.kept ?? [],
  })
  const armed = { armed: true, missing: [] }
  const state = nodeState({
    store,
    courier,
    channels: new Map(channels.map((name) => [name, 'recorder'])),
    github: options.github ?? (() => []),
    arming: loop.desk === null ? arming(parseConfig('', { file: null, env: {} })) : armed,
    threadLinks: 'by thread-query, below https://t3.test',
    version: '1.2.3',
    startedAt: clock.now(),
    now: clock.now,
  })
  const measured = {
    version: '1.2.3',
    channels,
    isArmed: false,
    tallies: store.tallies,
    isClosed: (name: string) => courier.gate(name)?.state === 'closed',
    now: clock.now,
  }
  const routing = { routes, channels }
  const hastened: Array<readonly [string, string | null]> = []
  const app = createApp({
    rings: store,
    bell: store,
    intake: intake({ rings: store, routing, links, dedupeForMs, clock, wake, log }),
    channels,
    schemes: [],
    links,
    landsAt: options.landsAt ?? (async () => true),
    clock,
    now: clock.now,
    open,
    wake,
    log,
    tokens,
    sessions: sessions({ now: clock.now, newId: randomUUID }),
    page: page(options.web === undefined ? [] : [options.web]),
    state,
    loop,
    doctor: doctor({
      channels: new Map(),
      repositories: () => ({ repositories: new Map(), close: async () => {} }),
      links: async () => [],
      state,
      open,
      clock,
    }),
    hooks: {
      secrets: options.hookSecrets ?? [],
      hasten: (repository, commit) => void hastened.push([repository, commit]),
    },
    live: { ...stream, isFull: () => options.isFull ?? false },
    metrics: () => counted.text(measured),
    openapi: options.openapi ?? (async () => openapiDocument()),
  })
  return {
    app,
    store,
    courier,
    events,
    hastened,
    ...stands,
    /** Lets time pass for the whole node. */
    later: (ms: number) => void (aheadMs += ms),
    sent: (name = 'phone'): readonly Message[] => sent.get(name) ?? [],
    ...asking(app),
  }
}

function recorder(answer: () => Outcome, write: (message: Message) => void) {
  return channel({
    type: 'recorder',
    async send(message) {
      write(message)
      return answer()
    },
    check: async () => [{ type: 'good', what: 'writes down' }],
    close: async () => {},
  })
}

type Headers = Readonly<Record<string, string>>

/** From this machine, unless the headers say otherwise. */
function asking(app: ReturnType<typeof createApp>) {
  const request = async (path: string, init: RequestInit & { headers?: Headers } = {}) =>
    app.request(path, { ...init, headers: { host: '127.0.0.1:7333', ...init.headers } })
  return {
    request,
    get: (path: string, headers: Headers = {}) => request(path, { headers }),
    /** An object is sent as JSON, a string as it is. */
    post: (path: string, body: unknown = '', headers: Headers = {}) =>
      request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}

/** The answer's body, which holds all that its schema says and nothing more. */
export async function read<T extends z.ZodType>(
  schema: T,
  response: Response,
): Promise<z.infer<T>> {
  const body: unknown = await response.json()
  const parsed = schema.parse(body)
  if (JSON.stringify(sorted(parsed)) !== JSON.stringify(sorted(body)))
    throw new Error(`more than its schema says: ${JSON.stringify(body)}`)
  return parsed
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([key, each]) => [key, sorted(each)])
}

/** A ring that is right, with a change of it. */
export function ringBody(more: object = {}) {
  return {
    kind: 'needs-human',
    issue: { repo: 'acme/web', number: 7 },
    threadId: 't-1',
    detail: 'tests fail',
    ...more,
  }
}
