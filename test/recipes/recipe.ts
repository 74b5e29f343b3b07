/**
 * The recipes as the document has them, and what it takes to run one: a shell's environment with nothing
 * of this machine's but its programs, `afk` among them, and a node with tokens to ring.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { z } from 'zod'

import type { RingPageView, RingView } from '../../src/server/schemas.ts'
import { blocksOf, read, root } from '../markdown.ts'
import { receiver, startedNode } from '../node.ts'
import { temporaryFolder } from '../temporary.ts'

/** The one block of a language below a heading of the recipes. */
export function recipe(heading: string, language: string): string {
  const [, section = ''] = `\n${read('docs/recipes.md')}`.split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  const found = blocksOf(own).filter((block) => block.language === language)
  if (found.length !== 1) throw new Error(`${heading} has ${found.length} blocks of ${language}`)
  return found[0]!.code
}

/** Replaces what a reader would put in by hand, and fails where the recipe no longer has it. */
export function filledIn(code: string, from: string, to: string): string {
  if (code.split(from).length !== 2) throw new Error(`the recipe has not one ${from}`)
  return code.replace(from, () => to)
}

/** Programs of this machine and Node.js as it runs here; in the folder, what the test lays before them. */
export function pathBefore(...folders: readonly string[]): string {
  return [...folders, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter)
}

/** A folder with `afk`, as an installation of the package puts it on the path. */
export function afkFolder(): string {
  const folder = temporaryFolder()
  const main = join(root, 'src/main.ts')
  const script = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`
  writeFileSync(join(folder, 'afk'), script, { mode: 0o755 })
  return folder
}

export type Environment = Readonly<Record<string, string>>

type Running = {
  readonly cwd?: string
  readonly env?: Environment
  readonly stdin?: string
}

/** Starts a program of the path; killed when the test is over, if it still runs. */
export function started(command: string, argv: readonly string[], around: Running = {}) {
  const { cwd = temporaryFolder(), env = {}, stdin = '' } = around
  const child = spawn(command, [...argv], {
    cwd,
    env: { PATH: pathBefore(), HOME: cwd, NO_COLOR: '1', ...env },
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
  })
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  child.stdin.end(stdin)
  return { child, closed }
}

export async function ran(command: string, argv: readonly string[], around: Running = {}) {
  const { child, closed } = started(command, argv, around)
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { code, out, err }
}

/** Whether the program is there; what is not is named by the test that it skips. */
export async function isThere(command: string): Promise<boolean> {
  const child = spawn(command, ['--version'], { stdio: 'ignore' })
  return await new Promise((resolve) => {
    child.on('error', () => resolve(false))
    child.on('close', (code) => resolve(code === 0))
  })
}

const tokens = { operator: 'operator-0123456789', ring: 'ring-0123456789abc' }

/** A node, with tokens unless said otherwise: what rings it has the ring token, the test reads all of it. */
export async function ringable(more: object = { tokens }) {
  const { channel, received } = await receiver()
  const node = await startedNode({ channels: { phone: channel }, more })

  async function get<T>(path: string): Promise<T> {
    const headers = { authorization: `Bearer ${tokens.operator}` }
    return (await (await fetch(`${node.url}${path}`, { headers })).json()) as T
  }
  return {
    env: { AFK_URL: node.url, AFK_TOKEN: tokens.ring },
    received,
    /** Oldest first. */
    async rings() {
      const { rings } = await get<z.infer<typeof RingPageView>>('/v1/rings')
      const ids = rings.map(({ id }) => id).toReversed()
      return Promise.all(ids.map((id) => get<z.infer<typeof RingView>>(`/v1/rings/${id}`)))
    },
  }
}
