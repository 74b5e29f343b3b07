/**
 * Merges a pull request at exactly one head, by the first way that the repository and its branch allow.
 *
 * Asked again after it was merged, it says so and does nothing. What GitHub is not ready for, a required check that
 * still runs, and a head that has moved, may be asked again. A refusal counts only where the pull request is still as it was judged: GitHub may
 * have spoken of a head that was pushed a moment before.
 */
import * as z from 'zod'

import type { GithubClient } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { understood } from '../../github/understood.ts'
import type { MergeAnswer } from '../pulls.ts'

export type Merged =
  | MergeAnswer
  /** Refused, though nothing that can be seen stands in its way: GitHub may be behind with its own checks. */
  | { readonly is: 'unready'; readonly why: string }

type Place = {
  /** Where work lands: a pull request may be led elsewhere at any time. */
  readonly base: string
  readonly client: GithubClient
  readonly at: (below: string) => string
}

/** @throws {GithubError} if it cannot be asked. */
export async function mergePull(number: number, head: string, place: Place): Promise<Merged> {
  const path = place.at(`/pulls/${number}`)
  const before = await standing(path, head, place)
  if ('is' in before) return before
  const why = await tried(path, head, place)
  if (why === null) return { is: 'merged' }
  // Something landed in between, or is landing.
  if (/try (?:the merge )?again|already in progress/i.test(why)) return { is: 'not-yet' }
  const after = await standing(path, head, place)
  if ('is' in after) return after
  const awaited = after.mergeable ? awaitedIn(why) : null
  if (awaited === 'run') return { is: 'not-yet' }
  return { is: awaited === null ? 'refused' : 'unready', why }
}

/** What a refusal waits for: checks that run, or a report that may never come. Null: it is for good. */
function awaitedIn(why: string): 'run' | 'report' | null {
  // A check may be named like anything.
  const said = why.replaceAll(/"[^"]*"/g, '')
  const [checks = ''] = /required status checks? .*/i.exec(said) ?? []
  if (/fail|error|cancel|timed out|action required/i.test(checks)) return null
  if (/in progress|pending|queued|waiting/i.test(checks)) return 'run'
  return /expected/i.test(checks) || /is not mergeable/i.test(said) ? 'report' : null
}

const Full = z.object({
  merged: z.boolean(),
  state: z.string(),
  mergeable: z.boolean().nullable(),
  head: z.object({ sha: z.string() }),
  base: z.object({ ref: z.string() }),
})

/** What there is to say before anything is tried; else whether it can be merged as far as git goes. */
async function standing(
  path: string,
  head: string,
  { client, base }: Place,
): Promise<MergeAnswer | { readonly mergeable: boolean }> {
  const pull = understood(Full, await client.get(path), 'for a pull request')
  const { mergeable } = pull
  if (pull.merged) return { is: 'merged' }
  if (pull.base.ref !== base)
    return { is: 'refused', why: `it leads to another branch now, and not to ${base}` }
  // Who closed or moved it is told by the next look.
  const isAsJudged = pull.state === 'open' && pull.head.sha === head
  return !isAsJudged || mergeable === null ? { is: 'not-yet' } : { mergeable }
}

/** Null: it is merged. Else why not, by the last way that was tried. */
async function tried(path: string, sha: string, place: Place): Promise<string | null> {
  let why = 'GitHub allows no way to merge here'
  for (const method of await waysIn(place)) {
    try {
      await place.client.send('PUT', `${path}/merge`, { sha, merge_method: method })
      return null
    } catch (error) {
      if (!(error instanceof GithubError) || !finalCodes.includes(error.code)) throw error
      why = error.message
      if (!isOfItsWay.test(why)) return why
    }
  }
  return why
}

const finalCodes: readonly string[] = ['refused', 'forbidden', 'gone']

const isOfItsWay =
  /(?:merge commits|squash merges|rebase merges) are not allowed|must not contain merge commits/i

const Repository = z.object({
  allow_merge_commit: z.boolean().nullish(),
  allow_squash_merge: z.boolean().nullish(),
  allow_rebase_merge: z.boolean().nullish(),
})

/** Whoever is not told what is allowed tries it; a branch may allow less. */
async function waysIn({
  client,
  at,
}: Place): Promise<ReadonlyArray<'merge' | 'squash' | 'rebase'>> {
  const allowed = understood(Repository, await client.get(at('')), 'for a repository')
  return [
    ...(allowed.allow_merge_commit === false ? [] : (['merge'] as const)),
    ...(allowed.allow_squash_merge === false ? [] : (['squash'] as const)),
    ...(allowed.allow_rebase_merge === false ? [] : (['rebase'] as const)),
  ]
}
