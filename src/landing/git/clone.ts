/**
 * What a clone holds, read commit by commit: the commits of a range, their trailers, and a file.
 *
 * Nothing is asked of the work tree, the index or the clone's refs, and `rev-list`, unlike `log`, prints
 * the same whatever the clone's settings are. Git that fails is a `LandingError`.
 */
import { git, GitError } from '../../git/git.ts'
import { LandingError } from '../landing-error.ts'
import type { Commit } from './own-work.ts'

export type CloneOptions = {
  readonly repo: string
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

export type Range = { readonly base: string; readonly tip: string }

export function clone({ repo, env, signal }: CloneOptions) {
  return {
    isCommit,

    isAncestor: (commit: string, tip: string) =>
      saysYes(['merge-base', '--is-ancestor', commit, tip]),

    /** What the tip has and the base has not, the tip first: the newest 10,000. */
    async gained({ base, tip }: Range): Promise<readonly Commit[]> {
      if (await isCommit(base)) {
        const said = await ask([...LIST, tip, `^${base}`, '--'])
        return said.split('\n').filter(Boolean).map(commitOf)
      }
      const message = `${repo} lacks the commit ${base}, which the run began at; fetch it there`
      throw new LandingError('unreadable', message)
    },

    /** Null: it has no file of that name; a link is none. */
    async file(commit: string, path: string): Promise<string | null> {
      const listed = await ask([...FIND, commit, '--', path])
      const [, blob, size] = /^100\d+ blob (\w+) +(\d+)\t/.exec(listed) ?? []
      if (blob === undefined || !listed.endsWith(`\t${path}\0`)) return null
      if (Number(size) <= LARGEST_FILE) return ask(['cat-file', 'blob', blob])
      const message = `${path} has ${size} bytes where it lands; it may have ${LARGEST_FILE}`
      throw new LandingError('unreadable', message)
    },
  }

  function isCommit(hash: string): Promise<boolean> {
    return saysYes(['rev-parse', '--verify', '--quiet', `${hash}^{commit}`])
  }

  async function saysYes(question: readonly string[]): Promise<boolean> {
    try {
      await ask(question)
      return true
    } catch (error) {
      const { cause } = error as LandingError
      if (cause instanceof GitError && cause.code === 1) return false
      throw error
    }
  }

  async function ask(args: readonly string[]): Promise<string> {
    try {
      return await git(repo, args, { env, ...(signal && { signal }) })
    } catch (error) {
      if (!(error instanceof GitError)) throw error
      if (signal?.aborted)
        throw new LandingError('unreachable', `git was called off in ${repo}`, { cause: error })
      throw new LandingError('unreadable', `git cannot read ${repo}`, { cause: error })
    }
  }
}

/** A message has no NUL, so a trailer's value cannot pretend to be two. */
const LIST = [
  'rev-list',
  '--topo-order',
  '--max-count=10000',
  '--no-commit-header',
  '--format=%H%x00%P%x00%(trailers:key=AFK-Run,valueonly,unfold,separator=%x00)',
]

/** A path is no pattern. */
const FIND = ['--literal-pathspecs', 'ls-tree', '--long', '-z', '--full-tree']

const LARGEST_FILE = 64 * 1024

function commitOf(line: string): Commit {
  const [hash = '', parents = '', ...runs] = line.split('\0')
  return { hash, parents: parents.split(' ').filter(Boolean), runs: runs.filter(Boolean) }
}
