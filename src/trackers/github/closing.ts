/**
 * Who closed an issue, and whether a commit is behind it.
 *
 * A closing keyword in a push names its commit in the event. One in a pull request does not: there the pull
 * request is looked for that names the issue and was merged within a minute of the close. What is closed
 * twice was closed by the last. Where its events do not tell of that close, or cannot be understood, nobody knows.
 */
import * as z from 'zod'

import { understood } from '../../github/understood.ts'
import type { TrackedIssue } from '../tracker.ts'
import { type Happened, last } from './happened.ts'
import type { RawIssue } from './raw-issue.ts'
import { isSame, nameIn } from './names.ts'
import type { Repo } from './repo.ts'

export type Closing = NonNullable<TrackedIssue['closedBy']>

/** Null: nobody knows, now. */
export async function closingOf(
  issue: RawIssue,
  events: readonly Happened[] | null,
  repo: Repo,
): Promise<Closing | null> {
  const closed = last(events ?? [], 'closed', 'reopened')
  if (closed?.event !== 'closed') return null
  const who = closed.actor?.login ?? null
  return { who, commit: closed.commit ?? (await mergedThen(issue, closed.at, repo)) }
}

const aMinute = 60_000

const Mention = z.object({
  event: z.literal('cross-referenced'),
  source: z.object({
    issue: z.object({
      number: z.int(),
      repository_url: z.string(),
      pull_request: z.object({ merged_at: z.iso.datetime() }),
    }),
  }),
})

const Pull = z.object({ merged: z.boolean(), merge_commit_sha: z.string().nullish() })

/** Null: no pull request of this repository was merged then. */
async function mergedThen(issue: RawIssue, closedAt: number, { client, at }: Repo) {
  const { items } = await client.all(at(`/issues/${issue.number}/timeline?per_page=100`))
  const mentions = items.flatMap((item) => {
    const mention = Mention.safeParse(item)
    return mention.success ? [mention.data.source.issue] : []
  })
  const own = nameIn(issue.repository_url)
  const merged = mentions.findLast(
    ({ repository_url: url, pull_request: { merged_at: mergedAt } }) =>
      isSame(nameIn(url), own) && Math.abs(Date.parse(mergedAt) - closedAt) <= aMinute,
  )
  if (merged === undefined) return null
  const pull = understood(Pull, await client.get(at(`/pulls/${merged.number}`)), 'for a pull')
  return pull.merged ? (pull.merge_commit_sha ?? null) : null
}
