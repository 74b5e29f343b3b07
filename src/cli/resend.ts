/** `afk resend`: sends a ring again, in a wave of its own; with `--dead` all that some channel gave up. */
import type { z } from 'zod'

import { durationMs } from '../config/duration.ts'
import type { Resent, RingPageView } from '../server/schemas.ts'
import { ask } from './api.ts'
import { wrongly } from './cli-error.ts'
import type { Asked, Command, Io } from './command.ts'

export const resend: Command = {
  name: 'resend',
  usage: 'RING | --dead [--channel C] [--since 24h]',
  summary: 'send a ring again, or all that are dead',
  maxArgs: Infinity,
  options: {
    dead: { type: 'boolean', description: 'every ring that a channel gave up' },
    channel: { type: 'string', value: 'NAME', description: 'only to this channel' },
    since: { type: 'string', value: '24h', description: 'with --dead: only rings this young' },
  },
  examples: [
    'afk resend RING',
    'afk resend --dead --since 24h',
    'afk resend RING --channel terminal',
  ],
  async run(asked, io) {
    if (asked.flag('dead') === asked.args.length > 0)
      throw wrongly('afk resend takes the id of a ring, or --dead')
    const channel = asked.text('channel')
    const targets = asked.flag('dead')
      ? await deadRings(asked, io)
      : asked.args.map((id) => ({ id, channels: [channel] }))
    for (const { id, channels } of targets)
      for (const each of channels) {
        const path = `/v1/rings/${encodeURIComponent(id)}/resend`
        const body = each === undefined ? {} : { channel: each }
        const resent = await ask<z.infer<typeof Resent>>(io, { method: 'POST', path, body })
        io.out(`sent again: ${id}, to ${resent.deliveries.map((owed) => owed.channel).join(', ')}`)
      }
    if (targets.length === 0) io.out('nothing is dead')
    return 0
  },
}

type Page = z.infer<typeof RingPageView>

/** The channels whose last word is a death. A report of another's death is not a word of its own. */
function gaveUp(deliveries: Page['rings'][number]['deliveries']): ReadonlySet<string> {
  const dead = new Set<string>()
  for (const { channel, state, purpose } of deliveries)
    if (state === 'dead') dead.add(channel)
    else if (purpose !== 'report') dead.delete(channel)
  return dead
}

/** Each with the channels that gave it up: where it was heard it is not sent again. */
async function deadRings(asked: Asked, io: Io) {
  const sinceMs = durationMs(asked.text('since') ?? '3650d')
  if (sinceMs === null) throw wrongly('--since takes a duration, such as 24h')
  const found: Array<{ id: string; channels: readonly string[] }> = []
  let cursor = ''
  do {
    const path = `/v1/rings?state=dead&limit=200${cursor && `&cursor=${cursor}`}`
    const page: Page = await ask(io, { method: 'GET', path })
    for (const ring of page.rings) {
      if (Date.now() - Date.parse(ring.acceptedAt) > sinceMs) continue
      const wanted = [...gaveUp(ring.deliveries)]
      const only = asked.text('channel')
      const channels = only === undefined ? wanted : wanted.filter((name) => name === only)
      if (channels.length > 0) found.push({ id: ring.id, channels })
    }
    cursor = page.next ?? ''
  } while (cursor !== '')
  return found
}
