/**
 * The one door for a new ring: renders it, names it, routes it, and has it written down.
 *
 * Resolves once the ring is on disk, and wakes the lanes it is owed to. The same key with the same
 * event is the same ring; with another event, a conflict. Rejects with a `StoreError` if it could not
 * be written, and then nothing was.
 */
import { hash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'

import type { Clock } from '../clock.ts'
import type { TerminalKind } from '../doorbell/kinds.ts'
import type { LinkOptions } from '../doorbell/link.ts'
import { type Issue, renderNotification } from '../doorbell/notification.ts'
import { identityText, type Ring } from '../doorbell/ring.ts'
import { route, type Routing } from '../doorbell/route.ts'
import type { Log } from '../log.ts'
import type { Acceptance, Rings } from '../store/rings.ts'
import { ringId } from './ring-id.ts'

export type RingRequest = {
  readonly kind: TerminalKind
  readonly issue: Issue
  readonly threadId: string | null
  readonly environmentId?: string
  readonly detail: string
  /** Instead of the thread's. */
  readonly link: string | null
  /** Null: this is news of its own. */
  readonly key: string | null
  /** When it became news; default and at the latest: now. */
  readonly endedAt?: number
}

export type IntakeParts = {
  readonly rings: Pick<Rings, 'accept'>
  readonly routing: Routing
  readonly links: LinkOptions
  readonly dedupeForMs: number
  readonly clock: Clock
  readonly wake: (channels: Iterable<string>) => void
  readonly log: Log
}

export type Received = Acceptance & { readonly key: string }

export type Intake = {
  ring(request: RingRequest, source: string): Promise<Received>
  /** To every channel, whatever the routes say. */
  drill(kind: TerminalKind): Promise<Received>
}

export function intake(parts: IntakeParts): Intake {
  const { routing } = parts
  return {
    ring: (request, source) => {
      const ring = renderRing(request, source, parts)
      const { notification, issue } = ring
      const channels = route({ ...notification, repo: issue.repo }, routing)
      return receive({ ring, request, channels }, parts)
    },
    drill: (kind) => {
      const request = { ...drillOf(kind), key: `drill:${uuidv7()}` }
      const ring = renderRing(request, 'drill', parts)
      return receive({ ring, request, channels: routing.channels }, parts)
    },
  }
}

type Rendering = Pick<IntakeParts, 'links' | 'clock'> & {
  /** The link of the ring of an id, instead of any other. */
  readonly tap?: ((ring: string) => string) | null
}

/** The ring that a request would become. Throws what `renderNotification` throws. */
export function renderRing(
  request: RingRequest,
  source: string,
  { links, clock, tap = null }: Rendering,
): Ring {
  const now = clock.now()
  const id = ringId(now)
  const { threadId, issue } = request
  const link = tap === null ? request.link : tap(id)
  const options = link === null ? links : { ...links, link: () => link }
  const notification = renderNotification(request, options)
  return {
    id,
    key: request.key ?? id,
    issue,
    threadId,
    notification,
    source,
    acceptedAt: Math.min(request.endedAt ?? now, now),
  }
}

type New = {
  readonly ring: Ring
  readonly request: RingRequest
  readonly channels: readonly string[]
}

/** What tells the same news from other news under its key. */
export function fingerprintOf({ kind, issue, threadId, detail, link }: RingRequest): string {
  const identity = { kind, repo: issue.repo, number: issue.number, threadId, detail, link }
  return hash('sha256', identityText(identity))
}

async function receive({ ring, request, channels }: New, parts: IntakeParts): Promise<Received> {
  const { rings, dedupeForMs, wake, log, clock } = parts
  const startedAt = clock.monotonic()
  const { kind } = request
  const fingerprint = fingerprintOf(request)
  const [acceptance] = await rings.accept([{ ring, fingerprint, channels, dedupeForMs }])
  if (acceptance === undefined) throw new Error('the store answered for no ring')
  if (acceptance.type === 'accepted') {
    wake(channels)
    const { title } = ring.notification
    const ms = clock.monotonic() - startedAt
    log({ event: 'ring-accepted', ring: ring.id, kind, title, source: ring.source, ms })
  }
  return { ...acceptance, key: ring.key }
}

/** The news of a drill. */
export function drillOf(kind: TerminalKind): RingRequest {
  return {
    kind,
    issue: { repo: 'drill', number: 1 },
    threadId: null,
    detail: 'DRILL: if you read this, the bell reaches you.',
    link: null,
    key: null,
  }
}
