/** `afk runs`: what is under way. */
import type { Command } from './command.ts'
import { everyRun } from './every-run.ts'
import { runLine } from './run-lines.ts'

export const runs: Command = {
  name: 'runs',
  usage: '[--all] [--json]',
  summary: 'list the runs under way, newest first, or all there were',
  maxArgs: 0,
  options: {
    all: { type: 'boolean', description: 'also those that have ended' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  examples: ['afk runs', 'afk runs --all --json'],
  async run(asked, io) {
    const isAll = asked.flag('all')
    const found = await everyRun(io, { isLive: !isAll })
    if (asked.flag('json')) io.out(JSON.stringify({ runs: found, next: null }))
    else if (found.length === 0) io.out(isAll ? 'no runs' : 'no run is under way')
    else for (const run of found) io.out(runLine(run, new Date()))
    return 0
  },
}
