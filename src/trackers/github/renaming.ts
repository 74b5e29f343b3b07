/**
 * What to tell of a repository that was renamed or transferred: GitHub leads on to it, at twice the requests.
 *
 * What it is called is asked once in five minutes, and only where GitHub led elsewhere.
 */
import * as z from 'zod'

import type { Clock } from '../../clock.ts'
import { understood } from '../../github/understood.ts'
import type { Listing } from '../tracker.ts'
import { isSame } from './names.ts'
import type { Repo } from './repo.ts'

const Repository = z.object({ full_name: z.string() })

const keptMs = 5 * 60_000

/** @throws {GithubError} if it cannot be asked. */
export async function nameNow({ client, at }: Repo): Promise<string> {
  return understood(Repository, await client.get(at('')), 'for the repository').full_name
}

/** Asked of a listing that came from elsewhere. */
export function renaming(repo: Repo, clock: Clock): () => Promise<Listing['faults']> {
  let known: { readonly name: string; readonly until: number } | null = null
  return async () => {
    if (known === null || clock.monotonic() >= known.until)
      known = { name: await nameNow(repo), until: clock.monotonic() + keptMs }
    if (isSame(known.name, repo.name)) return []
    return [{ where: repo.name, what: `is called ${known.name} now: correct tracker.repo` }]
  }
}
