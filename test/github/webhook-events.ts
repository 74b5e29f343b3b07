/**
 * The payloads of webhooks, made of what is so in the world now.
 *
 * `sender` is who did it: the repository's owner, if nobody is named. Nothing is posted here.
 */
import { commitOfSha, pushedCommit } from './json-commit.ts'
import { workflowRunJson } from './json-actions.ts'
import { checkRunJson, statusJson, suiteJson } from './json-checks.ts'
import { commentJson, issueJson, labelJson } from './json-issue.ts'
import { fullPullJson } from './json-pull.ts'
import { repositoryJson, userJson } from './json.ts'
import { between, nowhere } from './commits.ts'
import { findLabel } from './issues.ts'
import type {
  CheckRun,
  CheckSuite,
  Comment,
  CommitStatus,
  Issue,
  Repository,
  User,
  WorkflowRun,
} from './model.ts'
import { spell, type State } from './state.ts'
import type { WebhookEvent } from './webhooks.ts'

type Of<T> = { readonly record: T }
type In = Of<Repository>
export type Sent = {
  readonly sender?: User
  /** Where the hook is an App's. */
  readonly installation?: { readonly id: number }
}

type OfIssue = {
  /** Of `labeled` and `unlabeled`. */
  readonly label?: string
  /** Of `edited`. */
  readonly changes?: Readonly<Partial<Record<'title' | 'body', { readonly from: string }>>>
}

export type WebhookEvents = {
  ping(repository: In, how?: Sent): WebhookEvent
  issues(action: string, issue: Of<Issue>, how?: Sent & OfIssue): WebhookEvent
  issueComment(action: string, comment: Comment, how?: Sent): WebhookEvent
  checkSuite(action: string, repository: In, suite: CheckSuite, how?: Sent): WebhookEvent
  checkRun(action: string, repository: In, run: Of<CheckRun>, how?: Sent): WebhookEvent
  workflowRun(action: string, repository: In, run: Of<WorkflowRun>, how?: Sent): WebhookEvent
  status(repository: In, status: CommitStatus, how?: Sent): WebhookEvent
  /** What the newest move of the branch was. */
  push(repository: In, branch: string, how?: Sent): WebhookEvent
  pullRequest(action: string, pull: Of<Issue>, how?: Sent): WebhookEvent
  issueDependencies(
    action: 'blocked_by_added' | 'blocked_by_removed' | 'blocking_added' | 'blocking_removed',
    pair: { readonly blocked: Of<Issue>; readonly blocker: Of<Issue> },
    how?: Sent,
  ): WebhookEvent
}

const view = { labelsAsStrings: false, hasSummaries: true }

export function webhookEvents(state: State): WebhookEvents {
  const of = (
    name: string,
    repository: Repository,
    { sender, installation }: Sent,
    payload: object,
  ) => ({
    name,
    payload: {
      ...payload,
      repository: repositoryJson(state, repository),
      sender: userJson(state, sender ?? repository.owner),
      ...(installation !== undefined && { installation: { id: installation.id, node_id: 'x' } }),
    },
  })
  return {
    ping: ({ record }, how = {}) => of('ping', record, how, pingOf(state, record)),
    issues(action, { record }, { label, changes, ...how } = {}) {
      const found = label === undefined ? null : findLabel(record.repository.labels, label)
      const told = {
        ...(found !== null && { label: labelJson(state, record.repository, found) }),
        ...(changes !== undefined && { changes }),
      }
      const issue = issueJson(state, record, view)
      return of('issues', record.repository, how, { action, issue, ...told })
    },
    issueComment(action, comment, how = {}) {
      const { issue } = comment
      const told = { issue: issueJson(state, issue, view), comment: commentJson(state, comment) }
      return of('issue_comment', issue.repository, how, { action, ...told })
    },
    checkSuite: (action, { record }, suite, how = {}) =>
      of('check_suite', record, how, { action, check_suite: suiteJson(state, record, suite) }),
    checkRun: (action, { record }, run, how = {}) =>
      of('check_run', record, how, { action, check_run: checkRunJson(state, record, run.record) }),
    workflowRun: (action, { record }, run, how = {}) =>
      of('workflow_run', record, how, {
        action,
        workflow_run: workflowRunJson(state, record, run.record),
      }),
    status: ({ record }, status, how = {}) =>
      of('status', record, how, statusOf(state, record, status)),
    push: ({ record }, branch, how = {}) => of('push', record, how, pushOf(record, branch)),
    pullRequest: (action, { record }, how = {}) =>
      of('pull_request', record.repository, how, {
        action,
        number: record.number,
        pull_request: fullPullJson(state, record),
      }),
    issueDependencies(action, { blocked, blocker }, how = {}) {
      const told = {
        action,
        blocked_issue_id: blocked.record.id,
        blocked_issue: issueJson(state, blocked.record, view),
        blocking_issue_id: blocker.record.id,
        blocking_issue: issueJson(state, blocker.record, view),
        blocking_issue_repo: repositoryJson(state, blocker.record.repository),
      }
      return of('issue_dependencies', blocked.record.repository, how, told)
    },
  }
}

function pingOf(state: State, { id }: Repository): object {
  const hook = { type: 'Repository', id: 424_242, name: 'web', active: true, events: ['*'] }
  const url = `${state.url}/repositories/${id}/hooks/424242`
  return { zen: 'Design for failure.', hook_id: 424_242, hook: { ...hook, url } }
}

function statusOf(state: State, repository: Repository, status: CommitStatus): object {
  const { sha, context } = status
  const branches = [...repository.branches].filter(([, tip]) => tip === sha)
  return {
    ...statusJson(state, repository, status),
    sha,
    name: context,
    commit: commitOfSha(state, repository, sha),
    branches: branches.map(([name]) => ({ name, commit: { sha }, protected: false })),
  }
}

function pushOf(repository: Repository, branch: string): object {
  const ref = `refs/heads/${branch}`
  const moved = repository.activities.findLast((each) => each.ref === ref)
  if (moved === undefined) throw new Error(`nobody pushed ${branch}`)
  const { before, after, type, actor } = moved
  const isDeleted = after === nowhere
  const base = repository.commits.has(before) ? before : null
  const fresh = isDeleted ? [] : between(repository, base, after)
  const commits = fresh.slice(0, 2_048).map((each) => pushedCommit(repository, each))
  return {
    ref,
    before,
    after,
    created: before === nowhere,
    deleted: isDeleted,
    forced: type === 'force_push',
    commits,
    head_commit: commits.at(-1) ?? null,
    pusher: { name: actor?.login ?? 'ghost', email: null },
    pushed_at: spell(moved.at),
  }
}
