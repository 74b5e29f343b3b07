/**
 * The pull requests of one GitHub repository, from its own branches into the landing branch.
 *
 * Read at most every ten seconds for one branch, unless an earlier look does not count; unchanged, it costs
 * nothing. A merge names the head that was judged: where that has moved, nothing is merged. It merges as the
 * repository allows: by a merge commit, else squashed, else rebased. One from a fork is nobody's here. A check that
 * GitHub still waits for when all that count have passed is waited for: as long as it runs, and where nothing reports
 * it, a minute at most.
 *
 * What only a person can mend (a review that is required, a conflict, a token that may not) is `refused`, in
 * GitHub's words. A GitHub that cannot be asked, or limits us, throws.
 */
import type { Clock } from '../../clock.ts'
import type { GithubClient } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { pathsOf } from '../../github/paths.ts'
import { LandingError } from '../landing-error.ts'
import type { MergeAnswer, Pulls } from '../pulls.ts'
import { checkPulls } from './check.ts'
import { isConflicting } from './conflicting.ts'
import { merges } from './merges.ts'
import { mergePull } from './merge-pull.ts'
import { openPull } from './open-pull.ts'
import { pullOf, type RawPull } from './raw-pull.ts'
import { pullReader } from './read-pulls.ts'

export type GithubPullsOptions = {
  /** `owner/name`. */
  readonly repo: string
  /** One for all repositories of a token. */
  readonly client: GithubClient
  /** Where work lands. */
  readonly branch: string
  readonly merges: 'human' | 'auto'
  readonly clock: Pick<Clock, 'monotonic'>
}

const askEveryMs = 10_000
const unreadyMs = 60_000
const remembered = 1_000

/**
 * @throws {TypeError} if `repo` is no `owner/name`.
 * @example githubPulls({ repo: 'octo/infra', client, branch: 'main', merges: 'human', clock })
 */
export function githubPulls(options: GithubPullsOptions): Pulls {
  const { repo, client, branch: base, clock } = options
  const at = pathsOf(repo)
  const [owner = ''] = repo.split('/')
  const readAll = pullReader({ client, at, owner, base, clock })
  const closed = merges({ client, at, base })
  const seen = lately<readonly RawPull[]>(clock, askEveryMs)
  // What it found may be newer than what was listed.
  const merged = merger({ client, at, base, clock, tried: seen.clear })

  async function read(branch: string, since = -Infinity): Promise<readonly RawPull[]> {
    const known = seen.of(branch, since)
    if (known !== null) return known
    const began = clock.monotonic()
    const pulls = await readAll(branch)
    seen.keep(branch, began, pulls)
    return pulls
  }

  return {
    of: (branch, since) =>
      asking(async () => {
        const pulls = await read(branch, since)
        const [found = null] = [...pulls.filter(({ state }) => state === 'open'), ...pulls]
        const pull = found && pullOf(found)
        closed.read(branch, pull)
        return pull
      }),
    mayBeMerged: (branches) => asking(() => closed.among(branches)),
    open: (offer) =>
      asking(async () => {
        const pulls = await read(offer.branch, clock.monotonic())
        seen.drop(offer.branch)
        return openPull({ ...offer, base }, pulls, { client, at })
      }),
    conflicts: ({ number }, head) =>
      asking(() => isConflicting(client, at(`/pulls/${number}`), head)),
    merge: ({ number }, head) => asking(() => merged(number, head)),
    check: () => checkPulls({ client, at, base, merges: options.merges }),
  }
}

type Merging = Pick<GithubPullsOptions, 'client' | 'clock'> & {
  readonly base: string
  readonly at: (below: string) => string
  readonly tried: () => void
}

/** Asked anew after ten seconds; until then it says the same. */
function merger({ client, at, base, clock, tried }: Merging) {
  const said = lately<MergeAnswer>(clock, askEveryMs)
  const unreadySince = new Map<string, number>()

  return async (number: number, head: string): Promise<MergeAnswer> => {
    const name = `${number} ${head}`
    const known = said.of(name)
    if (known !== null) return known
    const began = clock.monotonic()
    // Where it fails, too, nobody asks again at once.
    said.keep(name, began, { is: 'not-yet' })
    const answer = await mergePull(number, head, { client, at, base }).finally(tried)
    if (answer.is === 'unready') {
      const since = unreadySince.get(name) ?? began
      if (unreadySince.size >= remembered) unreadySince.clear()
      unreadySince.set(name, since)
      if (began - since < unreadyMs) return { is: 'not-yet' }
    }
    const final: MergeAnswer = answer.is === 'unready' ? { is: 'refused', why: answer.why } : answer
    said.keep(name, began, final)
    return final
  }
}

/** What was heard within a time. */
function lately<T>(clock: Pick<Clock, 'monotonic'>, withinMs: number) {
  const all = new Map<string, { readonly at: number; readonly value: T }>()
  return {
    of(name: string, since = -Infinity): T | null {
      const known = all.get(name)
      const oldest = Math.max(since, clock.monotonic() - withinMs)
      return known !== undefined && known.at > oldest ? known.value : null
    },
    keep(name: string, at: number, value: T) {
      if (all.size >= remembered) all.clear()
      all.set(name, { at, value })
    },
    drop: (name: string) => void all.delete(name),
    clear: () => all.clear(),
  }
}

/** The port's error for the client's. */
async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof GithubError)) throw error
    throw new LandingError('unreachable', error.message, { cause: error })
  }
}
