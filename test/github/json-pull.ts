/** Pull requests, as GitHub writes them: in a list, and one by one. */
import { associationOf, labelJson } from './json-issue.ts'
import { apiOf, nodeId, pageOf, repositoryJson, userJson, userOrNull } from './json.ts'
import type { Issue, Repository } from './model.ts'
import { commitsOf, mergeabilityOf, pullOf } from './pulls.ts'
import { spell, spellOrNull, type State } from './state.ts'

export function pullJson(state: State, issue: Issue) {
  const { repository, number, author } = issue
  const pull = pullOf(issue)
  const tip = repository.branches.get(pull.base) ?? pull.headSha
  return {
    ...addresses(state, issue),
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    number,
    state: issue.state,
    locked: issue.isLocked,
    title: issue.title,
    user: userJson(state, author?.user ?? ghost),
    body: issue.body,
    labels: issue.labels.map((each) => ({
      ...labelJson(state, repository, each),
      description: '',
    })),
    milestone: null,
    active_lock_reason: issue.lockReason,
    created_at: spell(issue.createdAt),
    updated_at: spell(issue.updatedAt),
    closed_at: spellOrNull(issue.closedAt),
    merged_at: spellOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeCommit ?? testMerge(issue),
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: endOf(state, pull.from, { ref: pull.head, sha: pull.headSha }),
    base: endOf(state, repository, { ref: pull.base, sha: tip }),
    author_association: associationOf(author, repository),
    auto_merge:
      pull.autoMerge === null
        ? null
        : {
            enabled_by: userJson(state, pull.autoMerge.by),
            merge_method: pull.autoMerge.method,
            commit_title: issue.title,
            commit_message: '',
          },
    draft: pull.isDraft,
  }
}

export function fullPullJson(state: State, issue: Issue) {
  const pull = pullOf(issue)
  const { mergeable, state: stands } = mergeabilityOf(issue)
  return {
    ...pullJson(state, issue),
    merged: pull.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: stands,
    merged_by: userOrNull(state, pull.mergedBy),
    comments: issue.comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: commitsOf(issue).length,
    additions: 1,
    deletions: 0,
    changed_files: 1,
  }
}

/** A pull request is never nobody's: this account stands in for those that are gone. */
const ghost = { id: 10_137, login: 'ghost', type: 'User' } as const

/** Before it is merged, and where it never is, GitHub tells the hash of a merge that it tried: no branch has it. */
function testMerge(issue: Issue): string | null {
  const { mergeable } = mergeabilityOf(issue)
  const { headSha } = pullOf(issue)
  const isTried = mergeable === true || issue.state === 'closed'
  return isTried ? [...headSha].toReversed().join('') : null
}

type End = { readonly ref: string; readonly sha: string }

function endOf(state: State, repository: Repository, { ref, sha }: End) {
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: userJson(state, repository.owner),
    repo: repositoryJson(state, repository),
  }
}

function addresses(state: State, issue: Issue) {
  const { repository, number } = issue
  const api = apiOf(state, repository)
  const [at, page] = [`${api}/pulls/${number}`, `${pageOf(repository)}/pull/${number}`]
  const links = {
    self: at,
    html: page,
    issue: `${api}/issues/${number}`,
    comments: `${api}/issues/${number}/comments`,
    review_comments: `${at}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    commits: `${at}/commits`,
    statuses: `${api}/statuses/${pullOf(issue).headSha}`,
  }
  return {
    url: at,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: links.issue,
    comments_url: links.comments,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    commits_url: links.commits,
    statuses_url: links.statuses,
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
  }
}
