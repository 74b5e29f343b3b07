/** A workspace's folder: spelt out, there, and whether git knows it. */
import { mkdir, stat } from 'node:fs/promises'
import { existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { invalid } from './answer.ts'

/** Absolute, without a slash at its end. A relative one is the server's own folder's. */
export const spelled = (path: string): string =>
  resolve(path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path)

/** Throws the refusal that T3 answers with where it is no folder. */
export async function usable(
  path: string,
  { isMade }: { readonly isMade: boolean },
): Promise<string> {
  const folder = spelled(path)
  if (!existsSync(folder) && isMade) await mkdir(folder, { recursive: true })
  const found = existsSync(folder) ? await stat(folder) : null
  if (found === null || !found.isDirectory()) throw invalid('invalid_command')
  return folder
}

export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory()

/** In a git repository, be it its root, a folder in it or a worktree. */
export function isInGit(folder: string): boolean {
  if (existsSync(join(folder, '.git'))) return true
  const above = dirname(folder)
  return above === folder ? false : isInGit(above)
}
