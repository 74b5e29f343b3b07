/** `afk resume`: ends a pause, and says which others still hold. */
import type { z } from 'zod'

import type { PausesView } from '../server/run-schemas.ts'
import { ask } from './api.ts'
import type { Command } from './command.ts'
import { scopeName } from './run-lines.ts'

export const resume: Command = {
  name: 'resume',
  usage: '[REPO]',
  summary: 'end the pause of all, or of one repository; never clears the kill switch',
  maxArgs: 1,
  options: {},
  examples: ['afk resume', 'afk resume infra'],
  async run(asked, io) {
    const [repo] = asked.args
    const body = repo === undefined ? {} : { repo }
    const path = '/v1/resume'
    const { pauses } = await ask<z.infer<typeof PausesView>>(io, { method: 'POST', path, body })
    io.out(`resumed: ${scopeName(repo ?? '*')}`)
    for (const { scope } of pauses) io.out(`still paused: ${scopeName(scope)}`)
    return 0
  },
}
