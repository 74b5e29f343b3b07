/**
 * The branches of a clone's remote `origin`, and the landing branch's history fetched into the clone.
 *
 * One look at a time. Whoever asks while one waits to begin, or within five seconds after one began, shares
 * it: many looks are one fetch, and who must know what is there now says so. What is fetched stands under `refs/afk/landing/`: neither the work tree,
 * the index, FETCH_HEAD nor any other ref is touched, so it does not matter how the clone stands.
 */
import { existsSync } from 'node:fs'

import type { Clock } from '../../clock.ts'
import { git, GitError } from '../../git/git.ts'
import { LandingError } from '../landing-error.ts'

export type RemoteHeads = {
  /** The landing branch's newest commit; the clone has it. */
  readonly tip: string
  /** Every branch's, in the same look or a little before; the clone may lack it. */
  readonly commits: ReadonlyMap<string, string>
}

export type RemoteOptions = {
  readonly repo: string
  readonly branch: string
  readonly env: Readonly<Record<string, string>>
  readonly clock: Pick<Clock, 'monotonic'>
  readonly signal: AbortSignal | undefined
}

/** Throws a `LandingError`. Its failures are shared like its answers. */
export function remoteHeads({ repo, branch, env, clock, signal }: RemoteOptions) {
  const ref = `refs/afk/landing/${branch}`
  let latest: Look | null = null

  /** `since`: an earlier look does not count. */
  return function look(since = -Infinity): Promise<RemoteHeads> {
    const oldest = Math.max(since, clock.monotonic() - FRESH_MS)
    if (latest && latest.beganAt > oldest) return latest.heads
    const begin = () => {
      mine.beganAt = clock.monotonic()
      return fetched()
    }
    const before = latest?.heads ?? Promise.resolve()
    // One that waits to begin is younger than any other.
    const mine: Look = { beganAt: Infinity, heads: before.then(begin, begin) }
    latest = mine
    return mine.heads
  }

  async function fetched(): Promise<RemoteHeads> {
    const said = await ask(['ls-remote', '--heads', '--refs', 'origin'], ANSWER_MS)
    const commits = new Map(said.split('\n').filter(Boolean).map(head))
    const there = commits.get(branch)
    if (there === undefined) {
      const message = `the remote of ${repo} has no branch ${branch}; push it, or correct landing.branch`
      throw new LandingError('missing', message)
    }
    if ((await known()) !== there) await ask([...FETCH, `+refs/heads/${branch}:${ref}`], FETCH_MS)
    return { tip: await known(), commits }
  }

  async function ask(args: readonly string[], withinMs: number): Promise<string> {
    if (!existsSync(repo))
      throw new LandingError('unreadable', `${repo} is not there: clone the repository to it`)
    try {
      return await git(repo, args, { env, signal: within(withinMs, signal) })
    } catch (error) {
      const message = `the remote of ${repo} does not answer; git ls-remote origin there says why`
      throw new LandingError('unreachable', message, { cause: error })
    }
  }

  /** Empty: nothing was fetched yet. */
  async function known(): Promise<string> {
    try {
      return (await git(repo, ['for-each-ref', '--format=%(objectname)', ref], { env })).trim()
    } catch (error) {
      if (!(error instanceof GitError)) throw error
      throw new LandingError('unreadable', `${repo} is no clone that git can read`, {
        cause: error,
      })
    }
  }
}

/** Until then, or until it is called off. */
function within(ms: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(ms)
  return signal === undefined ? timeout : AbortSignal.any([timeout, signal])
}

type Look = { beganAt: number; readonly heads: Promise<RemoteHeads> }

const FRESH_MS = 5000
const ANSWER_MS = 60_000
const FETCH_MS = 600_000

/** An empty refmap, or git also moves `refs/remotes/origin/`. */
const FETCH = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
  '--no-prune',
  '--refmap=',
  'origin',
]

function head(line: string): readonly [string, string] {
  const [commit = '', name = ''] = line.split('\t')
  return [name.replace('refs/heads/', ''), commit]
}
