/** A ring without a node: left in the spool for its next start, or sent at once to each channel. */
import { linksOf, openChannels, spoolFolder } from '../app.ts'
import { systemClock } from '../clock.ts'
import { handleFor } from '../delivery/handle.ts'
import { renderRing } from '../delivery/intake.ts'
import { leave } from '../delivery/spool.ts'
import { notesFor } from '../doorbell/ring.ts'
import { route } from '../doorbell/route.ts'
import { ApiError } from '../errors.ts'
import { ringRequest } from '../server/ring-request.ts'
import { wrongly } from './cli-error.ts'
import type { ExitCode, Io } from './command.ts'
import { readConfig } from './read-config.ts'

type Offline = {
  readonly body: { readonly key: string }
  readonly file: string | null
  readonly isSpool: boolean
}

export async function offline({ body, file, isSpool }: Offline, io: Io): Promise<ExitCode> {
  const { config } = readConfig(file, io)
  const request = checked(body, config.links.schemes)
  if (isSpool) {
    const path = leave(spoolFolder(config), { name: body.key, ring: body })
    io.out(`left for the next start: ${path}`)
    return 0
  }
  const channels = openChannels(config)
  const ring = renderRing(request, 'direct', { links: linksOf(config), clock: systemClock })
  const { notification, issue, key } = ring
  const routing = { routes: config.routes, channels: [...channels.keys()] }
  let exitCode: ExitCode = 0
  for (const name of route({ ...notification, repo: issue.repo }, routing)) {
    const owed = channels.get(name)
    if (owed === undefined) continue
    const handle = handleFor({ key, channel: name, wave: 0 })
    const notes = notesFor(ring, ring.acceptedAt)
    const message = { notification, notes, handle, ring, mayHaveArrivedSince: null }
    const outcome = await owed.channel.send(message, AbortSignal.timeout(owed.timeoutMs))
    await owed.channel.close()
    if (outcome.type === 'accepted') io.out(`${name}: accepted`)
    else io.err(`afk: ${name}: ${outcome.type}: ${outcome.detail}`)
    if (outcome.type !== 'accepted') exitCode = 1
  }
  return exitCode
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
