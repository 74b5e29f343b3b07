/** `afk continue`: a run in the place and thread of the issue’s last one. */
import type { z } from 'zod'

import type { RunSummary } from '../server/run-schemas.ts'
import { ask } from './api.ts'
import type { Command } from './command.ts'
import { issueRef } from './issue-ref.ts'

export const goOn: Command = {
  name: 'continue',
  usage: 'REPO#N',
  summary: 'go on in the place and thread of the issue’s last run',
  maxArgs: 1,
  options: {},
  examples: ['afk continue infra#42'],
  async run(asked, io) {
    const body = issueRef(asked.args[0], 'afk continue')
    const path = '/v1/continue'
    const run = await ask<z.infer<typeof RunSummary>>(io, { method: 'POST', path, body })
    io.out(`goes on: ${run.id}, on ${run.issueRef}`)
    return 0
  },
}
