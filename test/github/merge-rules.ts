/**
 * Why a pull request may not be merged, or not in this way, in GitHub's words.
 *
 * A repository's own settings and the rules of its branch both narrow the ways. A review that is required is
 * missing: nobody reviews here.
 */
import type { Issue, MergeMethod } from './model.ts'
import { mergeabilityOf, pullOf } from './pulls.ts'
import { missingChecks, reviewsFor, rulesFor } from './rules.ts'

export type Merge = { readonly method: MergeMethod; readonly sha: string | undefined }
export type Refused = { readonly status: 405 | 409; readonly message: string }

/** Null: it may be merged. */
export function whyNotMerged(issue: Issue, { method, sha }: Merge): Refused | null {
  const message = whyNotAtAll(issue) ?? whyNotSo(issue, method)
  if (message !== null) return { status: 405, message }
  if (sha === undefined || sha === pullOf(issue).headSha) return null
  return { status: 409, message: 'Head branch was modified. Review and try the merge again.' }
}

function whyNotAtAll(issue: Issue): string | null {
  const { mergeable, state } = mergeabilityOf(issue)
  const [missing] = missingChecks(issue)
  if (issue.state === 'closed' || mergeable !== true) return 'Pull Request is not mergeable'
  if (state === 'draft') return 'Pull Request is still a draft'
  if (missing !== undefined) return `Required status check "${missing}" is expected.`
  const reviews = reviewsFor(issue)
  if (reviews > 0)
    return broken(
      `At least ${reviews} approving review is required by reviewers with write access.`,
    )
  return ['clean', 'unstable', 'behind'].includes(state) ? null : 'Repository rule violations found'
}

function whyNotSo(issue: Issue, method: MergeMethod): string | null {
  const byRules = rulesFor(issue, 'pull_request').flatMap(
    ({ parameters }) => (parameters?.['allowed_merge_methods'] ?? []) as readonly MergeMethod[],
  )
  const isAllowed =
    issue.repository.mergeMethods.includes(method) &&
    (byRules.length === 0 || byRules.includes(method))
  if (!isAllowed) return `${named[method]} are not allowed on this repository.`
  const isLinear = rulesFor(issue, 'required_linear_history').length > 0
  return isLinear && method === 'merge'
    ? broken('This branch must not contain merge commits.')
    : null
}

const named = {
  merge: 'Merge commits',
  squash: 'Squash merges',
  rebase: 'Rebase merges',
} as const

const broken = (rule: string) => `Repository rule violations found\n\n${rule}\n\n`
