/** `afk pause`: holds new dispatches and turns back, also over a restart. Agents at work go on. */
import type { z } from 'zod'

import type { PausesView } from '../server/run-schemas.ts'
import { ask } from './api.ts'
import type { Command } from './command.ts'
import { scopeName } from './run-lines.ts'

export const pause: Command = {
  name: 'pause',
  usage: '[REPO]',
  summary: 'hold new dispatches and turns back, of all or of one repository; agents at work go on',
  maxArgs: 1,
  options: {},
  examples: ['afk pause', 'afk pause infra'],
  async run(asked, io) {
    const [repo] = asked.args
    const body = repo === undefined ? {} : { repo }
    const path = '/v1/pause'
    const { enrolled } = await ask<z.infer<typeof PausesView>>(io, { method: 'POST', path, body })
    io.out(`paused: ${scopeName(repo ?? '*')}`)
    if (enrolled === false) io.err(`afk: ${repo} is not enrolled: this holds nothing back yet`)
    return 0
  },
}
