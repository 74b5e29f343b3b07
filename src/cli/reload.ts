/**
 * Reads the configuration again: on SIGHUP, and when a file that a `${file:...}` names has changed.
 *
 * What cannot be used changes nothing: the node goes on with what it had, and says why, once. Files are
 * looked at every two seconds, by name, so that a secret that is swapped by a link is noticed, too, and
 * one that was missing when it is there.
 */
import { statSync } from 'node:fs'

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

const lookEveryMs = 2_000

/** Returns how to end it. */
export function reloadWhenAsked({ node, read, first, log, hangUps }: Reloading): () => void {
  let marks = marksOf(first.secretFiles)
  let lastRefusal = ''

  function again() {
    // Taken before the files are read: what changes meanwhile is a change.
    const before = marksOf(marks.keys())
    reload(before).catch((error: unknown) => {
      const { message, cause } = error as Error
      // One that was not known before may be there by now: it is looked at once more.
      const named = cause instanceof ConfigError ? cause.secretFiles : []
      marks = new Map([...named.map((file) => [file, unread] as const), ...before])
      const detail = message.replace(/^.*cannot be used:\n/, '').replaceAll('\n', '; ')
      if (detail !== lastRefusal) log({ event: 'reload-refused', detail })
      lastRefusal = detail
    })
  }

  async function reload(before: Marks) {
    const { config, secretFiles } = read()
    await node.reload(config)
    lastRefusal = ''
    marks = new Map(secretFiles.map((file) => [file, before.get(file) ?? markOf(file)]))
  }

  const looks = setInterval(() => {
    if ([...marks].some(([file, mark]) => markOf(file) !== mark)) again()
  }, lookEveryMs)
  looks.unref()
  hangUps.onHangUp(() => {
    lastRefusal = ''
    again()
  })
  return () => {
    clearInterval(looks)
    hangUps.onHangUp(() => {})
  }
}

type Marks = ReadonlyMap<string, string>

const unread = 'not read yet'

function marksOf(files: Iterable<string>): Marks {
  return new Map([...files].map((file) => [file, markOf(file)]))
}

/** Another one is another file, or another content: by its inode, its size and when it was written. */
function markOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? 'none' : [stat.ino, stat.size, stat.mtimeMs].join()
}
