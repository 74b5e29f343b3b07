/**
 * The files of one commit in a repository of their own, which borrows the objects of the clone.
 *
 * Not a worktree of the clone: whatever a command does to its git changes no branch, tag, setting or hook
 * of the clone, and no setting or filter of the clone changes the files. So it is as on a fresh machine:
 * no remote, no branches or tags, submodules empty, large files as the pointers that are committed. The
 * clone must be whole: one without blobs, or a commit that was pruned, cannot be checked out.
 */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { git } from '../../git/git.ts'

export type Checkout = {
  readonly repo: string
  readonly commit: string
  /** Made anew; what stands there is removed. */
  readonly into: string
}

export async function checkOut({ repo, commit, into }: Checkout): Promise<void> {
  await removeCheckout(into)
  await mkdir(dirname(into), { recursive: true, mode: 0o700 })
  const format = `--object-format=${commit.length === 64 ? 'sha256' : 'sha1'}`
  await git(dirname(into), ['init', '--quiet', '--template=', format, into])
  const objects = await pathIn(repo, 'objects')
  await mkdir(join(into, '.git/objects/info'), { recursive: true })
  await writeFile(join(into, '.git/objects/info/alternates'), `${objects}\n`)
  await shallow(repo, into)
  const env = { GIT_NO_REPLACE_OBJECTS: '1' }
  await git(into, ['checkout', '--quiet', '--detach', commit], { env })
}

export async function removeCheckout(into: string): Promise<void> {
  await rm(into, { recursive: true, force: true, maxRetries: 5 })
}

async function pathIn(repo: string, name: string): Promise<string> {
  return (await git(repo, ['rev-parse', '--path-format=absolute', '--git-path', name])).trim()
}

/** Where the clone's history ends early, so must this one's. */
async function shallow(repo: string, into: string): Promise<void> {
  const isShallow = (await git(repo, ['rev-parse', '--is-shallow-repository'])).trim() === 'true'
  if (isShallow) await copyFile(await pathIn(repo, 'shallow'), join(into, '.git/shallow'))
}
