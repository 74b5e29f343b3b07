/** `afk status`: how the node stands. Exit 1 if it is not ready. */
import type { z } from 'zod'

import type { StatusView } from '../server/schemas.ts'
import { ask } from './api.ts'
import type { Command } from './command.ts'
import { issueRef } from './issue-ref.ts'
import { clockTime } from './lines.ts'
import { pauseLine } from './run-lines.ts'

type Status = z.infer<typeof StatusView>

export const status: Command = {
  name: 'status',
  usage: '[--why REPO#N] [--json]',
  summary: 'armed or not and what is missing, channels, what waits',
  maxArgs: 0,
  options: {
    why: { type: 'string', value: 'REPO#N', description: 'and why the loop does not start this' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  examples: ['afk status', 'afk status --json', 'afk status --why infra#42'],
  async run(asked, io) {
    const why = asked.text('why')
    const issue = why === undefined ? null : issueRef(why, '--why')
    const ref = issue && `${issue.repo}#${issue.number}`
    const path = ref === null ? '/v1/status' : `/v1/status?why=${encodeURIComponent(ref)}`
    const found = await ask<Status>(io, { method: 'GET', path })
    if (asked.flag('json')) io.out(JSON.stringify(found))
    else {
      if (ref !== null) io.out(`why      ${ref} ${whyWords(found.why ?? null)}`)
      for (const line of statusLines(found, new Date())) io.out(line)
    }
    return found.ready ? 0 : 1
  },
}

function whyWords(why: string | null): string {
  return why === null ? 'may start' : `does not start: ${why}`
}

function statusLines(found: Status, now: Date): string[] {
  const { version, startedAt, problems, loop, github, channels, oldestUnsentAt, threadLinks } =
    found
  const standing = problems.length === 0 ? 'ready' : `not ready: ${problems.join('; ')}`
  return [
    `node     afk ${version}, up since ${clockTime(startedAt, now)}, ${standing}`,
    `loop     ${loop.armed ? 'armed' : `disarmed: ${loop.missing.join('; ')}`}`,
    ...loop.pauses.map((pause) => `paused   ${pauseLine(pause, now)}`),
    ...loop.runs.map(({ id, issue, phase }) => `run      ${id}, ${issue}, ${phase}`),
    ...loop.waits.map(
      ({ repo, run, kind, detail }) =>
        `busy     ${repo ?? 'a repository'}, ${kind} of ${run} waits: ${detail ?? 'it is tried again'}`,
    ),
    ...github.flatMap((standing) => githubLine(standing, now)),
    ...channels.map((channel) => `channel  ${channelLine(channel, now)}`),
    `links    ${threadLinks}`,
    `unsent   ${oldestUnsentAt === null ? 'nothing waits' : `oldest of ${clockTime(oldestUnsentAt, now)}`}`,
  ]
}

/** None where nothing is late. */
function githubLine(
  { host, limitedUntil, says }: Status['github'][number],
  now: Date,
): readonly string[] {
  const isQuiet = limitedUntil !== null
  const what = isQuiet ? `wants to hear nothing until ${clockTime(limitedUntil, now)}` : says
  return what === null ? [] : [`github   ${host}${isQuiet ? '' : ':'} ${what}`]
}

function channelLine(
  { name, type, due, dead, ...rest }: Status['channels'][number],
  now: Date,
): string {
  const gate =
    rest.state === 'open'
      ? 'open'
      : `closed: ${rest.detail}; next probe ${clockTime(rest.probeAt ?? '', now)}; afk doctor once mended`
  const fate = dead === 0 ? '' : `, ${dead} dead (afk rings --dead, afk resend --dead)`
  return `${name} (${type}), ${gate}, ${due} due${fate}`
}
