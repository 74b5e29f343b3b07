/** `afk config check`: whether a configuration can be used, every place where it cannot, and what it will not do. */
import { arming } from '../config/arming.ts'
import { linkFaults } from '../config/link-faults.ts'
import { wrongly } from './cli-error.ts'
import type { Command } from './command.ts'
import { readConfig } from './read-config.ts'

export const configCheck: Command = {
  name: 'config check',
  usage: '[FILE | --config FILE] [--json]',
  summary:
    'check a configuration, with line numbers; without a file afk.yaml or the environment alone',
  maxArgs: 1,
  options: {
    config: { type: 'string', value: 'FILE', description: 'the configuration (default afk.yaml)' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  examples: ['afk config check', 'afk config check --json'],
  async run(asked, io) {
    const given = [...asked.args, asked.text('config')]
    const [named, again] = given.filter((each) => each !== undefined)
    if (again !== undefined) throw wrongly('afk config check takes one file, named once')
    const { config, file } = readConfig(named ?? null, io)
    const { armed, missing } = arming(config)
    const channels = Object.entries(config.channels).map(([name, { type }]) => ({ name, type }))
    const warnings = linkFaults(config)
    if (asked.flag('json')) {
      io.out(JSON.stringify({ file, channels, armed, missing, warnings }))
      return 0
    }
    io.out(`${file ?? 'no file, the environment alone'}: good`)
    for (const { name, type } of channels) io.out(`channel  ${name} (${type})`)
    for (const { what, mend } of warnings) io.out(`warning  ${what} -> ${mend}`)
    io.out(`loop     ${armed ? 'armed' : `disarmed: ${missing.join('; ')}`}`)
    return 0
  },
}
