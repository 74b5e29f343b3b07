/** Without a node: one try for each channel. Nothing is kept and nothing repeated. */
import { v7 as uuidv7 } from 'uuid'

import { openChannels } from '../app/channels.ts'
import { linksOf } from '../app/places.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/schema.ts'
import { handleFor } from '../delivery/handle.ts'
import { drillOf, renderRing, type RingRequest } from '../delivery/intake.ts'
import type { Outcome } from '../doorbell/outcome.ts'
import { notesFor, type Ring } from '../doorbell/ring.ts'
import { route } from '../doorbell/route.ts'
import type { Io } from './command.ts'

export type Sent = {
  readonly channel: string
  readonly outcome: Outcome['type']
  readonly detail: string | null
}

/** To the channels that the routes name. */
export function ringNow(config: Config, request: RingRequest): Promise<readonly Sent[]> {
  const ring = rendered(config, request, 'direct')
  const { notification, issue } = ring
  const routing = { routes: config.routes, channels: Object.keys(config.channels) }
  return send({ config, ring, to: route({ ...notification, repo: issue.repo }, routing) })
}

/** To every channel, whatever the routes say, as a node's drill. */
export function drillNow(config: Config): Promise<readonly Sent[]> {
  const ring = rendered(config, { ...drillOf('needs-human'), key: `drill:${uuidv7()}` }, 'drill')
  return send({ config, ring, to: Object.keys(config.channels) })
}

/** Says how each channel answered. True: all of them took it. */
export function tellSent(sent: readonly Sent[], io: Pick<Io, 'out' | 'err'>): boolean {
  for (const { channel, outcome, detail } of sent)
    if (outcome === 'accepted') io.out(`${channel}: accepted`)
    else io.err(`afk: ${channel}: ${outcome}: ${detail}`)
  return sent.every(({ outcome }) => outcome === 'accepted')
}

function rendered(config: Config, request: RingRequest, source: string): Ring {
  return renderRing(request, source, { links: linksOf(config), clock: systemClock })
}

type Sending = { readonly config: Config; readonly ring: Ring; readonly to: readonly string[] }

async function send({ config, ring, to }: Sending): Promise<readonly Sent[]> {
  const channels = openChannels(config)
  const sent: Sent[] = []
  for (const name of to) {
    const owed = channels.get(name)
    if (owed === undefined) continue
    const handle = handleFor({ key: ring.key, channel: name, wave: 0 })
    const notes = notesFor(ring, ring.acceptedAt)
    const { notification } = ring
    const message = { notification, notes, handle, ring, mayHaveArrivedSince: null }
    const outcome = await owed.channel.send(message, AbortSignal.timeout(owed.timeoutMs))
    await owed.channel.close()
    const detail = outcome.type === 'accepted' ? null : outcome.detail
    sent.push({ channel: name, outcome: outcome.type, detail })
  }
  return sent
}
