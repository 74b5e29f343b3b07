/** `afk ack`: you heard it. What is still due of the ring is dropped. */
import { ask } from './api.ts'
import { wrongly } from './cli-error.ts'
import type { Command } from './command.ts'

export const ack: Command = {
  name: 'ack',
  usage: 'RING... [--note TEXT]',
  summary: 'acknowledge: you heard it',
  maxArgs: Infinity,
  options: { note: { type: 'string', description: 'what you made of it' } },
  examples: ['afk ack RING --note "on it"', 'afk ack RING RING'],
  async run(asked, io) {
    if (asked.args.length === 0)
      throw wrongly('afk ack takes the ids of rings; afk rings --open lists them')
    const note = asked.text('note')
    for (const id of asked.args) {
      const path = `/v1/rings/${encodeURIComponent(id)}/ack`
      await ask(io, { method: 'POST', path, body: note === undefined ? {} : { note } })
      io.out(`acknowledged: ${id}`)
    }
    return 0
  },
}
