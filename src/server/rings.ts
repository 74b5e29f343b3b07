/**
 * The routes of rings: post one, list them, tell one's story, acknowledge, send again.
 *
 * A ring is answered 202 once it is on disk. The same key with the same event is answered 200 with the
 * first ring's id; with another event 409. Nothing that is answered otherwise was written.
 */
import { type Context, Hono } from 'hono'
import type { z } from 'zod'

import type { Intake } from '../delivery/intake.ts'
import { oneLine } from '../doorbell/text.ts'
import { ApiError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { RingStory, Rings } from '../store/rings.ts'
import type { Asked } from './auth.ts'
import { toCursor, toSeq } from './cursor.ts'
import { parseWith, readJson } from './read-body.ts'
import { ringRequest } from './ring-request.ts'
import { AckBody, ResendBody, RingsQuery } from './schemas.ts'
import { acknowledgedView, owedView, ringSummary, ringView } from './views.ts'

export type RingRoutes = {
  readonly rings: Pick<Rings, 'story' | 'list' | 'acknowledge' | 'resend'>
  readonly intake: Intake
  readonly channels: readonly string[]
  readonly schemes: readonly string[]
  readonly now: () => number
  /** A person wants this channel used: a closed one is opened. */
  readonly open: (channel: string) => Promise<void>
  readonly wake: (channels: Iterable<string>) => void
  readonly log: Log
}

export function ringRoutes(parts: RingRoutes) {
  const { rings, intake, schemes } = parts
  return new Hono<Asked>()
    .post('/', async (c) => {
      const request = ringRequest(await readJson(c), schemes)
      const received = await intake.ring(request, c.get('source'))
      if (received.type === 'conflict') throw new ApiError('key_conflict')
      const { id, key } = received
      const duplicate = received.type === 'duplicate'
      const deliveries = owedView(received.owed)
      return c.json({ id, key, duplicate, deliveries }, duplicate ? 200 : 202)
    })
    .get('/', async (c) => {
      const { kind = null, state = null, limit, cursor } = parseQuery(c)
      const page = await rings.list({ kind, state, limit, before: toSeq(cursor) })
      return c.json({ rings: page.rings.map(ringSummary), next: toCursor(page.next) })
    })
    .get('/:id', async (c) => c.json(ringView(await storyOf(c.req.param('id'), rings))))
    .post('/:id/ack', (c) => acknowledge(c, c.req.param('id'), parts))
    .post('/:id/resend', (c) => resend(c, c.req.param('id'), parts))
}

function parseQuery(c: Context): z.infer<typeof RingsQuery> {
  return parseWith(RingsQuery, c.req.query(), 'invalid_query')
}

async function storyOf(id: string, rings: Pick<Rings, 'story'>): Promise<RingStory> {
  const story = await rings.story(id)
  if (story === undefined) throw new ApiError('ring_not_found')
  return story
}

async function acknowledge(c: Context<Asked>, id: string, { rings, now, log }: RingRoutes) {
  const { by = c.get('source'), note } = parseWith(AckBody, await readJson(c), 'invalid_body')
  const known = await rings.acknowledge(id, { at: now(), by, note: note ?? null })
  if (!known) throw new ApiError('ring_not_found')
  log({ event: 'ring-acknowledged', ring: id, by: oneLine(by) })
  const { acknowledged } = await storyOf(id, rings)
  return c.json({ id, acknowledged: acknowledged && acknowledgedView(acknowledged) })
}

async function resend(c: Context<Asked>, id: string, parts: RingRoutes) {
  const { rings, channels, now, open, wake, log } = parts
  const { channel } = parseWith(ResendBody, await readJson(c), 'invalid_body')
  if (channel !== undefined && !channels.includes(channel)) throw new ApiError('channel_not_found')
  const { deliveries } = await storyOf(id, rings)
  const owedTo = channels.filter((name) => deliveries.some((each) => each.channel === name))
  const chosen = channel === undefined ? owedTo : [channel]
  const targets = chosen.length > 0 ? chosen : channels
  const owed = await rings.resend({ id, channels: targets, now: now() })
  log({ event: 'ring-resent', ring: id, by: c.get('source'), channels: targets })
  wake(targets)
  for (const target of targets) void open(target)
  return c.json({ id, deliveries: owedView(owed) }, 202)
}
