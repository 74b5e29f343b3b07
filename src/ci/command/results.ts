/**
 * What the commands said of commits: a verdict and a log for each, as files in one folder.
 *
 * A verdict is on disk whole, after its log, or not at all. One that is not whole, or of another argv than
 * asked, is none. Whoever can write to the folder can write a verdict.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { cut } from '../../doorbell/cut.ts'
import { oneLine } from '../../doorbell/text.ts'
import type { Verdict } from '../../run/event.ts'

export type Result = {
  readonly commit: string
  /** The failing check's name; null: it passed. */
  readonly failed: string | null
  readonly output: Uint8Array
  readonly endedAt: number
}

export function results(folder: string, argv: readonly string[]) {
  const place = (commit: string, kind: 'json' | 'log') => join(folder, `${commit}.${kind}`)

  return {
    /** Null: there is none. */
    async verdict(commit: string): Promise<Verdict | null> {
      const text = await readOr(null, place(commit, 'json'))
      const failed = text === null ? undefined : failedOf(text, argv)
      if (failed === undefined) return null
      if (failed === null) return { verdict: 'green', passed: [checkName(argv)] }
      const url = pathToFileURL(place(commit, 'log')).href
      return { verdict: 'red', failing: [{ name: failed, url }] }
    },

    /** Empty: nothing was printed, or it is not kept any more. */
    log: (commit: string): Promise<string> => readOr('', place(commit, 'log')),

    async write({ commit, failed, output, endedAt }: Result): Promise<void> {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeWhole(place(commit, 'log'), output)
      await writeWhole(place(commit, 'json'), JSON.stringify({ argv, failed, endedAt }))
    },

    /** @throws {Error} once all others are gone, with how many are not. */
    forget: (before: number): Promise<void> => forgetIn(folder, before),
  }
}

/** The check, by the command that makes it; where on this machine it lies is no news for a phone. */
export function checkName([program = '', ...words]: readonly string[]): string {
  const name = isAbsolute(program) ? basename(program) : program
  return cut(oneLine([name, ...words].join(' ')), 80)
}

/** Undefined: it is no verdict on this argv. */
function failedOf(text: string, argv: readonly string[]): string | null | undefined {
  const said = parsed(text)
  const isOurs = JSON.stringify(said?.argv) === JSON.stringify(argv)
  return isOurs && (said?.failed === null || typeof said?.failed === 'string')
    ? said.failed
    : undefined
}

type Said = { readonly argv?: unknown; readonly failed?: unknown; readonly endedAt?: unknown }

/** Null: it is not whole. */
function parsed(text: string): Said | null {
  try {
    return Object(JSON.parse(text)) as Said
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

async function forgetIn(folder: string, before: number): Promise<void> {
  const files = Map.groupBy(await namesIn(folder), (name) => name.replace(/\..*$/, ''))
  const failures: Error[] = []
  for (const names of files.values()) {
    // The verdict first: one without its log would be no help to whoever must fix it.
    const paths = names.toSorted().map((name) => join(folder, name))
    try {
      if ((await writtenAt(paths)) < before) for (const path of paths) await rm(path)
    } catch (error) {
      failures.push(error as Error)
    }
  }
  const [cause] = failures
  if (cause === undefined) return
  const many = failures.length === 1 ? 'a result' : `${failures.length} results`
  throw new Error(`${many} in ${folder} cannot be removed: ${cause.message}`, { cause })
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** As the verdict says; where there is none, by the file that was written last. */
async function writtenAt(paths: readonly string[]): Promise<number> {
  const verdict = paths.find((path) => path.endsWith('.json'))
  const said = verdict === undefined ? null : parsed(await readFile(verdict, 'utf8'))
  if (typeof said?.endedAt === 'number') return said.endedAt
  const stats = await Promise.all(paths.map((path) => stat(path)))
  return Math.max(...stats.map(({ mtimeMs }) => mtimeMs))
}

async function readOr<T>(otherwise: T, path: string): Promise<string | T> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise
    throw error
  }
}

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.new`
  await writeFile(draft, content, { mode: 0o600, flush: true })
  await rename(draft, path)
  // A rename is on disk only once its folder is.
  const folder = await open(dirname(path), 'r')
  await folder.sync()
  await folder.close()
}
