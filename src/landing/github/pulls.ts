/**
 * The pull requests of one GitHub repository, from its own branches into the landing branch.
 *
 * Read at most every ten seconds for one branch, unless an earlier look does not count; unchanged, it costs
 * nothing. A merge names the head that was judged: where that has moved, nothing is merged. It merges as the
 * repository allows: by a merge commit, else squashed, else rebased. One from a fork is nobody's here.
 *
 * What only a person can mend (a review that is required, a conflict, a token that may not) is `refused`, in
 * GitHub's words. A GitHub that cannot be asked, or limits us, throws.
 */
import type { Clock } from '../../clock.ts'
import type { GithubClient } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { pathsOf } from '../../github/paths.ts'
import { understood } from '../../github/understood.ts'
import { LandingError } from '../landing-error.ts'
import type { Pulls } from '../pulls.ts'
import { checkPulls } from './check.ts'
import { mergePull } from './merge-pull.ts'
import { openPull } from './open-pull.ts'
import { isOwn, pullOf, RawPull } from './raw-pull.ts'

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
const remembered = 1_000

/**
 * @throws {TypeError} if `repo` is no `owner/name`.
 * @example githubPulls({ repo: 'octo/infra', client, branch: 'main', merges: 'human', clock })
 */
export function githubPulls(options: GithubPullsOptions): Pulls {
  const { repo, client, branch: base, merges, clock } = options
  const at = pathsOf(repo)
  const [owner] = repo.split('/')
  const seen = lately<readonly RawPull[]>(clock)
  const merged = lately<true>(clock)

  async function read(branch: string, since = -Infinity): Promise<readonly RawPull[]> {
    const known = seen.of(branch, since)
    if (known !== null) return known
    const began = clock.monotonic()
    const query = new URLSearchParams({ state: 'all', head: `${owner}:${branch}`, base })
    const { items } = await client.all(at(`/pulls?${query.toString()}&per_page=100`))
    const all = items.map((item) => understood(RawPull, item, 'for a pull request'))
    const newestFirst = all.toSorted((one, two) => two.number - one.number)
    // GitHub does not look at a head that it does not understand.
    const pulls = newestFirst.filter((pull) => pull.head.ref === branch && isOwn(pull))
    seen.keep(branch, began, pulls)
    return pulls
  }

  return {
    of: (branch, since) =>
      asking(async () => {
        const pulls = await read(branch, since)
        const [found = null] = [...pulls.filter(({ state }) => state === 'open'), ...pulls]
        return found && pullOf(found)
      }),
    open: (offer) =>
      asking(async () => {
        const pulls = await read(offer.branch, clock.monotonic())
        seen.drop(offer.branch)
        return openPull({ ...offer, base }, pulls, { client, at })
      }),
    async merge({ number }, head) {
      const name = `${number} ${head}`
      if (merged.of(name) !== null) return { is: 'not-yet' }
      merged.keep(name, clock.monotonic(), true)
      return asking(() => mergePull(number, head, { client, at, repo }))
    },
    check: () => checkPulls({ repo, client, merges }),
  }
}

/** What was heard within ten seconds. */
function lately<T>(clock: Pick<Clock, 'monotonic'>) {
  const all = new Map<string, { readonly at: number; readonly value: T }>()
  return {
    of(name: string, since = -Infinity): T | null {
      const known = all.get(name)
      const oldest = Math.max(since, clock.monotonic() - askEveryMs)
      return known !== undefined && known.at > oldest ? known.value : null
    },
    keep(name: string, at: number, value: T) {
      if (all.size >= remembered) all.clear()
      all.set(name, { at, value })
    },
    drop: (name: string) => void all.delete(name),
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
