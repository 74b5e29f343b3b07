/** `afk adopt`: a conversation that a person began is watched like a run of the loop’s own. */
import type { z } from 'zod'

import type { RunSummary } from '../server/run-schemas.ts'
import { ask } from './api.ts'
import { wrongly } from './cli-error.ts'
import type { Command } from './command.ts'
import { issueRef } from './issue-ref.ts'

export const adopt: Command = {
  name: 'adopt',
  usage: '--thread ID --issue REPO#N',
  summary: 'watch a conversation that a person began, to the same end and ring',
  maxArgs: 0,
  options: {
    thread: { type: 'string', value: 'ID', description: 'the conversation, as its link ends' },
    issue: { type: 'string', value: 'REPO#N', description: 'the issue it works on' },
  },
  examples: ['afk adopt --thread 0b5e3f0a-6f0c-4a53-9d0f-1c2d3e4f5a6b --issue infra#42'],
  async run(asked, io) {
    const thread = asked.text('thread')
    if (thread === undefined) throw wrongly('--thread names the conversation')
    const body = { ...issueRef(asked.text('issue'), '--issue'), thread }
    const path = '/v1/adopt'
    const run = await ask<z.infer<typeof RunSummary>>(io, { method: 'POST', path, body })
    io.out(`adopted: ${run.id}, on ${run.issueRef}`)
    return 0
  },
}
