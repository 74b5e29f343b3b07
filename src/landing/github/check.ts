/**
 * What a doctor can find out about pull requests on GitHub. Nothing is written.
 *
 * What the account may is told; what its token may shows only in a write, and stays unproven, and so does all that
 * an App may. With `merge: auto` it is told what no merge of AFK's would get past.
 */
import * as z from 'zod'

import { bad, type Finding, good, unproven } from '../../doorbell/finding.ts'
import { failure } from '../../github/check.ts'
import type { GithubClient } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { understood } from '../../github/understood.ts'

export type CheckedPulls = {
  readonly client: GithubClient
  readonly at: (below: string) => string
  /** Where work lands. */
  readonly base: string
  readonly merges: 'human' | 'auto'
}

const Repository = z.object({
  full_name: z.string(),
  archived: z.boolean(),
  permissions: z.object({ push: z.boolean() }).nullish(),
})

export async function checkPulls(checked: CheckedPulls): Promise<readonly Finding[]> {
  const { client, at, merges } = checked
  const needs = merges === 'auto' ? 'Pull requests and Contents: write' : 'Pull requests: write'
  try {
    const shown = understood(Repository, await client.get(at('')), 'for a repository')
    const isApp = (await client.self()).is === 'app'
    await client.get(at('/pulls?per_page=1'))
    return [
      good('pull requests can be read'),
      rightsOf(shown, { isApp, needs }),
      ...(merges === 'auto' ? await reviewsOf(checked) : []),
    ]
  } catch (error) {
    if (!(error instanceof GithubError)) throw error
    return [failure(error, needs)]
  }
}

type Token = { readonly isApp: boolean; readonly needs: string }

function rightsOf(
  { full_name: name, archived, permissions }: z.infer<typeof Repository>,
  { isApp, needs }: Token,
): Finding {
  if (archived) return bad(`${name} is archived: nothing can be merged`, 'make it so again')
  if (!isApp && permissions?.push === false)
    return bad(`whoever has the token may not write to ${name}`, `give them write access`)
  const whose = isApp ? 'whether the App' : 'whether the token'
  return unproven(
    `${whose} may open${needs.includes('Contents') ? ' and merge' : ''} one`,
    `it needs ${needs}`,
  )
}

const Reviewed = z.object({
  type: z.literal('pull_request'),
  parameters: z.object({ required_approving_review_count: z.int().positive() }),
})

/** An older server has no rules; what the token may not read is not guessed. */
async function reviewsOf({ client, at, base }: CheckedPulls): Promise<readonly Finding[]> {
  const path = at(`/rules/branches/${encodeURIComponent(base)}?per_page=100`)
  try {
    const { items } = await client.all(path)
    if (!items.some((item) => Reviewed.safeParse(item).success)) return []
    const what = `${base} requires a review, so AFK merges nothing: each run ends needs-human`
    return [unproven(what, 'set merge: human, or let the token past that rule')]
  } catch (error) {
    if (error instanceof GithubError && ['gone', 'forbidden'].includes(error.code)) return []
    throw error
  }
}
