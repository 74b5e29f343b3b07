/**
 * What an issue waits for: its dependencies on GitHub, and lines of its text that say `Blocked by #12`.
 *
 * Those that are not known to be closed count. A text that is not trusted names none: nobody is to make us
 * read without end, and an issue like that is not started anyway. A blocker in another repository has no
 * number here. Where it is open, or cannot be read, or where there are more than are read or shown, the issue is
 * blocked by `elsewhere`, which no issue ever is.
 */
import * as z from 'zod'

import { GithubError } from '../../github/github-error.ts'
import { isRepoName, pathsOf } from '../../github/paths.ts'
import { type Mention, mentionsIn } from './mentions.ts'
import { bodyOf, type RawIssue } from './raw-issue.ts'
import { isSame, nameIn } from './names.ts'
import type { Repo } from './repo.ts'

/** Stands for what has no number here. There is no such issue, so it is never closed. */
const elsewhere = 0

export type Blockers = {
  readonly numbers: readonly number[]
  /** What `elsewhere` stands for, in words. */
  readonly others: readonly string[]
}

export async function blockersOf(
  issue: RawIssue,
  repo: Repo,
  { isTrusted }: { readonly isTrusted: boolean },
): Promise<Blockers> {
  const own = nameIn(issue.repository_url)
  const isHere = (name: string | null) => name === null || isSame(name, own)
  const dependencies = await dependenciesOf(issue, repo)
  const mentions = isTrusted ? mentionsIn(bodyOf(issue)) : []
  const named = await notClosed(mentions.slice(0, mostMentions), repo)
  const open = [...dependencies.listed.filter(({ isClosed }) => !isClosed), ...named]
  const others = [
    ...open.filter(({ repo: name }) => !isHere(name)).map((each) => `${each.repo}#${each.number}`),
    ...(dependencies.areHidden ? ['a blocker that the token may not see'] : []),
    ...(mentions.length > mostMentions ? [`more than ${mostMentions} that its text names`] : []),
  ]
  const numbers = open.filter(({ repo: name }) => isHere(name)).map(({ number }) => number)
  return {
    numbers: [...new Set([...numbers, ...(others.length > 0 ? [elsewhere] : [])])],
    others: [...new Set(others)],
  }
}

const mostMentions = 20

const Blocker = z.object({ number: z.int(), state: z.string(), repository_url: z.string() })
type Blocker = z.infer<typeof Blocker>

type Dependencies = {
  readonly listed: ReadonlyArray<Mention & { readonly isClosed: boolean }>
  readonly areHidden: boolean
}

/** An older server has none, and says so with a 404. */
async function dependenciesOf(issue: RawIssue, { client, at }: Repo): Promise<Dependencies> {
  const summary = issue.issue_dependencies_summary
  const count = Math.max(summary?.blocked_by ?? 0, summary?.total_blocked_by ?? 0)
  if (summary != null && count === 0) return { listed: [], areHidden: false }
  try {
    const path = at(`/issues/${issue.number}/dependencies/blocked_by?per_page=100`)
    const { items } = await client.all(path)
    const read = items.map((item) => Blocker.safeParse(item))
    const listed = read.flatMap((each) => (each.success ? [dependency(each.data)] : []))
    return { listed, areHidden: listed.length < Math.max(count, read.length) }
  } catch (error) {
    if (error instanceof GithubError && error.code === 'gone')
      return { listed: [], areHidden: count > 0 }
    throw error
  }
}

function dependency({ number, state, repository_url: url }: Blocker) {
  return { repo: nameIn(url), number, isClosed: state === 'closed' }
}

const State = z.object({ state: z.string() })

async function notClosed(mentions: readonly Mention[], { client, at }: Repo) {
  const all = mentions.map(async (mention) => {
    const { repo, number } = mention
    if (repo !== null && !isRepoName(repo)) return [mention]
    const path = repo === null ? at(`/issues/${number}`) : pathsOf(repo)(`/issues/${number}`)
    return (await isClosed(path, client)) ? [] : [mention]
  })
  return (await Promise.all(all)).flat()
}

/** What cannot be read is not closed. A pull request that was merged is. */
async function isClosed(path: string, client: Repo['client']): Promise<boolean> {
  try {
    const read = State.safeParse(await client.get(path))
    return read.success && read.data.state === 'closed'
  } catch (error) {
    if (error instanceof GithubError && ['gone', 'forbidden'].includes(error.code)) return false
    throw error
  }
}
