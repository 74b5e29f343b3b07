/**
 * What `afk init` leaves on the disk: secrets below `.afk/`, then the configuration.
 *
 * Nothing that is there already is ever overwritten: a secret that says the same stays, one that says
 * something else is a `CliError`, and then nothing was written. Each file is written whole or not at
 * all, and only its owner can read it. Where one cannot be written, those before it are removed again.
 */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { SECRETS, type Starter } from '../config/starter.ts'
import { CliError } from './cli-error.ts'

/** Throws if there is anything of that name, a dangling link included. */
export function assertAbsent(file: string): void {
  if (!isThere(file)) return
  throw new CliError(1, `${file} is here already, and stays as it is: move it, or use --file`)
}

/** A secret as an earlier run left it; undefined: there is none. */
export function keptSecret(name: string): string | undefined {
  const path = join(SECRETS, name)
  if (!isThere(path)) return undefined
  return disk(path, () => readFileSync(path, 'utf8')).replace(/\r?\n$/, '')
}

/** The names of the secrets that were not there before. */
export function writeSetup(file: string, { text, secrets }: Starter): readonly string[] {
  const fresh = [...secrets].filter(([name, value]) => {
    const kept = keptSecret(name)
    if (kept !== undefined && kept !== value) throw conflict(name)
    return kept === undefined
  })
  const written: string[] = []
  const write = (path: string, content: string) => {
    disk(path, () => writeWhole(path, content))
    written.push(path)
  }
  try {
    makeFolders()
    if (!isThere(ignoring)) write(ignoring, '*\n')
    for (const [name, value] of fresh) write(join(SECRETS, name), `${value}\n`)
    assertAbsent(file)
    write(file, text)
  } catch (error) {
    for (const path of written) rmSync(path, { force: true })
    throw error
  }
  return fresh.map(([name]) => name)
}

const ignoring = '.afk/.gitignore'

function makeFolders(): void {
  disk(SECRETS, () => {
    mkdirSync(SECRETS, { recursive: true, mode: 0o700 })
    chmodSync(SECRETS, 0o700)
  })
}

function writeWhole(path: string, content: string): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`
  try {
    writeFileSync(draft, content, { mode: 0o600, flag: 'wx', flush: true })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function isThere(path: string): boolean {
  return disk(path, () => lstatSync(path, { throwIfNoEntry: false })) !== undefined
}

function disk<T>(path: string, use: () => T): T {
  try {
    return use()
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw new CliError(1, `cannot use ${path} (${code}): mend that, and run afk init again`, {
      cause,
    })
  }
}

function conflict(name: string): CliError {
  const path = join(SECRETS, name)
  return new CliError(1, `${path} is here already, and says something else: move it away first`)
}
