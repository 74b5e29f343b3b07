/**
 * Check runs, the suites they are in, and commit statuses: how they come to be, and how they stand.
 *
 * A check run is in a suite of its app for the commit. A suite is what its runs are, unless it was told to be
 * something else; one without runs stays queued for ever. Of a re-run the old runs are there, and hidden.
 */
import { newApp } from './apps.ts'
import { actorIn, type By } from './issue-handle.ts'
import type {
  Annotation,
  App,
  CheckRun,
  CheckSuite,
  CommitStatus,
  Conclusion,
  Outcome,
  Repository,
} from './model.ts'
import type { State } from './state.ts'

export type NewCheckRun = {
  readonly name?: string
  /** Default: `completed` with a conclusion, else `queued`. */
  readonly status?: CheckRun['status']
  readonly conclusion?: Conclusion
  /** Default: GitHub Actions. */
  readonly app?: App
  readonly suite?: CheckSuite
  readonly output?: Partial<CheckRun['output']>
  readonly annotations?: readonly Annotation[]
  readonly detailsUrl?: string | null
}

export type CheckRunHandle = {
  readonly record: CheckRun
  readonly id: number
  start(): void
  wait(): void
  finish(conclusion: Conclusion, output?: Partial<CheckRun['output']>): void
}

export type NewStatus = By & {
  readonly context?: string
  readonly state: CommitStatus['state']
  readonly description?: string
  readonly targetUrl?: string
}

export type ChecksHandle = {
  checkRun(sha: string, options?: NewCheckRun): CheckRunHandle
  /** One without runs. Default: queued, as it is made for every app after a push. */
  checkSuite(sha: string, options?: { readonly app?: App; readonly outcome?: Outcome }): CheckSuite
  status(sha: string, options: NewStatus): CommitStatus
}

export function checksHandle(state: State, repository: Repository): ChecksHandle {
  return {
    checkRun: (sha, options = {}) => {
      const app = options.app ?? actionsApp(state)
      const suite = options.suite ?? suiteFor(state, repository, { sha, app })
      return checkRunHandle(state, addCheckRun(state, repository, { ...options, suite }))
    },
    checkSuite: (sha, { app = actionsApp(state), outcome } = {}) =>
      addSuite(state, repository, { sha, app, outcome: outcome ?? null }),
    status(sha, { context = 'ci/test', state: stands, description, targetUrl, ...by }) {
      const made = {
        id: state.nextId(),
        sha,
        context,
        state: stands,
        description: description ?? null,
        targetUrl: targetUrl ?? null,
        creator: actorIn(repository, by).user,
        at: state.now(),
      }
      repository.statuses.push(made)
      return made
    },
  }
}

/** GitHub's own App; its id is that of the real one. */
export function actionsApp(state: State): App {
  const known = state.apps.find(({ slug }) => slug === 'github-actions')
  return known ?? newApp(state, 'github-actions', 15_368)
}

type NewSuite = { readonly sha: string; readonly app: App; readonly outcome?: Outcome | null }

export function addSuite(state: State, repository: Repository, { sha, app, outcome }: NewSuite) {
  if (!repository.commits.has(sha)) throw new Error(`no commit ${sha} to check`)
  const [branch = null] = [...repository.branches].find(([, tip]) => tip === sha) ?? []
  const now = state.now()
  const made: CheckSuite = {
    id: state.nextId(),
    sha,
    branch,
    app,
    outcome: outcome ?? null,
    createdAt: now,
    updatedAt: now,
  }
  repository.suites.push(made)
  return made
}

function suiteFor(state: State, repository: Repository, { sha, app }: NewSuite): CheckSuite {
  const known = repository.suites.find((each) => each.sha === sha && each.app === app)
  return known ?? addSuite(state, repository, { sha, app })
}

export function addCheckRun(
  state: State,
  repository: Repository,
  options: NewCheckRun & { readonly suite: CheckSuite },
): CheckRun {
  const { name = 'test', conclusion = null, suite, output = {}, annotations = [] } = options
  const status = options.status ?? (conclusion === null ? 'queued' : 'completed')
  const hasStarted = status === 'in_progress' || status === 'completed'
  const made: CheckRun = {
    id: state.nextId(),
    suite,
    name,
    status,
    conclusion,
    startedAt: hasStarted ? state.now() : null,
    completedAt: status === 'completed' ? state.now() : null,
    detailsUrl: options.detailsUrl ?? null,
    output: { title: null, summary: null, text: null, ...output },
    annotations,
  }
  repository.checkRuns.push(made)
  suite.updatedAt = state.now()
  return made
}

function checkRunHandle(state: State, record: CheckRun): CheckRunHandle {
  return {
    record,
    id: record.id,
    start: () => begin(state, record, 'in_progress'),
    wait: () => begin(state, record, 'waiting'),
    finish: (conclusion, output = {}) => finish(state, record, { conclusion, output }),
  }
}

export function begin(state: State, record: CheckRun, status: 'in_progress' | 'waiting'): void {
  record.status = status
  record.startedAt ??= state.now()
  record.suite.updatedAt = state.now()
}

type End = { readonly conclusion: Conclusion; readonly output?: Partial<CheckRun['output']> }

export function finish(state: State, record: CheckRun, { conclusion, output = {} }: End): void {
  record.status = 'completed'
  record.conclusion = conclusion
  record.startedAt ??= state.now()
  record.completedAt = state.now()
  record.output = { ...record.output, ...output }
  record.suite.updatedAt = state.now()
}

/** The newest of each name in each suite. */
export function latestRuns(runs: readonly CheckRun[]): readonly CheckRun[] {
  return [...new Map(runs.map((run) => [`${run.suite.id} ${run.name}`, run])).values()]
}

export function runsOf({ checkRuns }: Repository, { id }: CheckSuite): readonly CheckRun[] {
  return checkRuns.filter(({ suite }) => suite.id === id)
}

export function outcomeOf(repository: Repository, suite: CheckSuite): Outcome {
  return suite.outcome ?? folded(latestRuns(runsOf(repository, suite)))
}

const worst: readonly Conclusion[] = [
  'failure',
  'timed_out',
  'cancelled',
  'action_required',
  'stale',
  'success',
  'neutral',
  'skipped',
]

/** Of none: queued. */
export function folded(runs: readonly Outcome[]): Outcome {
  if (runs.length === 0) return { status: 'queued', conclusion: null }
  const open = runs.find(({ status }) => status !== 'completed')
  if (open !== undefined) {
    const hasStarted = runs.some(({ status }) => ['in_progress', 'completed'].includes(status))
    return { status: hasStarted ? 'in_progress' : open.status, conclusion: null }
  }
  const conclusion = worst.find((each) => runs.some((run) => run.conclusion === each))
  return { status: 'completed', conclusion: conclusion ?? null }
}
