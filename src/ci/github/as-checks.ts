/**
 * What GitHub says of a commit, as checks. Pure.
 *
 * Of the check runs of one name, app and workflow those that stand count (`standing.ts`). Two workflows may have a
 * job of the same name, and both count, as do two events of one. A workflow itself is a check where its jobs do
 * not tell: it has not ended, it ended without any (a mistake in its file, a wait for approval), or it
 * failed and none of them did. What GitHub says in a word that is not known here is never well: it is queued.
 */
import type { Check, CheckState } from '../../run/checks.ts'
import type { CheckRun, CommitStatus, Reading, WorkflowRun } from './reading.ts'
import { standing } from './standing.ts'

export type OneCheck = Check & {
  readonly from:
    | {
        readonly type: 'check-run'
        readonly run: CheckRun
        readonly appId: number | null
        /** What it ran in; undefined: no workflow that is known. */
        readonly workflow: WorkflowRun | undefined
      }
    | { readonly type: 'status'; readonly status: CommitStatus }
    | { readonly type: 'workflow'; readonly run: WorkflowRun }
}

export function asChecks(reading: Reading): readonly OneCheck[] {
  const workflowOf = workflowsIn(reading)
  const runs = standing(reading.checkRuns, (run) => {
    const { name, app, check_suite: suite } = run
    const workflow = workflowOf(run)
    const place = workflow === undefined ? { suite: suite?.id } : workflow.workflow_id
    return { run, workflow, check: JSON.stringify([app?.id, name, place]) }
  })
  return [
    ...runs.map((run) => ofCheckRun(run, workflowOf(run))),
    ...reading.statuses.map(ofStatus),
    ...ofWorkflows(reading),
  ]
}

function workflowsIn({ workflowRuns }: Reading): (run: CheckRun) => WorkflowRun | undefined {
  const bySuite = new Map(workflowRuns.map((run) => [run.check_suite_id, run]))
  return ({ check_suite: suite }) => (suite == null ? undefined : bySuite.get(suite.id))
}

function ofCheckRun(run: CheckRun, workflow: WorkflowRun | undefined): OneCheck {
  const { name, app, html_url: page, details_url: details } = run
  return {
    name,
    url: page ?? details ?? null,
    state: stateOf(run),
    from: { type: 'check-run', run, appId: app?.id ?? null, workflow },
  }
}

function ofStatus(status: CommitStatus): OneCheck {
  const { context: name, target_url: url, state } = status
  return {
    name,
    url: url ?? null,
    state: statusStates.get(state) ?? 'queued',
    from: { type: 'status', status },
  }
}

const statusStates: ReadonlyMap<string, CheckState> = new Map([
  ['success', 'passed'],
  ['failure', 'failed'],
  ['error', 'failed'],
  ['pending', 'running'],
])

function ofWorkflows(reading: Reading): readonly OneCheck[] {
  const runs = standing(reading.workflowRuns, (run) => {
    return { run, workflow: run, check: String(run.workflow_id) }
  })
  return runs.flatMap((run) => {
    const state = ownState(run, reading)
    if (state === null) return []
    const name = `${run.name ?? run.path} (workflow)`
    return [{ name, url: run.html_url, state, from: { type: 'workflow', run } }]
  })
}

/** Null: its jobs tell. */
function ownState(run: WorkflowRun, { checkRuns, hasCheckRuns }: Reading): CheckState | null {
  const state = stateOf(run)
  if (run.status !== 'completed' || !hasCheckRuns) return state
  const jobs = checkRuns.filter(({ check_suite: suite }) => suite?.id === run.check_suite_id)
  // That it is well without a job to show for it proves nothing.
  if (jobs.length === 0) return state === 'passed' ? 'neutral' : state
  return isRed(state) && !jobs.some((job) => isRed(stateOf(job))) ? state : null
}

function isRed(state: CheckState): boolean {
  return state === 'failed' || state === 'timed-out'
}

type Stands = { readonly status: string | null; readonly conclusion: string | null }

function stateOf({ status, conclusion }: Stands): CheckState {
  const states = status === 'completed' ? conclusions : statuses
  return states.get((status === 'completed' ? conclusion : status) ?? '') ?? 'queued'
}

const statuses: ReadonlyMap<string, CheckState> = new Map([
  ['queued', 'queued'],
  ['requested', 'queued'],
  ['pending', 'queued'],
  ['in_progress', 'running'],
  ['waiting', 'waiting'],
])

const conclusions: ReadonlyMap<string, CheckState> = new Map([
  ['success', 'passed'],
  ['failure', 'failed'],
  ['startup_failure', 'failed'],
  ['timed_out', 'timed-out'],
  // GitHub gave up on it.
  ['stale', 'timed-out'],
  ['neutral', 'neutral'],
  ['skipped', 'skipped'],
  ['cancelled', 'cancelled'],
  ['action_required', 'action-required'],
])
