/**
 * Check runs, check suites and statuses of a commit.
 *
 * The combined state is GitHub's trap: `pending` with no status at all, and a failure while others still
 * run. Of a context only the newest status counts.
 */
import { latestRuns, runsOf } from './checks.ts'
import { commitOf } from './commit-routes.ts'
import { checkRunJson, statusJson, suiteJson } from './json-checks.ts'
import { apiOf, briefRepository, userJson } from './json.ts'
import type { CheckRun, CommitStatus } from './model.ts'
import { paged } from './paging.ts'
import { type Answer, type Ask, notFound, ok, type Route } from './route.ts'

const checks = ['checks', 'read'] as const
const statuses = ['statuses', 'read'] as const

export const checkRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'R/commits/{ref}/check-runs',
    operation: 'checks/list-for-ref',
    needs: checks,
    answer(ask) {
      const { sha } = commitOf(ask)
      return listed(
        ask,
        ask.repository.checkRuns.filter(({ suite }) => suite.sha === sha),
      )
    },
  },
  {
    method: 'GET',
    path: 'R/commits/{ref}/check-suites',
    operation: 'checks/list-suites-for-ref',
    needs: checks,
    answer: suites,
  },
  {
    method: 'GET',
    path: 'R/check-suites/{suite_id}/check-runs',
    operation: 'checks/list-for-suite',
    query: ['check_name', 'status', 'filter', 'per_page', 'page'],
    needs: checks,
    answer(ask) {
      const { repository, params } = ask
      const suite = repository.suites.find(({ id }) => String(id) === params['suite_id'])
      if (suite === undefined) throw notFound()
      return listed(ask, runsOf(repository, suite))
    },
  },
  {
    method: 'GET',
    path: 'R/check-runs/{check_run_id}',
    operation: 'checks/get',
    needs: checks,
    answer: (ask) => ok(checkRunJson(ask.state, ask.repository, runOf(ask))),
  },
  {
    method: 'GET',
    path: 'R/check-runs/{check_run_id}/annotations',
    operation: 'checks/list-annotations',
    query: ['per_page', 'page'],
    needs: checks,
    answer(ask) {
      const { items, headers } = paged(ask, runOf(ask).annotations)
      const told = items.map(({ path, line, message }) => ({
        path,
        start_line: line,
        end_line: line,
        start_column: null,
        end_column: null,
        annotation_level: 'failure',
        title: null,
        message,
        raw_details: null,
        blob_href: `${apiOf(ask.state, ask.repository)}/git/blobs/0`,
      }))
      return ok(told, headers)
    },
  },
  {
    method: 'GET',
    path: 'R/commits/{ref}/status',
    operation: 'repos/get-combined-status-for-ref',
    needs: statuses,
    answer: combined,
  },
  {
    method: 'GET',
    path: 'R/commits/{ref}/statuses',
    operation: 'repos/list-commit-statuses-for-ref',
    query: ['per_page', 'page'],
    needs: statuses,
    answer(ask) {
      const { state, repository } = ask
      const { sha } = commitOf(ask)
      const all = repository.statuses.filter((each) => each.sha === sha).toReversed()
      const { items, headers } = paged(ask, all)
      const told = items.map((each) => ({
        ...statusJson(state, repository, each),
        creator: userJson(state, each.creator),
      }))
      return ok(told, headers)
    },
  },
]

function listed(ask: Ask, all: readonly CheckRun[]): Answer {
  const { state, repository, query } = ask
  const [name, status, app] = ['check_name', 'status', 'app_id'].map((key) => query.get(key))
  const runs = query.get('filter') === 'all' ? all : latestRuns(all)
  const wanted = runs.filter(
    (run) =>
      (!name || run.name === name) &&
      (!status || run.status === status) &&
      (!app || String(run.suite.app.id) === app),
  )
  const { items, headers } = paged(ask, wanted.toReversed())
  const told = items.map((each) => checkRunJson(state, repository, each))
  return ok({ total_count: wanted.length, check_runs: told }, headers)
}

function suites(ask: Ask): Answer {
  const { state, repository, query } = ask
  const { sha } = commitOf(ask)
  const [name, app] = [query.get('check_name'), query.get('app_id')]
  const wanted = repository.suites.filter(
    (suite) =>
      suite.sha === sha &&
      (app === null || String(suite.app.id) === app) &&
      (name === null || runsOf(repository, suite).some((run) => run.name === name)),
  )
  const { items, headers } = paged(ask, wanted)
  const told = items.map((each) => suiteJson(state, repository, each))
  return ok({ total_count: wanted.length, check_suites: told }, headers)
}

function runOf({ repository, params }: Ask): CheckRun {
  const run = repository.checkRuns.find(({ id }) => String(id) === params['check_run_id'])
  if (run === undefined) throw notFound()
  return run
}

function combined(ask: Ask): Answer {
  const { state, repository } = ask
  const { sha } = commitOf(ask)
  const all = repository.statuses.filter((each) => each.sha === sha)
  const latest = [...new Map(all.map((each) => [each.context, each])).values()]
  const { items, headers } = paged(ask, latest)
  const api = `${apiOf(state, repository)}/commits/${sha}`
  return ok(
    {
      state: combinedState(latest),
      statuses: items.map((each) => statusJson(state, repository, each)),
      sha,
      total_count: latest.length,
      repository: briefRepository(state, repository),
      commit_url: api,
      url: `${api}/status`,
    },
    headers,
  )
}

function combinedState(latest: readonly CommitStatus[]): string {
  if (latest.some(({ state }) => state === 'error' || state === 'failure')) return 'failure'
  if (latest.length === 0 || latest.some(({ state }) => state === 'pending')) return 'pending'
  return 'success'
}
