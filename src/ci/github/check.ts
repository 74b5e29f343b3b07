/**
 * What a doctor can find out about the checks of a branch on GitHub: what it requires, what the token may read of a
 * commit, and whether any check was ever there. Nothing is written.
 *
 * A required check that nobody reports, and a repository that reports none, are seen here before a run waits
 * for them in vain.
 */
import * as z from 'zod'

import type { Clock } from '../../clock.ts'
import { bad, type Finding, good, unproven } from '../../doorbell/finding.ts'
import { failure } from '../../github/check.ts'
import type { GithubClient } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { understood } from '../../github/understood.ts'
import { requiredChecks } from './required.ts'
import { type Seen, seenAt } from './seen.ts'

export type CheckedBranch = {
  readonly client: GithubClient
  readonly at: (below: string) => string
  readonly branch: string
  /** Null: as the branch is protected. */
  readonly configured: readonly string[] | null
  readonly clock: Clock
}

/** So many of the newest are looked at, until one has a check. */
const commitsLookedAt = 3

export async function checkBranch(checked: CheckedBranch): Promise<readonly Finding[]> {
  const { branch } = checked
  try {
    const commits = await newestOf(checked)
    const [tip] = commits
    if (tip === undefined) {
      const mend = 'push it, correct landingBranch, or give the token access to the repository'
      return [bad(`GitHub shows no branch ${branch} to the token`, mend)]
    }
    const [required, seen] = await Promise.all([requiredOf(checked), seenIn(commits, checked)])
    return [
      good(`${branch} is at ${tip.slice(0, 12)} on GitHub`),
      requirement(required, checked),
      ...seen.refusals,
      ...(await sightOf(seen, required, checked)),
    ]
  } catch (error) {
    if (!(error instanceof GithubError)) throw error
    return [failure(error, 'Contents: read')]
  }
}

/** Empty: it has no such branch, or shows none. */
async function newestOf({ client, at, branch }: CheckedBranch): Promise<readonly string[]> {
  const query = new URLSearchParams({ sha: branch, per_page: String(commitsLookedAt) })
  try {
    const listed = await client.get(at(`/commits?${query.toString()}`))
    const commits = understood(z.array(z.object({ sha: z.string() })), listed, 'for the commits')
    return commits.map(({ sha }) => sha)
  } catch (error) {
    // An empty repository refuses.
    if (error instanceof GithubError && ['gone', 'refused'].includes(error.code)) return []
    throw error
  }
}

type Required = readonly string[] | null

/** Null: it cannot be known. What was mended a moment ago is seen: nothing is remembered. */
async function requiredOf(checked: CheckedBranch): Promise<Required> {
  const required = await requiredChecks(checked)()
  return required && [...new Set(required.map(({ context }) => context))]
}

function requirement(required: Required, { branch, configured }: CheckedBranch): Finding {
  const twice = 'a verdict takes two reads that agree, 30 s apart'
  const mend = 'name those that count in ci.required'
  if (required === null) return unproven(`what ${branch} requires cannot be read: ${twice}`, mend)
  if (required.length === 0)
    return unproven(`${branch} requires no check: all that are there count, and ${twice}`, mend)
  const says = configured === null ? `${branch} requires` : 'ci.required names'
  return good(`${says} ${required.join(', ')}`)
}

/** Of the newest commit that has anything; else of the oldest that was looked at. */
async function seenIn(commits: readonly string[], { client, at }: CheckedBranch): Promise<Seen> {
  let seen: Seen = { checks: [], workflows: [], refusals: [] }
  for (const commit of commits) {
    seen = await seenAt(commit, client, at)
    if ([...seen.checks, ...seen.workflows, ...seen.refusals].length > 0) return seen
  }
  return seen
}

async function sightOf(seen: Seen, required: Required, checked: CheckedBranch) {
  const { checks, workflows, refusals } = seen
  const { branch } = checked
  const all = [...checks, ...workflows.map((name) => `${name} (workflow)`)]
  const unseen = (required ?? []).filter((name) => !checks.includes(name))
  const mend = 'correct its name, or see that it runs on a push'
  if (all.length > 0)
    return [
      good(`seen on ${branch}: ${all.slice(0, 10).join(', ')}`),
      // What may not be read was perhaps among them.
      ...(refusals.length > 0 ? [] : unseen).map((name) =>
        unproven(`the required ${name} was not among them`, mend),
      ),
    ]
  if (refusals.length > 0) return []
  const what = `no check was ever seen at the newest commits of ${branch}`
  return (await workflowsOf(checked)) === 0
    ? [unproven(`${what}, and there is no workflow: a run ends no-ci`, 'add one, or set ci: none')]
    : [unproven(`${what}: a run would end no-ci`, 'let a workflow run on a push')]
}

async function workflowsOf({ client, at }: CheckedBranch): Promise<number> {
  const listed = await client.get(at('/actions/workflows?per_page=1'))
  return understood(z.object({ total_count: z.int() }), listed, 'for the workflows').total_count
}
