/**
 * What the GitHub stand-in remembers, as plain records. Nothing here does anything.
 *
 * Instants are epoch milliseconds; GitHub tells them to the second. Every id is drawn from one counter and
 * far above every number, so that an id in the place of a number, or of another id, is never right by luck.
 */

export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin'

/** A custom role of an organization has a name of its own, and a base role. */
export type Grant = Role | { readonly base: Exclude<Role, 'admin'>; readonly name: string }

export type User = {
  readonly id: number
  login: string
  readonly type: 'User' | 'Bot' | 'Organization'
}

export type App = {
  readonly id: number
  readonly clientId: string
  readonly slug: string
  readonly owner: User
  /** `slug[bot]`, the author of what an installation writes. */
  readonly bot: User
}

/** Who does something, and the App that does it for them. */
export type Actor = { readonly user: User; readonly app: App | null }

export type Access = 'read' | 'write'

export type Permissions = Readonly<Partial<Record<Area, Access>>>

export type Area =
  | 'actions'
  | 'administration'
  | 'checks'
  | 'contents'
  | 'deployments'
  | 'issues'
  | 'metadata'
  | 'pull_requests'
  | 'statuses'

export type Installation = {
  readonly id: number
  readonly app: App
  readonly account: User
  readonly permissions: Permissions
  /** Null: all of the account's. */
  readonly repositories: readonly Repository[] | null
}

export type Token = {
  readonly value: string
  readonly user: User
  readonly kind: 'classic' | 'fine-grained' | 'installation'
  /** Set where an App acts: an installation, or for a user. */
  readonly app: App | null
  readonly installation: Installation | null
  /** Null: whatever the user may. */
  readonly permissions: Permissions | null
  /** Of a classic token; null: it is of a kind that has none. */
  readonly scopes: readonly string[] | null
  /** Null: all that the user sees. */
  readonly repositories: readonly Repository[] | null
  readonly expiresAt: number | null
  isRevoked: boolean
}

export type Label = {
  readonly id: number
  readonly name: string
  readonly color: string
}

export type Repository = {
  readonly id: number
  owner: User
  name: string
  /** `owner/name` in lower case, as it was called before. */
  readonly formerNames: string[]
  isPrivate: boolean
  isDeleted: boolean
  /** Nobody writes any more. */
  isArchived: boolean
  hasIssues: boolean
  readonly defaultBranch: string
  /** How pull requests may be merged here. */
  mergeMethods: readonly MergeMethod[]
  /** What a squash says below its title; null: its commits. */
  squashText: string | null
  /** Real git below it, which a merge is made by; null: hashes are drawn. */
  git: RealGit | null
  readonly createdAt: number
  readonly grants: Map<number, Grant>
  labels: Label[]
  /** By number; pull requests too, as they share the numbers. */
  readonly issues: Map<number, Issue>
  lastNumber: number
  readonly commits: Map<string, Commit>
  /** By name, without `refs/heads/`. */
  readonly branches: Map<string, string>
  readonly activities: Activity[]
  readonly suites: CheckSuite[]
  readonly checkRuns: CheckRun[]
  readonly statuses: CommitStatus[]
  readonly workflows: Workflow[]
  readonly workflowRuns: WorkflowRun[]
  readonly deployments: Deployment[]
  readonly rules: BranchRule[]
  /** Classic protection, by branch. */
  readonly protections: Map<string, readonly RequiredCheck[]>
}

export type RealGit = {
  /** A commit upon `parents` that has what `brings` has, too. Its hash. */
  write(commit: {
    readonly parents: readonly string[]
    readonly message: string
    readonly brings: string
  }): string
  move(branch: string, to: string): void
}

export type StateReason = 'completed' | 'reopened' | 'not_planned' | 'duplicate'

export type Issue = {
  readonly id: number
  repository: Repository
  number: number
  title: string
  body: string | null
  /** Null: the account is gone. */
  author: Actor | null
  state: 'open' | 'closed'
  stateReason: StateReason | null
  labels: Label[]
  isLocked: boolean
  lockReason: string | null
  readonly comments: Comment[]
  readonly events: IssueEvent[]
  /** Of the body; the REST answers say nothing of them. */
  readonly edits: BodyEdit[]
  closedBy: User | null
  closedAt: number | null
  readonly createdAt: number
  updatedAt: number
  isDeleted: boolean
  /** Where it lives now, if it was transferred. */
  movedTo: Issue | null
  readonly blockedBy: Issue[]
  /** The other way round. */
  readonly blocks: Issue[]
  parent: Issue | null
  readonly subIssues: Issue[]
  /** Null: it is no pull request. */
  readonly pull: Pull | null
}

export type Comment = {
  readonly id: number
  readonly issue: Issue
  body: string
  readonly author: Actor | null
  readonly createdAt: number
  updatedAt: number
}

