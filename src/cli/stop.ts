/**
 * `afk stop`: ends runs as withdrawn, and their agents with them. One that could not be stopped keeps no
 * other from being stopped; exit 1 tells of it.
 */
import type { z } from 'zod'

import type { RunSummary } from '../server/run-schemas.ts'
import { ask } from './api.ts'
import { isCliError, wrongly } from './cli-error.ts'
import type { Command, ExitCode, Io } from './command.ts'
import { everyRun } from './every-run.ts'
import { progress } from './progress.ts'

export const stop: Command = {
  name: 'stop',
  usage: 'RUN... | --all',
  summary: 'end runs as withdrawn, and their agents with them',
  maxArgs: Infinity,
  options: { all: { type: 'boolean', description: 'every run that is under way' } },
  examples: ['afk stop RUN', 'afk stop --all'],
  async run(asked, io) {
    if (asked.flag('all') === asked.args.length > 0)
      throw wrongly('afk stop takes the ids of runs, or --all; afk runs lists them')
    const ids = asked.flag('all')
      ? (await everyRun(io, { isLive: true })).map(({ id }) => id)
      : asked.args
    if (ids.length === 0) io.out('no run is under way')
    const code = await stopEach(ids, io)
    if (asked.flag('all')) io.err('afk pause keeps new ones from starting')
    return code
  },
}

/** Each is told of as it ends, so that only a terminal needs to hear how many there were. */
async function stopEach(ids: readonly string[], io: Io): Promise<ExitCode> {
  const live = progress(io)
  let stopped = 0
  try {
    for (const id of ids) {
      if (ids.length > 1) live.show(`stopped ${stopped} of ${ids.length}`, null)
      if (await stopOne(id, io)) stopped += 1
    }
  } finally {
    live.done()
  }
  return stopped === ids.length ? 0 : 1
}

async function stopOne(id: string, io: Io): Promise<boolean> {
  try {
    const path = `/v1/runs/${encodeURIComponent(id)}/stop`
    const run = await ask<z.infer<typeof RunSummary>>(io, { method: 'POST', path, body: {} })
    io.out(run.phase === 'withdrawn' ? `stopped: ${id}` : `had ended: ${id}, ${run.says}`)
    return true
  } catch (error) {
    if (!isCliError(error)) throw error
    io.err(`afk: ${id} was not stopped: ${error.message}`)
    return false
  }
}
