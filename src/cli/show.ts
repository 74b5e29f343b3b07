/** `afk show`: the story of one ring, or of one run, in plain words. */
import type { z } from 'zod'

import type { RunView } from '../server/run-schemas.ts'
import type { RingPageView, RingView } from '../server/schemas.ts'
import { ask } from './api.ts'
import { CliError } from './cli-error.ts'
import type { Command, Io } from './command.ts'
import { storyLines } from './lines.ts'
import { runStoryLines } from './run-lines.ts'

export const show: Command = {
  name: 'show',
  usage: '[ID] [--json]',
  summary: 'tell the story of a ring or a run; without an id the newest ring’s',
  maxArgs: 1,
  options: { json: { type: 'boolean', description: 'print one JSON document' } },
  examples: ['afk show', 'afk show --json', 'afk show RUN'],
  async run(asked, io) {
    const id = asked.args[0] ?? (await newest(io))
    const { story, lines } = id.startsWith('run_') ? await ofRun(id, io) : await ofRing(id, io)
    if (asked.flag('json')) io.out(JSON.stringify(story))
    else for (const line of lines) io.out(line)
    return 0
  },
}

async function ofRing(id: string, io: Io) {
  const path = `/v1/rings/${encodeURIComponent(id)}`
  const story = await ask<z.infer<typeof RingView>>(io, { method: 'GET', path })
  return { story, lines: storyLines(story, new Date()) }
}

async function ofRun(id: string, io: Io) {
  const path = `/v1/runs/${encodeURIComponent(id)}`
  const story = await ask<z.infer<typeof RunView>>(io, { method: 'GET', path })
  return { story, lines: runStoryLines(story, new Date()) }
}

async function newest(io: Io): Promise<string> {
  type Page = z.infer<typeof RingPageView>
  const page = await ask<Page>(io, { method: 'GET', path: '/v1/rings?limit=1' })
  const id = page.rings[0]?.id
  if (id === undefined) throw new CliError(1, 'nothing rang yet')
  return id
}
