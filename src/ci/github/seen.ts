/** What was reported of a commit, by name, and what of it the token may not read. */
import * as z from 'zod'

import { bad, type Finding, unproven } from '../../doorbell/finding.ts'
import type { GithubClient } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { understood } from '../../github/understood.ts'

export type Seen = {
  /** Of check runs and statuses: what a branch can require. */
  readonly checks: readonly string[]
  readonly workflows: readonly string[]
  /** What may not be read, and was perhaps there. */
  readonly refusals: readonly Finding[]
}

const Named = z.array(z.object({ name: z.string().nullish(), context: z.string().nullish() }))

/** @throws {GithubError} for what is no matter of permissions. */
export async function seenAt(
  commit: string,
  client: GithubClient,
  at: (below: string) => string,
): Promise<Seen> {
  const [runs, statuses, workflows] = await Promise.all([
    read(`/commits/${commit}/check-runs?filter=latest&per_page=100`, 'check_runs'),
    read(`/commits/${commit}/status?per_page=100`, 'statuses'),
    read(`/actions/runs?head_sha=${commit}&per_page=100`, 'workflow_runs'),
  ])
  return {
    checks: [...new Set([...runs.names, ...statuses.names])],
    workflows: [...new Set(workflows.names)],
    refusals: [
      ...runs.refused.map((what) =>
        unproven(`${what}: workflows’ jobs stand for them`, needs('Checks')),
      ),
      ...statuses.refused.map((what) => bad(what, needs('Commit statuses'))),
      ...workflows.refused.map((what) => bad(what, needs('Actions'))),
    ],
  }

  async function read(path: string, key: string) {
    try {
      const { items } = await client.all(at(path), key)
      const named = understood(Named, items, `GET ${at(path)}`)
      return { names: named.flatMap(({ name, context }) => name ?? context ?? []), refused: [] }
    } catch (error) {
      if (!(error instanceof GithubError) || error.code !== 'forbidden') throw error
      return { names: [], refused: [error.message] }
    }
  }
}

const needs = (permission: string) => `give the token ${permission}: read`