export type Told =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'label'; readonly label: Label }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'lock'; readonly reason: string | null }
  | { readonly kind: 'state'; readonly reason: StateReason | null }
  /** `key`: `blocked_by`, `blocking`, `sub_issue`, `parent_issue`. */
  | { readonly kind: 'issue'; readonly key: string; readonly issue: Issue }

export type IssueEvent = {
  readonly id: number
  readonly name: string
  /** Null: the account is gone. */
  actor: Actor | null
  readonly at: number
  readonly commit: string | null
  /** What an event of this name tells beside that; a label or an issue is told as it is then. */
  readonly more: Told
}

export type BodyEdit = { readonly id: number; readonly at: number; readonly editor: User | null }

export type MergeMethod = 'merge' | 'squash' | 'rebase'

export type Pull = {
  readonly id: number
  /** Another repository than the issue's: a fork. */
  readonly from: Repository
  readonly head: string
  readonly base: string
  headSha: string
  isDraft: boolean
  /** Null: by what the branches say. */
  mergeability: Mergeability | null
  mergedAt: number | null
  mergedBy: User | null
  mergeCommit: string | null
  autoMerge: { readonly by: User; readonly method: MergeMethod } | null
}

export type Mergeability = {
  /** Null: GitHub has not computed it yet. */
  readonly mergeable: boolean | null
  readonly state: 'behind' | 'blocked' | 'clean' | 'dirty' | 'draft' | 'unknown' | 'unstable'
}

export type Commit = {
  readonly sha: string
  readonly parents: readonly string[]
  readonly message: string
  readonly author: User | null
  readonly at: number
}

export type ActivityType =
  'push' | 'force_push' | 'branch_creation' | 'branch_deletion' | 'pr_merge'

export type Activity = {
  readonly id: number
  readonly type: ActivityType
  readonly ref: string
  readonly before: string
  readonly after: string
  readonly actor: User | null
  readonly at: number
}

export type RunStatus = 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending'

export type Conclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'
  | 'startup_failure'
  | 'stale'

/** The conclusion is null unless the status is `completed`. */
export type Outcome = { readonly status: RunStatus; readonly conclusion: Conclusion | null }

export type CheckSuite = {
  readonly id: number
  readonly sha: string
  readonly branch: string | null
  readonly app: App
  /** Null: as its check runs say. */
  outcome: Outcome | null
  readonly createdAt: number
  updatedAt: number
}

export type CheckRun = {
  readonly id: number
  readonly suite: CheckSuite
  readonly name: string
  status: RunStatus
  conclusion: Conclusion | null
  startedAt: number | null
  completedAt: number | null
  readonly detailsUrl: string | null
  output: {
    readonly title: string | null
    readonly summary: string | null
    readonly text: string | null
  }
  readonly annotations: readonly Annotation[]
}

export type Annotation = { readonly path: string; readonly line: number; readonly message: string }

export type CommitStatus = {
  readonly id: number
  readonly sha: string
  readonly context: string
  readonly state: 'error' | 'failure' | 'pending' | 'success'
  readonly description: string | null
  readonly targetUrl: string | null
  readonly creator: User
  readonly at: number
}

export type Workflow = {
  readonly id: number
  readonly name: string
  readonly path: string
  state: 'active' | 'disabled_manually'
}

export type WorkflowRun = {
  readonly id: number
  readonly workflow: Workflow
  readonly sha: string
  readonly branch: string
  readonly event: string
  readonly actor: User
  readonly number: number
  attempt: number
  /** Null: as its jobs say. */
  outcome: Outcome | null
  readonly suite: CheckSuite
  /** Of every attempt. */
  readonly jobs: Job[]
  readonly createdAt: number
  updatedAt: number
}

export type Job = {
  /** The id of its check run, too. */
  readonly id: number
  readonly attempt: number
  readonly check: CheckRun
  /** Null: there is none, or no more. */
  log: string | null
}

export type Deployment = {
  readonly id: number
  readonly sha: string
  readonly ref: string
  readonly environment: string
  readonly creator: User
  readonly at: number
  /** Newest last. */
  readonly statuses: DeploymentStatus[]
}

export type DeploymentStatus = {
  readonly id: number
  readonly state:
    'error' | 'failure' | 'inactive' | 'in_progress' | 'queued' | 'pending' | 'success'
  readonly url: string | null
  readonly at: number
}

export type RequiredCheck = {
  readonly context: string
  /** Null: any app may report it. */
  readonly appId: number | null
}

export type BranchRule = {
  readonly branch: string
  readonly source: 'Repository' | 'Organization'
  readonly rulesetId: number
  readonly rule: { readonly type: string; readonly parameters?: Readonly<Record<string, unknown>> }
}
