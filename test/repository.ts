/**
 * A throw-away repository with real git: a bare one that stands for the remote, and clones of it. Gone
 * when the test is over. It begins with one commit on `main`, which holds `README.md`.
 *
 * @example
 * const remote = await repository()
 * const agent = await remote.clone()
 * const commit = await agent.commit('feature: add x\n\nAFK-Run: run_1', { 'x.txt': 'x' })
 * await agent.push('HEAD:main')
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { git } from '../src/git/git.ts'
import { temporaryFolder } from './temporary.ts'

export type Repository = {
  /** The bare repository; removing or renaming it makes the remote unreachable. */
  readonly path: string
  readonly clone: () => Promise<Clone>
}

export type Clone = {
  readonly path: string
  /** Any git command there; what it printed, trimmed. */
  readonly git: (...args: readonly string[]) => Promise<string>
  /** Writes the files, by path, and commits all; the commit's hash. */
  readonly commit: (message: string, files?: Files) => Promise<string>
  /** `git push origin`, with anything that may follow it: `HEAD:main`, `--force`. */
  readonly push: (...args: readonly string[]) => Promise<void>
}

type Files = Readonly<Record<string, string>>

export async function repository(): Promise<Repository> {
  const folder = temporaryFolder()
  const path = join(folder, 'remote.git')
  await git(folder, ['init', '--quiet', '--bare', '--initial-branch=main', path])
  let clones = 0
  const clone = async () => {
    clones += 1
    const into = join(folder, `clone-${clones}`)
    await git(folder, ['clone', '--quiet', path, into])
    return workIn(into)
  }
  const first = await clone()
  await first.commit('first', { 'README.md': 'first\n' })
  await first.push('HEAD:main')
  return { path, clone }
}

function workIn(path: string): Clone {
  const ask = async (...args: readonly string[]) => (await git(path, args, { env: author })).trim()
  return {
    path,
    git: ask,
    async commit(message, files = {}) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true })
        await writeFile(join(path, name), text)
      }
      await ask('add', '--all')
      await ask('commit', '--quiet', '--allow-empty', `--message=${message}`)
      return ask('rev-parse', 'HEAD')
    },
    async push(...args) {
      await ask('push', '--quiet', 'origin', ...args)
    },
  }
}

const author = {
  GIT_AUTHOR_NAME: 'A. Author',
  GIT_AUTHOR_EMAIL: 'author@example.com',
  GIT_COMMITTER_NAME: 'A. Author',
  GIT_COMMITTER_EMAIL: 'author@example.com',
}
