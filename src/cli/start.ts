/** `afk start`: a run on an issue, now. Every gate but the poll’s turn is kept. */
import type { z } from 'zod'

import type { RunSummary } from '../server/run-schemas.ts'
import { ask } from './api.ts'
import type { Command } from './command.ts'
import { issueRef } from './issue-ref.ts'

export const start: Command = {
  name: 'start',
  usage: 'REPO#N',
  summary: 'start a run on an issue now; afk status --why says why one may not',
  maxArgs: 1,
  options: {},
  examples: ['afk start infra#42'],
  async run(asked, io) {
    const body = issueRef(asked.args[0], 'afk start')
    const path = '/v1/start'
    const run = await ask<z.infer<typeof RunSummary>>(io, { method: 'POST', path, body })
    io.out(`started: ${run.id}, on ${run.issueRef}`)
    return 0
  },
}
