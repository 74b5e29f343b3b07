/**
 * Reads issues: one, or all open ones with a label. Pull requests are none.
 *
 * That GitHub shows no issue counts only where it shows the repository's issues at all: a token that lost its
 * access sees 404 everywhere. An issue that was transferred is gone from here, though its old address leads to
 * the new one.
 */
import { GithubError } from '../../github/github-error.ts'
import type { Listed } from '../../github/pages.ts'
import type { Listing } from '../tracker.ts'
import { labelsOf, parsed, type RawIssue, understoodIssue } from './raw-issue.ts'
import { isSame, nameIn } from './names.ts'
import { nameNow } from './renaming.ts'
import type { Repo } from './repo.ts'

export type Found = {
  readonly issues: readonly RawIssue[]
  readonly faults: Listing['faults']
  /** GitHub led elsewhere: the repository may have another name. */
  readonly isMoved: boolean
}

/** One request for each label: GitHub takes several as "all of them". */
export async function openIssues(labels: readonly string[], repo: Repo): Promise<Found> {
  const lists = await Promise.all(labels.map((label) => listed(label, repo)))
  const found = new Map<number, RawIssue>()
  const faults = new Map<string, string>()
  for (const [index, { items }] of lists.entries())
    for (const [place, item] of items.entries()) {
      const read = parsed(item, `issue ${place + 1} of ${labels[index]}`)
      if (read.type === 'malformed') faults.set(read.where, read.what)
      else if (isWanted(read.issue, labels)) found.set(read.issue.number, read.issue)
    }
  return {
    issues: [...found.values()].toSorted((one, other) => one.number - other.number),
    faults: [...faults].map(([where, what]) => ({ where, what })),
    isMoved: lists.some(({ isMoved }) => isMoved),
  }
}

/** The comma parts labels in the query: one that holds a comma cannot be asked for, and all are. */
async function listed(label: string, { client, at }: Repo): Promise<Listed> {
  const query = new URLSearchParams({ state: 'open', sort: 'created', direction: 'asc' })
  if (!label.includes(',')) query.set('labels', label)
  query.set('per_page', '100')
  return client.all(at(`/issues?${query.toString()}`))
}

function isWanted(issue: RawIssue, labels: readonly string[]): boolean {
  const has = labelsOf(issue)
  const isLabelled = labels.some((label) => has.some((each) => isSame(each, label)))
  return issue.pull_request == null && issue.state === 'open' && isLabelled
}

/** Null: there is none, or none here any more. */
export async function oneIssue(number: number, repo: Repo): Promise<RawIssue | null> {
  if (!Number.isSafeInteger(number) || number < 1) return null
  const value = await shown(repo.at(`/issues/${number}`), repo)
  if (value === null) return null
  const issue = understoodIssue(value, number)
  return issue.pull_request == null && (await isHere(issue, repo)) ? issue : null
}

/** Null: there is nothing, while the issues of the repository are shown. */
async function shown(path: string, { client, at }: Repo): Promise<unknown> {
  try {
    return await client.get(path)
  } catch (error) {
    if (!(error instanceof GithubError) || error.code !== 'gone') throw error
    await client.get(at('/issues?state=all&per_page=1'))
    return null
  }
}

async function isHere({ repository_url: url }: RawIssue, repo: Repo): Promise<boolean> {
  return isSame(nameIn(url), repo.name) || isSame(nameIn(url), await nameNow(repo))
}
