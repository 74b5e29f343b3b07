/** `afk rings`: what rang. */
import type { z } from 'zod'

import type { RingPageView } from '../server/schemas.ts'
import { ask } from './api.ts'
import type { Command } from './command.ts'
import { ringLine } from './lines.ts'

export const rings: Command = {
  name: 'rings',
  usage: '[--kind KIND] [--open | --dead] [--limit N] [--json]',
  summary: 'list what rang, newest first',
  maxArgs: 0,
  options: {
    kind: { type: 'string', value: 'KIND', description: 'only done, needs-human or frozen' },
    open: { type: 'boolean', description: 'only escalations nobody acknowledged' },
    dead: { type: 'boolean', description: 'only those that a channel gave up' },
    limit: { type: 'string', value: 'N', description: 'how many, 200 at most (default 20)' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  examples: ['afk rings', 'afk rings --open --json', 'afk rings --kind frozen --limit 5'],
  async run(asked, io) {
    const state = asked.flag('dead') ? 'dead' : asked.flag('open') ? 'open' : undefined
    const query = new URLSearchParams({ limit: asked.text('limit') ?? '20' })
    const kind = asked.text('kind')
    if (kind !== undefined) query.set('kind', kind)
    if (state !== undefined) query.set('state', state)
    type Page = z.infer<typeof RingPageView>
    const page = await ask<Page>(io, { method: 'GET', path: `/v1/rings?${query.toString()}` })
    if (asked.flag('json')) io.out(JSON.stringify(page))
    else if (page.rings.length === 0) io.out('no rings')
    else for (const ring of page.rings) io.out(ringLine(ring, new Date()))
    return 0
  },
}
