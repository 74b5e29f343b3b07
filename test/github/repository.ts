/**
 * A repository in the hands of the people of the world, who are not asked whether they may.
 *
 * It is public and has an empty default branch `main`, unless its options say otherwise. A name that it had
 * before leads to it until another repository takes that name.
 */
import { type ChecksHandle, checksHandle } from './checks.ts'
import { type CommitHandle, commitHandle } from './commit-handle.ts'
import { type DeploymentsHandle, deploymentsHandle } from './deployments.ts'
import { type By, actorIn, issueHandle, type IssueHandle } from './issue-handle.ts'
import { labelIn, openIssue } from './issues.ts'
import type { Grant, MergeMethod, RealGit, Repository, User } from './model.ts'
import { handleOfPull, type NewPull, type PullHandle, pullHandle } from './pull-handle.ts'
import { type RulesHandle, rulesHandle } from './rules.ts'
import { fullNameOf, type State } from './state.ts'
import { type WorkflowsHandle, workflowsHandle } from './workflows.ts'

export type RepositoryOptions = {
  readonly isPrivate?: boolean
  readonly defaultBranch?: string
  readonly hasIssues?: boolean
}

export type NewIssue = By & {
  readonly title?: string
  readonly body?: string | null
  /** Given by the author, as a template does it: whatever they may. */
  readonly labels?: readonly string[]
}

export type RepositoryHandle = CommitHandle &
  ChecksHandle &
  WorkflowsHandle &
  RulesHandle &
  DeploymentsHandle & {
    readonly record: Repository
    readonly id: number
    readonly fullName: () => string
    /** Null takes it back. */
    grant(user: User, grant: Grant | null): void
    issue(options?: NewIssue): IssueHandle
    /** Its head is a branch that is there. */
    pull(options: NewPull): PullHandle
    /** One that is there, whoever has opened it. */
    pullAt(number: number): PullHandle
    /** Merges are made by it from now on. */
    keepIn(git: RealGit): void
    /** How its pull requests may be merged; all three ways, unless it is said. */
    mergeBy(...methods: readonly MergeMethod[]): void
    /** What a squash says below its title; null: its commits. */
    squashAs(text: string | null): void
    /** A label that no issue has yet. */
    label(name: string): void
    /** Off every issue that has it, without an event. */
    removeLabel(name: string): void
    rename(name: string): void
    /** To another owner. */
    transfer(owner: User): void
    /** Read-only from now on. */
    archive(): void
    remove(): void
  }

export function repository(
  state: State,
  options: RepositoryOptions & { readonly owner: User; readonly name: string },
): RepositoryHandle {
  const record = newRepository(state, options)
  state.repositories.push(record)
  return {
    ...commitHandle(state, record),
    ...checksHandle(state, record),
    ...workflowsHandle(state, record),
    ...rulesHandle(state, record),
    ...deploymentsHandle(state, record),
    record,
    id: record.id,
    fullName: () => fullNameOf(record),
    grant(user, grant) {
      if (grant === null) record.grants.delete(user.id)
      else record.grants.set(user.id, grant)
    },
    issue({ title = 'An issue', body = '', labels = [], ...by } = {}) {
      const author = actorIn(record, by)
      return issueHandle(state, openIssue(state, record, { title, body, labels, author }))
    },
    pull: (options) => pullHandle(state, record, options),
    pullAt(number) {
      const issue = record.issues.get(number)
      if (issue === undefined) throw new Error(`there is no #${number}`)
      return handleOfPull(state, issue)
    },
    keepIn: (git) => void (record.git = git),
    squashAs: (text) => void (record.squashText = text),
    mergeBy: (...methods) => void (record.mergeMethods = methods),
    label: (name) => void labelIn(state, record, name),
    removeLabel(name) {
      for (const holder of [record, ...record.issues.values()])
        holder.labels = holder.labels.filter((label) => label.name !== name)
    },
    rename(name) {
      record.formerNames.push(fullNameOf(record).toLowerCase())
      record.name = name
    },
    transfer(owner) {
      record.formerNames.push(fullNameOf(record).toLowerCase())
      record.owner = owner
    },
    archive: () => void (record.isArchived = true),
    remove: () => void (record.isDeleted = true),
  }
}

function newRepository(
  state: State,
  options: RepositoryOptions & { readonly owner: User; readonly name: string },
): Repository {
  const { owner, name, isPrivate = false, defaultBranch = 'main', hasIssues = true } = options
  return {
    id: state.nextId(),
    owner,
    name,
    formerNames: [],
    isPrivate,
    isDeleted: false,
    isArchived: false,
    hasIssues,
    defaultBranch,
    mergeMethods: ['merge', 'squash', 'rebase'],
    squashText: null,
    git: null,
    createdAt: state.now(),
    grants: new Map(),
    labels: [],
    issues: new Map(),
    lastNumber: 0,
    commits: new Map(),
    branches: new Map(),
    activities: [],
    suites: [],
    checkRuns: [],
    statuses: [],
    workflows: [],
    workflowRuns: [],
    deployments: [],
    rules: [],
    protections: new Map(),
  }
}
