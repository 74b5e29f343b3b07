/**
 * Reads the configuration again: on SIGHUP, and when a file that a `${file:...}` names has changed.
 *
 * What cannot be used changes nothing: the node goes on with what it had, and says why. Files are
 * looked at every two seconds, by name, so that a secret that is swapped by a link is noticed, too.
 */
import { type Stats, unwatchFile, watchFile } from 'node:fs'

import type { RunningNode } from '../app.ts'
import type { Loaded } from '../config/load.ts'
import { ConfigError } from '../config/problem.ts'
import type { Log } from '../log.ts'

export type HangUps = {
  /** From now on, and at once if there was one already. */
  onHangUp(work: () => void): void
}

/** Without anybody who hears it, SIGHUP ends a process: also one that starts or stops. */
export function hearHangUps(): HangUps {
  let isWished = false
  let hear: () => void = () => {
    isWished = true
  }
  process.on('SIGHUP', () => hear())
  return {
    onHangUp(work) {
      hear = work
      if (isWished) work()
      isWished = false
    },
  }
}

export type Reloading = {
  readonly node: Pick<RunningNode, 'reload'>
  /** Throws a `CliError` that says what is wrong. */
  readonly read: () => Loaded
  readonly first: Loaded
  readonly log: Log
  readonly hangUps: HangUps
}

const how = { interval: 2_000, persistent: false }

/** Returns how to end it. */
export function reloadWhenAsked({ node, read, first, log, hangUps }: Reloading): () => void {
  let watched: ReadonlySet<string> = new Set()

  function watch(files: Iterable<string>) {
    const wanted = new Set(files)
    for (const file of watched) if (!wanted.has(file)) unwatchFile(file, changed)
    for (const file of wanted) if (!watched.has(file)) watchFile(file, how, changed)
    watched = wanted
  }

  /** Of a file that is not there Node.js tells at once, as if it had changed from nothing to nothing. */
  function changed(now: Stats, before: Stats) {
    if (now.ino !== before.ino || now.mtimeMs !== before.mtimeMs || now.size !== before.size)
      again()
  }

  function again() {
    reload().catch((error: unknown) => {
      const { message, cause } = error as Error
      // Mended there, it is read again.
      if (cause instanceof ConfigError) watch([...watched, ...cause.secretFiles])
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
  hangUps.onHangUp(again)
  return () => {
    hangUps.onHangUp(() => {})
    watch([])
  }
}
