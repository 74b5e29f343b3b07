/**
 * `afk clean`: lists the worktrees that were kept, and removes those in which nothing would be lost, or that
 * are to be discarded. One that is kept keeps no other; exit 1 tells of it.
 */
import type { z } from 'zod'

import type { CleanedView, PlacesView } from '../server/place-schemas.ts'
import { ask } from './api.ts'
import { isCliError, wrongly } from './cli-error.ts'
import type { Asked, Command, ExitCode, Io } from './command.ts'
import { placeLines } from './run-lines.ts'

type Places = z.infer<typeof PlacesView>

export const clean: Command = {
  name: 'clean',
  usage: '[RUN... [--discard] | --all | --json]',
  summary: 'list the worktrees that were kept, or remove those of ended runs',
  maxArgs: Infinity,
  options: {
    all: { type: 'boolean', description: 'remove each in which nothing would be lost' },
    discard: { type: 'boolean', description: 'also with what is not committed; commits stay' },
    json: { type: 'boolean', description: 'list as one JSON document' },
  },
  examples: [
    'afk clean',
    'afk clean --json',
    'afk clean RUN',
    'afk clean RUN --discard',
    'afk clean --all',
  ],
  async run(asked, io) {
    const { args } = asked
    const isAll = asked.flag('all')
    mustMakeSense(asked)
    if (args.length > 0) return cleanEach(args, { discard: asked.flag('discard') }, io)
    const found = await ask<Places>(io, { method: 'GET', path: '/v1/places' })
    if (isAll) return cleanAll(found, io)
    if (asked.flag('json')) io.out(JSON.stringify(found))
    else if (found.places.length === 0) io.out('no worktree is kept')
    else
      for (const line of placeLines(found.places, { isHeaded: io.isTerminal === true }))
        io.out(line)
    return tellFaults(found, io)
  },
}

function mustMakeSense({ args, flag }: Asked): void {
  if (flag('all') && args.length > 0) throw wrongly('afk clean takes the ids of runs, or --all')
  if (flag('discard') && args.length === 0)
    throw wrongly('--discard names its runs: afk clean RUN --discard; afk clean lists them')
  if (flag('json') && (flag('all') || args.length > 0))
    throw wrongly('--json is for the list: afk clean --json')
}

async function cleanAll(found: Places, io: Io): Promise<ExitCode> {
  const free = found.places.filter(({ why }) => why === null)
  if (free.length === 0) io.out('there is none in which nothing would be lost')
  const cleaned = await cleanEach(
    free.map(({ run }) => run),
    { discard: false },
    io,
  )
  return tellFaults(found, io) === 0 ? cleaned : 1
}

async function cleanEach(
  runs: readonly string[],
  how: { readonly discard: boolean },
  io: Io,
): Promise<ExitCode> {
  let code: ExitCode = 0
  for (const run of runs) if (!(await cleanOne(run, how, io))) code = 1
  return code
}

async function cleanOne(
  run: string,
  body: { readonly discard: boolean },
  io: Io,
): Promise<boolean> {
  try {
    const path = `/v1/runs/${encodeURIComponent(run)}/clean`
    const answer = await ask<z.infer<typeof CleanedView>>(io, { method: 'POST', path, body })
    const { removed, why, left } = answer
    const stays = left.length === 0 ? '' : `; its commits stay on ${left.join(', ')}`
    if (removed) io.out(`removed: ${run}${stays}`)
    else io.err(`afk: ${run} was kept: ${why} (${answer.path})`)
    return removed
  } catch (error) {
    if (!isCliError(error)) throw error
    io.err(`afk: ${run} was not removed: ${error.message}`)
    return false
  }
}

function tellFaults({ faults }: Places, io: Io): ExitCode {
  for (const { repo, detail } of faults) io.err(`afk: ${repo} could not be looked at: ${detail}`)
  return faults.length === 0 ? 0 : 1
}
