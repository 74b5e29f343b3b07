/**
 * GitHub Actions: workflows, their runs, and the jobs of those.
 *
 * Each run has a suite of its own, each job a check run with the id of the job. A run is what its jobs are,
 * unless it was told to be something else: one that never started (`startup_failure`) has neither job nor
 * check run. A re-run keeps the run's id and counts its attempt; its jobs and check runs are new ones.
 */
import { actionsApp, addCheckRun, addSuite, begin, finish, folded } from './checks.ts'
import { actorIn, type By } from './issue-handle.ts'
import type {
  Conclusion,
  Job,
  Outcome,
  Repository,
  RunStatus,
  Workflow,
  WorkflowRun,
} from './model.ts'
import type { State } from './state.ts'

export type NewJob = {
  readonly name: string
  readonly status?: RunStatus
  readonly conclusion?: Conclusion
  readonly log?: string
}

export type NewWorkflowRun = By & {
  readonly workflow?: Workflow
  readonly branch?: string
  readonly event?: string
  /** Whatever its jobs say; with none given, it has no jobs. */
  readonly outcome?: Outcome
  /** Default: one, `test`, queued. A string is its name. */
  readonly jobs?: ReadonlyArray<NewJob | string>
}

export type JobHandle = {
  readonly record: Job
  readonly id: number
  start(): void
  /** For somebody to let it deploy. */
  wait(): void
  finish(conclusion: Conclusion, log?: string): void
  /** Its log is gone, as after the retention. */
  forgetLog(): void
}

export type WorkflowRunHandle = {
  readonly record: WorkflowRun
  readonly id: number
  /** Of the newest attempt. */
  job(name: string): JobHandle
  start(): void
  /** All jobs that are not over end so. */
  finish(conclusion: Conclusion, log?: string): void
  cancel(): void
  /** All jobs again, or those that failed. */
  rerun(which?: 'all' | 'failed'): void
  /** Null: as its jobs say again. */
  setOutcome(outcome: Outcome | null): void
}

export type WorkflowsHandle = {
  workflow(name: string, path?: string): Workflow
  workflowRun(sha: string, options?: NewWorkflowRun): WorkflowRunHandle
}

export function workflowsHandle(state: State, repository: Repository): WorkflowsHandle {
  const workflow = (name: string, path = `.github/workflows/${name.toLowerCase()}.yml`) => {
    const known = repository.workflows.find((each) => each.name === name)
    const made: Workflow = known ?? { id: state.nextId(), name, path, state: 'active' }
    if (known === undefined) repository.workflows.push(made)
    return made
  }
  return {
    workflow,
    workflowRun: (sha, options = {}) =>
      runHandle(
        state,
        repository,
        addRun(state, repository, { workflow: workflow('CI'), ...options, sha }),
      ),
  }
}

type Added = NewWorkflowRun & { readonly workflow: Workflow; readonly sha: string }

function addRun(state: State, repository: Repository, options: Added): WorkflowRun {
  const { sha, workflow, outcome = null, event = 'push' } = options
  const jobs = options.jobs ?? (outcome === null ? ['test'] : [])
  const suite = addSuite(state, repository, { sha, app: actionsApp(state), outcome })
  const now = state.now()
  const run: WorkflowRun = {
    id: state.nextId(),
    workflow,
    sha,
    branch: options.branch ?? suite.branch ?? repository.defaultBranch,
    event,
    actor: actorIn(repository, options).user,
    number: repository.workflowRuns.filter((each) => each.workflow === workflow).length + 1,
    attempt: 1,
    outcome,
    suite,
    jobs: [],
    createdAt: now,
    updatedAt: now,
  }
  repository.workflowRuns.push(run)
  for (const job of jobs) addJob(state, repository, { run, job })
  return run
}

type AddedJob = { readonly run: WorkflowRun; readonly job: NewJob | string }

function addJob(state: State, repository: Repository, { run, job }: AddedJob): void {
  const { name, log = null, ...more } = typeof job === 'string' ? { name: job } : job
  const check = addCheckRun(state, repository, { ...more, name, suite: run.suite })
  run.jobs.push({ id: check.id, attempt: run.attempt, check, log })
}

function runHandle(state: State, repository: Repository, run: WorkflowRun): WorkflowRunHandle {
  const current = () => jobsOf(run, run.attempt)
  const touch = () => void (run.updatedAt = state.now())
  const end = (conclusion: Conclusion, log?: string) => {
    for (const job of current().filter(({ check }) => check.status !== 'completed')) {
      finish(state, job.check, { conclusion })
      job.log = log ?? job.log
    }
    touch()
  }
  return {
    record: run,
    id: run.id,
    job(name) {
      const job = current().find(({ check }) => check.name === name)
      if (job === undefined) throw new Error(`no job ${name}`)
      return jobHandle(state, run, job)
    },
    start() {
      for (const { check } of current()) begin(state, check, 'in_progress')
      touch()
    },
    finish: end,
    cancel() {
      end('cancelled')
      if (run.jobs.length === 0) setOutcome(run, { status: 'completed', conclusion: 'cancelled' })
    },
    rerun(which = 'all') {
      const before = current()
      run.attempt += 1
      setOutcome(run, null)
      for (const { check, log } of before) {
        const isKept = which === 'failed' && check.conclusion === 'success'
        const kept = isKept && { conclusion: check.conclusion, ...(log !== null && { log }) }
        addJob(state, repository, { run, job: { name: check.name, ...kept } as NewJob })
      }
      touch()
    },
    setOutcome(outcome) {
      setOutcome(run, outcome)
      touch()
    },
  }
}

function setOutcome(run: WorkflowRun, outcome: Outcome | null): void {
  run.outcome = outcome
  run.suite.outcome = outcome
}

function jobHandle(state: State, run: WorkflowRun, job: Job): JobHandle {
  const touch = () => void (run.updatedAt = state.now())
  return {
    record: job,
    id: job.id,
    start() {
      begin(state, job.check, 'in_progress')
      touch()
    },
    wait() {
      begin(state, job.check, 'waiting')
      touch()
    },
    finish(conclusion, log) {
      finish(state, job.check, { conclusion })
      job.log = log ?? job.log
      touch()
    },
    forgetLog: () => void (job.log = null),
  }
}

export function jobsOf({ jobs }: WorkflowRun, attempt: number): readonly Job[] {
  return jobs.filter((each) => each.attempt === attempt)
}

export function runOutcome(run: WorkflowRun): Outcome {
  return run.outcome ?? folded(jobsOf(run, run.attempt).map(({ check }) => check))
}
