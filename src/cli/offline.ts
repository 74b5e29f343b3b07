/** A ring without a node: left in the spool for its next start, or sent at once to each channel. */
import { join, resolve } from 'node:path'

import { spoolFolder } from '../app/places.ts'
import { leave } from '../delivery/spool.ts'
import { ApiError } from '../errors.ts'
import { ringRequest } from '../server/ring-request.ts'
import { CliError, wrongly } from './cli-error.ts'
import type { ExitCode, Io } from './command.ts'
import { readConfig } from './read-config.ts'
import { ringNow, tellSent } from './send-now.ts'

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
  const sent = await ringNow(config, request)
  if (!isJson) return tellSent(sent, io) ? 0 : 1
  io.out(JSON.stringify({ key: body.key, sent }))
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

function checked(body: object, schemes: readonly string[]) {
  try {
    return ringRequest(body, schemes)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const places = error.issues.map(({ path, message }) => `\n  ${path} ${message}`).join('')
    throw wrongly(`${error.message} (${error.code})${places}`)
  }
}
