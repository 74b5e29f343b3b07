/**
 * Merges a pull request at exactly one head, by the first way that the repository allows.
 *
 * Asked again after it was merged, it says so and does nothing. What GitHub is not ready for, and a head that
 * has moved, may be asked again.
 */
import * as z from 'zod'

import type { GithubClient } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { understood } from '../../github/understood.ts'
import type { MergeAnswer } from '../pulls.ts'

type Place = {
  readonly client: GithubClient
  readonly at: (below: string) => string
  readonly repo: string
}

const Full = z.object({
  merged: z.boolean(),
  state: z.string(),
  mergeable: z.boolean().nullable(),
  head: z.object({ sha: z.string() }),
})

/** @throws {GithubError} if it cannot be asked. */
export async function mergePull(number: number, head: string, place: Place): Promise<MergeAnswer> {
  const { client, at } = place
  const path = at(`/pulls/${number}`)
  const pull = understood(Full, await client.get(path), 'for a pull request')
  if (pull.merged) return { is: 'merged' }
  // Who closed or moved it is told by the next look.
  if (pull.state !== 'open' || pull.head.sha !== head || pull.mergeable === null)
    return { is: 'not-yet' }
  try {
    const body = { sha: head, merge_method: await methodOf(place) }
    await client.send('PUT', `${path}/merge`, body)
    return { is: 'merged' }
  } catch (error) {
    if (!(error instanceof GithubError) || !finalCodes.includes(error.code)) throw error
    // Something landed in between, or was pushed: asked again, it may be merged.
    if (/branch was modified/i.test(error.message)) return { is: 'not-yet' }
    return { is: 'refused', why: error.message }
  }
}

const Repository = z.object({
  allow_merge_commit: z.boolean().nullish(),
  allow_squash_merge: z.boolean().nullish(),
  allow_rebase_merge: z.boolean().nullish(),
})

/** Who may not see what is allowed tries a merge commit. */
async function methodOf({ client, repo }: Place) {
  const allowed = understood(Repository, await client.get(`/repos/${repo}`), 'for a repository')
  if (allowed.allow_merge_commit !== false) return 'merge'
  return allowed.allow_squash_merge === false ? 'rebase' : 'squash'
}

const finalCodes: readonly string[] = ['refused', 'forbidden', 'gone']
