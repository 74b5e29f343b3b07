/**
 * Which branches' pull requests may have been merged, by one list: those that were closed or spoken of last.
 *
 * A branch is named while the list shows a merged one of it. Where the list is too short to reach back to the one
 * before, as after a start, each branch is named until it was read and is not merged. So however many wait for a
 * person, a look is one request, and mostly a 304.
 */
import * as z from 'zod'

import type { GithubReader } from '../../github/client.ts'
import { understood } from '../../github/understood.ts'
import type { Pull } from '../pulls.ts'
import { isOwn, pullOf, RawPull } from './raw-pull.ts'

export type Merges = {
  /** @throws {GithubError} if it cannot be asked. */
  among(branches: readonly string[]): Promise<readonly string[]>
  /** What was read of a branch; null: it has none. */
  read(branch: string, pull: Pull | null): void
}

type Place = {
  readonly client: GithubReader
  readonly at: (below: string) => string
  /** Where work lands. */
  readonly base: string
}

const most = 30
const Closed = z.array(RawPull.extend({ updated_at: z.string() }))

export function merges({ client, at, base }: Place): Merges {
  const waiting = new Set<string>()
  let newest: string | null = null

  async function listed() {
    const query = new URLSearchParams({ state: 'closed', base, sort: 'updated', direction: 'desc' })
    const path = at(`/pulls?${query.toString()}&per_page=${most}`)
    return understood(Closed, await client.get(path), 'for a list of pull requests')
  }

  return {
    async among(branches) {
      const closed = await listed()
      const merged = closed.filter((raw) => isOwn(raw) && pullOf(raw).is === 'merged')
      const isMerged = (branch: string) => merged.some(({ head }) => head.ref === branch)
      const [first, last] = [closed[0], closed.at(-1)]
      const isAll = closed.length < most
      const reachesBack = newest !== null && last !== undefined && last.updated_at < newest
      for (const branch of waiting)
        if (!(isAll || reachesBack) || !branches.includes(branch)) waiting.delete(branch)
      newest = first?.updated_at ?? newest
      return branches.filter((branch) => isMerged(branch) || !(isAll || waiting.has(branch)))
    },
    read(branch, pull) {
      if (pull?.is === 'merged') waiting.delete(branch)
      else waiting.add(branch)
    },
  }
}
