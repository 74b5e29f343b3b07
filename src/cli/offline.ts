/** A ring without a node: left in the spool for its next start, or sent at once to each channel. */
import { join, resolve } from 'node:path'

import { linksOf, openChannels, spoolFolder } from '../app.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/schema.ts'
import { handleFor } from '../delivery/handle.ts'
import { renderRing, type RingRequest } from '../delivery/intake.ts'
import { leave } from '../delivery/spool.ts'
import type { Outcome } from '../doorbell/outcome.ts'
import { notesFor } from '../doorbell/ring.ts'
import { route } from '../doorbell/route.ts'
import { ApiError } from '../errors.ts'
import { ringRequest } from '../server/ring-request.ts'
import { CliError, wrongly } from './cli-error.ts'
import type { ExitCode, Io } from './command.ts'
import { readConfig } from './read-config.ts'

type Offline = {
  readonly body: { readonly key: string }
  readonly file: string | null
  readonly data: string | null
  readonly isSpool: boolean
  readonly isJson: boolean
}

export async function offline(asked: Offline, io: Io): Promise<ExitCode> {
  const { body, file, data, isSpool, isJson } = asked
  const { config } = readConfig(file, io)
  const request = checked(body, config.links.schemes)
  if (isSpool) {
    const path = spooled(data === null ? spoolFolder(config) : join(data, 'spool'), body)
    io.out(
      isJson
        ? JSON.stringify({ key: body.key, spooled: path })
        : `left for the next start: ${path}`,
    )
    return 0
  }
  const sent = await sendNow(config, request)
  if (isJson) io.out(JSON.stringify({ key: body.key, sent }))
  else
    for (const { channel, outcome, detail } of sent)
      if (outcome === 'accepted') io.out(`${channel}: accepted`)
      else io.err(`afk: ${channel}: ${outcome}: ${detail}`)
  return sent.every(({ outcome }) => outcome === 'accepted') ? 0 : 1
}

/** The file's whole path. What could not be left is said, not lost in silence. */
function spooled(folder: string, body: object): string {
  try {
    return resolve(leave(folder, body))
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    const mend = 'make it writable, or ring without --spool'
    throw new CliError(1, `cannot leave the ring in ${folder} (${code}): ${mend}`, { cause })
  }
}

type Sent = {
  readonly channel: string
  readonly outcome: Outcome['type']
  readonly detail: string | null
}

/** One try for each channel that the routes name; nothing is kept and nothing repeated. */
async function sendNow(config: Config, request: RingRequest): Promise<readonly Sent[]> {
  const channels = openChannels(config)
  const ring = renderRing(request, 'direct', { links: linksOf(config), clock: systemClock })
  const { notification, issue, key } = ring
  const routing = { routes: config.routes, channels: [...channels.keys()] }
  const sent: Sent[] = []
  for (const name of route({ ...notification, repo: issue.repo }, routing)) {
    const owed = channels.get(name)
    if (owed === undefined) continue
    const handle = handleFor({ key, channel: name, wave: 0 })
    const notes = notesFor(ring, ring.acceptedAt)
    const message = { notification, notes, handle, ring, mayHaveArrivedSince: null }
    const outcome = await owed.channel.send(message, AbortSignal.timeout(owed.timeoutMs))
    await owed.channel.close()
    const detail = outcome.type === 'accepted' ? null : outcome.detail
    sent.push({ channel: name, outcome: outcome.type, detail })
  }
  return sent
}

function checked(body: object, schemes: readonly string[]) {
  try {
    return ringRequest(body, schemes)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const places = error.issues.map(({ path, message }) => `\n  ${path} ${message}`).join('')
    throw wrongly(`${error.message} (${error.code})${places}`)
  }
}
