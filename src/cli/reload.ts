/**
 * Reads the configuration again: on SIGHUP, and when a file that a `${file:...}` names has changed.
 *
 * What cannot be used changes nothing: the node goes on with what it had, and says why. Files are
 * looked at every two seconds, by name, so that a secret that is swapped by a link is noticed, too.
 */
import { unwatchFile, watchFile } from 'node:fs'

import type { RunningNode } from '../app.ts'
import type { Loaded } from '../config/load.ts'
import type { Log } from '../log.ts'

export type Reloading = {
  readonly node: Pick<RunningNode, 'reload'>
  /** Throws a `CliError` that says what is wrong. */
  readonly read: () => Loaded
  readonly first: Loaded
  readonly log: Log
}

const lookEveryMs = 2_000

/** Returns how to end it. */
export function reloadWhenAsked({ node, read, first, log }: Reloading): () => void {
  let watched: readonly string[] = []

  function watch(files: readonly string[]) {
    for (const file of watched) unwatchFile(file, again)
    for (const file of files) watchFile(file, { interval: lookEveryMs, persistent: false }, again)
    watched = files
  }

  function again() {
    reload().catch((error: unknown) => {
      const { message } = error as Error
      const detail = message.replace(/^.*cannot be used:\n/, '').replaceAll('\n', '; ')
      log({ event: 'reload-refused', detail })
    })
  }

  async function reload() {
    const { config, secretFiles } = read()
    await node.reload(config)
    watch(secretFiles)
  }

  watch(first.secretFiles)
  process.on('SIGHUP', again)
  return () => {
    process.off('SIGHUP', again)
    watch([])
  }
}
