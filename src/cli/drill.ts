/** `afk drill`: one marked drill through the real path, watched until every channel has answered. */
import type { z } from 'zod'

import type { Accepted, RingView } from '../server/schemas.ts'
import { ask } from './api.ts'
import type { Command, Io } from './command.ts'
import { storyLines } from './lines.ts'

export const drill: Command = {
  name: 'drill',
  usage: '[--kind KIND] [--json]',
  summary: 'one marked drill through the real path to every channel',
  maxArgs: 0,
  options: {
    kind: { type: 'string', value: 'KIND', description: 'as which kind (default needs-human)' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  examples: ['afk drill', 'afk drill --kind done'],
  async run(asked, io) {
    const kind = asked.text('kind')
    const body = kind === undefined ? {} : { kind }
    const path = '/v1/drill'
    const { id } = await ask<z.infer<typeof Accepted>>(io, { method: 'POST', path, body })
    const story = await watch(id, io)
    if (asked.flag('json')) io.out(JSON.stringify(story))
    else for (const line of storyLines(story, new Date())) io.out(line)
    return story.deliveries.every(({ state }) => state === 'accepted') ? 0 : 1
  },
}

type Story = z.infer<typeof RingView>

const watchForMs = 15_000
const lookEveryMs = 100

/** Until every channel has answered once, or gave no answer for long. */
async function watch(id: string, io: Io): Promise<Story> {
  const deadline = performance.now() + watchForMs
  for (;;) {
    const story = await ask<Story>(io, { method: 'GET', path: `/v1/rings/${id}` })
    const isOver = story.deliveries.every(
      ({ tried, state }) => tried.length > 0 && state !== 'trying',
    )
    if (isOver || performance.now() > deadline) return story
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}
