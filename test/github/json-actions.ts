/** Workflows, their runs and jobs, as GitHub writes them. */
import { simpleCommitJson } from './json-commit.ts'
import { apiOf, briefRepository, nodeId, pageOf, userJson } from './json.ts'
import type { Job, Repository, Workflow, WorkflowRun } from './model.ts'
import { spell, spellOrNull, type State } from './state.ts'
import { runOutcome } from './workflows.ts'

export function workflowJson(state: State, repository: Repository, workflow: Workflow) {
  const { id, name, path } = workflow
  return {
    id,
    node_id: nodeId('W', id),
    name,
    path,
    state: workflow.state,
    created_at: spell(repository.createdAt),
    updated_at: spell(repository.createdAt),
    url: `${apiOf(state, repository)}/actions/workflows/${id}`,
    html_url: `${pageOf(repository)}/blob/${repository.defaultBranch}/${path}`,
    badge_url: `${pageOf(repository)}/workflows/${encodeURIComponent(name)}/badge.svg`,
  }
}

export function workflowRunJson(state: State, repository: Repository, run: WorkflowRun) {
  const { id, workflow, sha, suite, actor, attempt } = run
  const api = apiOf(state, repository)
  const commit = repository.commits.get(sha)
  const { status, conclusion } = runOutcome(run)
  const at = `${api}/actions/runs/${id}`
  const previous = attempt > 1 ? `${at}/attempts/${attempt - 1}` : null
  return {
    id,
    name: workflow.name,
    node_id: nodeId('WFR', id),
    head_branch: run.branch,
    head_sha: sha,
    path: workflow.path,
    display_title: commit?.message.split('\n')[0] ?? '',
    run_number: run.number,
    event: run.event,
    status,
    conclusion,
    workflow_id: workflow.id,
    check_suite_id: suite.id,
    check_suite_node_id: nodeId('CS', suite.id),
    url: at,
    html_url: `${pageOf(repository)}/actions/runs/${id}`,
    pull_requests: [],
    created_at: spell(run.createdAt),
    updated_at: spell(run.updatedAt),
    actor: userJson(state, actor),
    run_attempt: attempt,
    referenced_workflows: [],
    run_started_at: spell(run.createdAt),
    triggering_actor: userJson(state, actor),
    jobs_url: `${at}/jobs`,
    logs_url: `${at}/logs`,
    check_suite_url: `${api}/check-suites/${suite.id}`,
    artifacts_url: `${at}/artifacts`,
    cancel_url: `${at}/cancel`,
    rerun_url: `${at}/rerun`,
    previous_attempt_url: previous,
    workflow_url: `${api}/actions/workflows/${workflow.id}`,
    head_commit: commit === undefined ? null : simpleCommitJson(commit),
    repository: briefRepository(state, repository),
    head_repository: briefRepository(state, repository),
  }
}

type OfRun = { readonly run: WorkflowRun; readonly job: Job }

export function jobJson(state: State, repository: Repository, { run, job }: OfRun) {
  const { id, check, attempt } = job
  const api = apiOf(state, repository)
  const at = spellOrNull(check.startedAt)
  const step = { name: 'Run tests', number: 1, started_at: at, status: check.status }
  const ended = { conclusion: check.conclusion, completed_at: spellOrNull(check.completedAt) }
  return {
    id,
    run_id: run.id,
    workflow_name: run.workflow.name,
    head_branch: run.branch,
    run_url: `${api}/actions/runs/${run.id}`,
    run_attempt: attempt,
    node_id: nodeId('CR', id),
    head_sha: run.sha,
    url: `${api}/actions/jobs/${id}`,
    html_url: `${pageOf(repository)}/actions/runs/${run.id}/job/${id}`,
    status: check.status,
    ...ended,
    created_at: spell(run.createdAt),
    // A job that waits has a start, too.
    started_at: at ?? spell(run.createdAt),
    name: check.name,
    steps: check.startedAt === null ? [] : [{ ...step, ...ended }],
    check_run_url: `${api}/check-runs/${id}`,
    labels: ['ubuntu-latest'],
    runner_id: null,
    runner_name: null,
    runner_group_id: null,
    runner_group_name: null,
  }
}
