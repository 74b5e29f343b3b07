/** `afk config schema`: for editors that complete and check YAML. */
import { configJsonSchema } from '../config/schema.ts'
import type { Command } from './command.ts'

export const configSchema: Command = {
  name: 'config schema',
  usage: '',
  summary: 'print the configuration’s JSON Schema',
  maxArgs: 0,
  options: {},
  examples: ['afk config schema'],
  async run(_, io) {
    io.out(JSON.stringify(configJsonSchema(), null, 2))
    return 0
  },
}
