/**
 * Workflows of Actions, their runs, their jobs and their logs.
 *
 * A log is not here: the answer is 302 to another origin, for a minute, and no token belongs there. That of
 * a job that is not over is 404, and one that is kept no more is 410. A list holds at most 1,000 runs.
 */
import { blobAddress } from './blobs.ts'
import { jobJson, workflowJson, workflowRunJson } from './json-actions.ts'
import type { Job, WorkflowRun } from './model.ts'
import { paged } from './paging.ts'
import { type Answer, type Ask, notFound, ok, Refusal, type Route } from './route.ts'
import { jobsOf, runOutcome } from './workflows.ts'

const needs = ['actions', 'read'] as const

export const actionRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'R/actions/workflows',
    operation: 'actions/list-repo-workflows',
    query: ['per_page', 'page'],
    needs,
    answer(ask) {
      const { state, repository } = ask
      const { items, headers } = paged(ask, repository.workflows)
      const workflows = items.map((each) => workflowJson(state, repository, each))
      return ok({ total_count: repository.workflows.length, workflows }, headers)
    },
  },
  {
    method: 'GET',
    path: 'R/actions/runs',
    operation: 'actions/list-workflow-runs-for-repo',
    ignores: ['created'],
    needs,
    answer: listRuns,
  },
  {
    method: 'GET',
    path: 'R/actions/runs/{run_id}',
    operation: 'actions/get-workflow-run',
    query: ['exclude_pull_requests'],
    needs,
    answer: (ask) => ok(workflowRunJson(ask.state, ask.repository, runOf(ask))),
  },
  {
    method: 'GET',
    path: 'R/actions/runs/{run_id}/jobs',
    operation: 'actions/list-jobs-for-workflow-run',
    query: ['filter', 'per_page', 'page'],
    needs,
    answer(ask) {
      const run = runOf(ask)
      const isAll = ask.query.get('filter') === 'all'
      return listJobs(ask, run, isAll ? run.jobs : jobsOf(run, run.attempt))
    },
  },
  {
    method: 'GET',
    path: 'R/actions/runs/{run_id}/attempts/{attempt}/jobs',
    operation: 'actions/list-jobs-for-workflow-run-attempt',
    query: ['per_page', 'page'],
    needs,
    answer(ask) {
      const run = runOf(ask)
      const attempt = Number(ask.params['attempt'])
      if (!(attempt >= 1 && attempt <= run.attempt)) throw notFound()
      return listJobs(ask, run, jobsOf(run, attempt))
    },
  },
  {
    method: 'GET',
    path: 'R/actions/runs/{run_id}/logs',
    operation: 'actions/download-workflow-run-logs',
    needs,
    answer(ask) {
      const run = runOf(ask)
      if (runOutcome(run).status !== 'completed') throw notFound()
      return elsewhere(ask, `runs/${run.id}`, jobsOf(run, run.attempt))
    },
  },
  {
    method: 'GET',
    path: 'R/actions/jobs/{job_id}',
    operation: 'actions/get-job-for-workflow-run',
    needs,
    answer: (ask) => ok(jobJson(ask.state, ask.repository, jobOf(ask))),
  },
  {
    method: 'GET',
    path: 'R/actions/jobs/{job_id}/logs',
    operation: 'actions/download-job-logs-for-workflow-run',
    needs,
    answer(ask) {
      const { job } = jobOf(ask)
      if (job.check.status !== 'completed') throw notFound()
      return elsewhere(ask, `jobs/${job.id}`, [job])
    },
  },
]

/** Newest first. `status` may be a conclusion, too. */
function listRuns(ask: Ask): Answer {
  const { state, repository, query } = ask
  const wants = (key: string, value: string) => (query.get(key) ?? value) === value
  const wanted = repository.workflowRuns.toReversed().filter((run) => {
    const { status, conclusion } = runOutcome(run)
    const asked = query.get('status')
    return (
      wants('head_sha', run.sha) &&
      wants('branch', run.branch) &&
      wants('event', run.event) &&
      wants('actor', run.actor.login) &&
      wants('check_suite_id', String(run.suite.id)) &&
      (asked === null || asked === status || asked === conclusion)
    )
  })
  const { items, headers } = paged(ask, wanted.slice(0, 1_000))
  const told = items.map((each) => workflowRunJson(state, repository, each))
  return ok({ total_count: wanted.length, workflow_runs: told }, headers)
}

function listJobs(ask: Ask, run: WorkflowRun, jobs: readonly Job[]): Answer {
  const { state, repository } = ask
  const { items, headers } = paged(ask, jobs)
  const told = items.map((job) => jobJson(state, repository, { run, job }))
  return ok({ total_count: jobs.length, jobs: told }, headers)
}

function runOf({ repository, params }: Ask): WorkflowRun {
  const run = repository.workflowRuns.find(({ id }) => String(id) === params['run_id'])
  if (run === undefined) throw notFound()
  return run
}

function jobOf({ repository, params }: Ask) {
  for (const run of repository.workflowRuns) {
    const job = run.jobs.find(({ id }) => String(id) === params['job_id'])
    if (job !== undefined) return { run, job }
  }
  throw notFound()
}

function elsewhere({ state, token }: Ask, name: string, jobs: readonly Job[]): Answer {
  if (token === null) throw new Refusal(403, 'Must have admin rights to Repository.')
  if (jobs.length > 0 && jobs.every(({ log }) => log === null))
    throw new Refusal(410, 'Server Error')
  return { status: 302, headers: { location: blobAddress(state, name) } }
}
