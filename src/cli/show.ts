/** `afk show`: one ring's story in plain words. */
import type { z } from 'zod'

import type { RingPageView, RingView } from '../server/schemas.ts'
import { ask } from './api.ts'
import { CliError } from './cli-error.ts'
import type { Command, Io } from './command.ts'
import { storyLines } from './lines.ts'

export const show: Command = {
  name: 'show',
  usage: '[ID] [--json]',
  summary: 'tell one ring’s story: its deliveries and every try; without an id the newest’s',
  maxArgs: 1,
  options: { json: { type: 'boolean', description: 'print one JSON document' } },
  examples: ['afk show', 'afk show --json'],
  async run(asked, io) {
    const id = asked.args[0] ?? (await newest(io))
    const path = `/v1/rings/${encodeURIComponent(id)}`
    const story = await ask<z.infer<typeof RingView>>(io, { method: 'GET', path })
    if (asked.flag('json')) io.out(JSON.stringify(story))
    else for (const line of storyLines(story, new Date())) io.out(line)
    return 0
  },
}

async function newest(io: Io): Promise<string> {
  type Page = z.infer<typeof RingPageView>
  const page = await ask<Page>(io, { method: 'GET', path: '/v1/rings?limit=1' })
  const id = page.rings[0]?.id
  if (id === undefined) throw new CliError(1, 'nothing rang yet')
  return id
}
