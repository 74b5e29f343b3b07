/**
 * The route of a tap: a ring's link that goes by this node, to whichever of its pages opens now.
 *
 * Of a run's ring: the thread where whoever runs the agents answers and shows it, else the issue, else the pull
 * request; of any other the link it came with. What gives no answer within three seconds shows nothing. Whoever
 * taps needs no token, and nothing changes: a preview that opens every link does no harm. It leads to the pages of
 * that ring and its run, and nowhere else; by http(s), or a scheme that its owner allowed.
 */
import { Hono } from 'hono'

import type { Clock } from '../clock.ts'
import { isSafeLink, type LinkOptions } from '../doorbell/link.ts'
import type { Ring } from '../doorbell/ring.ts'
import type { Run } from '../run/run.ts'
import { pagesOf } from '../run/run-pages.ts'
import type { Rings } from '../store/rings.ts'
import type { Runs } from '../store/runs.ts'

export type TapRoutes = {
  readonly rings: Pick<Rings, 'story'>
  readonly loop: { readonly runs: Pick<Runs, 'run'> }
  readonly links: LinkOptions
  /** Whether whoever opens the link of the run's thread now is shown it. */
  readonly landsAt: (run: Run) => Promise<boolean>
  readonly clock: Clock
}

const patienceMs = 3_000

export function tapRoutes(parts: TapRoutes) {
  return new Hono().get('/:ring', async (c) => {
    c.header('cache-control', 'no-store')
    c.header('referrer-policy', 'no-referrer')
    const story = await parts.rings.story(c.req.param('ring'))
    if (story === undefined) return c.text('No ring has this id, or it was forgotten.\n', 404)
    const page = await pageOf(story.ring, parts)
    if (page === null) return c.text('This ring has no page to open now.\n', 404)
    // A header takes what a URL is made of, and no more.
    return c.redirect(new URL(page).href, 302)
  })
}

async function pageOf(ring: Ring, parts: TapRoutes): Promise<string | null> {
  const [, id] = /^run:(.+)$/.exec(ring.key) ?? []
  // Only the node itself can name a run in a ring's key.
  const run = id === undefined ? undefined : (await parts.loop.runs.run(id))?.run
  if (run === undefined) return id === undefined ? ownPage(ring, parts) : null
  for (const { is, link } of pagesOf(run, parts.links))
    if (is !== 'thread' || (await inTime(parts.landsAt(run), parts.clock))) return link
  return null
}

function ownPage({ notification, issue }: Ring, { links }: TapRoutes): string | null {
  const link = notification.link ?? issue.url ?? null
  return link !== null && isSafeLink(link, links.schemes) ? link : null
}

async function inTime(lands: Promise<boolean>, clock: Clock): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const callOff = clock.wakeAt(clock.now() + patienceMs, () => resolve(false))
  try {
    return await Promise.race([lands, late])
  } finally {
    callOff()
  }
}
