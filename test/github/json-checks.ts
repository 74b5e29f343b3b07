/** Check runs, suites and statuses, as GitHub writes them. */
import { outcomeOf, runsOf } from './checks.ts'
import { simpleCommitJson } from './json-commit.ts'
import { apiOf, appOrNull, briefRepository, nodeId, pageOf } from './json.ts'
import type { CheckRun, CheckSuite, CommitStatus, Repository } from './model.ts'
import { spell, spellOrNull, type State } from './state.ts'

export function checkRunJson(state: State, repository: Repository, run: CheckRun) {
  const { id, suite, output, annotations } = run
  const api = `${apiOf(state, repository)}/check-runs/${id}`
  const page = `${pageOf(repository)}/runs/${id}`
  return {
    id,
    node_id: nodeId('CR', id),
    head_sha: suite.sha,
    external_id: '',
    url: api,
    html_url: pageOfCheck(repository, run) ?? page,
    details_url: run.detailsUrl ?? pageOfCheck(repository, run) ?? page,
    status: run.status,
    conclusion: run.conclusion,
    started_at: spellOrNull(run.startedAt),
    completed_at: spellOrNull(run.completedAt),
    output: {
      ...output,
      annotations_count: annotations.length,
      annotations_url: `${api}/annotations`,
    },
    name: run.name,
    check_suite: { id: suite.id },
    app: appOrNull(state, suite.app),
    pull_requests: [],
  }
}

/** Where a job of Actions is shown; null: it is none. */
function pageOfCheck(repository: Repository, { id }: CheckRun): string | null {
  const run = repository.workflowRuns.find(({ jobs }) => jobs.some((job) => job.id === id))
  return run === undefined ? null : `${pageOf(repository)}/actions/runs/${run.id}/job/${id}`
}

export function suiteJson(state: State, repository: Repository, suite: CheckSuite) {
  const { id, sha, branch, app } = suite
  const api = `${apiOf(state, repository)}/check-suites/${id}`
  const commit = repository.commits.get(sha)
  if (commit === undefined) throw new Error(`no commit ${sha}`)
  const { status, conclusion } = outcomeOf(repository, suite)
  return {
    id,
    node_id: nodeId('CS', id),
    head_branch: branch,
    head_sha: sha,
    status,
    conclusion,
    url: api,
    before: commit.parents[0] ?? '0'.repeat(40),
    after: sha,
    pull_requests: [],
    app: appOrNull(state, app),
    created_at: spell(suite.createdAt),
    updated_at: spell(suite.updatedAt),
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: runsOf(repository, suite).length,
    check_runs_url: `${api}/check-runs`,
    head_commit: simpleCommitJson(commit),
    repository: briefRepository(state, repository),
  }
}

export function statusJson(state: State, repository: Repository, status: CommitStatus) {
  const { id, sha, context, state: stands, description, targetUrl, creator, at } = status
  return {
    url: `${apiOf(state, repository)}/statuses/${sha}`,
    avatar_url: `https://avatars.github.example/u/${creator.id}?v=4`,
    id,
    node_id: nodeId('SC', id),
    state: stands,
    description,
    target_url: targetUrl,
    context,
    created_at: spell(at),
    updated_at: spell(at),
  }
}
