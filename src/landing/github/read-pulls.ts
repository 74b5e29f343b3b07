/**
 * The pull requests that a branch has had, the newest first: from the repository itself into the landing branch.
 *
 * GitHub lists them by the owner of their branch. Where there is none, that may be another by now: it is asked for
 * every five minutes at most.
 */
import * as z from 'zod'

import type { Clock } from '../../clock.ts'
import type { GithubClient } from '../../github/client.ts'
import { understood } from '../../github/understood.ts'
import { isOwn, RawPull } from './raw-pull.ts'

export type ReadingPulls = {
  readonly client: GithubClient
  readonly at: (below: string) => string
  /** As it was enrolled. */
  readonly owner: string
  /** Where work lands. */
  readonly base: string
  readonly clock: Pick<Clock, 'monotonic'>
}

const askOwnerEveryMs = 300_000

const Repository = z.object({ owner: z.object({ login: z.string() }) })

/** @throws {GithubError} if it cannot be asked. */
export function pullReader({ client, at, base, clock, ...first }: ReadingPulls) {
  let { owner } = first
  let ownerAskedAt = -Infinity

  async function listed(branch: string): Promise<readonly RawPull[]> {
    const query = new URLSearchParams({ state: 'all', head: `${owner}:${branch}`, base })
    const { items } = await client.all(at(`/pulls?${query.toString()}&per_page=100`))
    const all = items.map((item) => understood(RawPull, item, 'for a pull request'))
    // GitHub does not look at a head that it does not understand.
    const own = all.filter((pull) => pull.head.ref === branch && isOwn(pull))
    return own.toSorted((one, two) => two.number - one.number)
  }

  /** False: it is who it was, or was asked a moment ago. */
  async function isTransferred(): Promise<boolean> {
    if (clock.monotonic() - ownerAskedAt < askOwnerEveryMs) return false
    const { login } = understood(Repository, await client.get(at('')), 'for a repository').owner
    ownerAskedAt = clock.monotonic()
    const before = owner
    owner = login
    return login.toLowerCase() !== before.toLowerCase()
  }

  return async (branch: string): Promise<readonly RawPull[]> => {
    const pulls = await listed(branch)
    return pulls.length === 0 && (await isTransferred()) ? listed(branch) : pulls
  }
}
