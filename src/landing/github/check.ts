/** What a doctor can find out about pull requests on GitHub. Nothing is written. */
import * as z from 'zod'

import { bad, type Finding, good, unproven } from '../../doorbell/finding.ts'
import { failure } from '../../github/check.ts'
import type { GithubClient } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { understood } from '../../github/understood.ts'

export type CheckedPulls = {
  readonly client: GithubClient
  /** `owner/name`. */
  readonly repo: string
  readonly merges: 'human' | 'auto'
}

const Repository = z.object({ permissions: z.object({ push: z.boolean() }).nullish() })

export async function checkPulls({ client, repo, merges }: CheckedPulls) {
  const needs = merges === 'auto' ? 'Pull requests and Contents: write' : 'Pull requests: write'
  try {
    const shown = understood(Repository, await client.get(`/repos/${repo}`), 'for a repository')
    await client.get(`/repos/${repo}/pulls?per_page=1`)
    const findings: readonly Finding[] = [
      good('pull requests can be read'),
      shown.permissions?.push === false
        ? bad('whoever has the token may not write to the repository', `give them ${needs}`)
        : unproven('whether the token may open and merge one', `it needs ${needs}`),
    ]
    return findings
  } catch (error) {
    if (!(error instanceof GithubError)) throw error
    return [failure(error, 'Pull requests: read')]
  }
}
