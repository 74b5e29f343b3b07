/**
 * Folds checks by what a branch requires. Pure.
 *
 * A requirement that names an app is met by a check run of that app alone: anybody who may write can report a
 * status of any name. Where a required check is missing, a workflow that failed or waits by itself counts, too: it
 * is why. So is a job that did not pass where a required one of the same run was skipped: GitHub skips what needs it,
 * and calls that well. A run that has not ended, nor come to a required check that another run of its workflow has
 * made, is waited for. With nothing required all that is there counts.
 */
import type { Verdict } from '../../run/event.ts'
import { type CheckState, foldChecks } from '../../run/checks.ts'
import type { OneCheck } from './as-checks.ts'
import type { WorkflowRun } from './reading.ts'

export type Required = {
  readonly context: string
  /** Null: any. */
  readonly appId: number | null
}

export function foldRequired(
  checks: readonly OneCheck[],
  required: readonly Required[] | null,
): Verdict {
  if (required === null || required.length === 0 || checks.length === 0)
    return foldChecks(checks, null)
  const counted = checks.filter((check) => required.some((each) => meets(check, each)))
  const missing = required.filter((each) => !checks.some((check) => meets(check, each)))
  const skipped = required
    .map((each) => counted.filter((check) => meets(check, each)))
    .filter((all) => all.every(({ state }) => state === 'skipped'))
    .flat()
  const others = checks.filter((check) => !counted.includes(check))
  const owed = others.filter(
    (check) =>
      (missing.length > 0 && isWhyMissing(check)) ||
      skipped.some((each) => isWhySkipped(check, each)) ||
      counted.some((each) => isToCome(each, check, counted)),
  )
  // By name alone, what one app reported would stand for what another must.
  const state = areCancelled(checks) ? 'cancelled' : 'queued'
  const awaited = missing.map(({ context: name }) => ({ name, url: null, state }) as const)
  return foldChecks([...counted, ...owed, ...awaited], null)
}

/** Not by a workflow, whose name is of our making. */
export function meets({ name, from }: OneCheck, { context, appId }: Required): boolean {
  if (name !== context || from.type === 'workflow') return false
  return appId === null || (from.type === 'check-run' && from.appId === appId)
}

/** A workflow that was cancelled before it had a job makes none of its checks, and no other is on its way. */
function areCancelled(checks: readonly OneCheck[]): boolean {
  const workflows = checks.filter(({ from }) => from.type === 'workflow')
  const isOpen = ({ state }: OneCheck) => state === 'queued' || state === 'running'
  return workflows.some(({ state }) => state === 'cancelled') && !workflows.some(isOpen)
}

const whyMissing: readonly CheckState[] = ['failed', 'timed-out', 'waiting', 'action-required']
const whySkipped: readonly CheckState[] = ['failed', 'timed-out', 'cancelled']

function isWhyMissing({ from, state }: OneCheck): boolean {
  return from.type === 'workflow' && whyMissing.includes(state)
}

function isWhySkipped(check: OneCheck, skipped: OneCheck): boolean {
  const run = ranIn(skipped)
  return run !== undefined && ranIn(check) === run && whySkipped.includes(check.state)
}

/** Whether a run is yet to make this check, which another one of its workflow has made. */
function isToCome(made: OneCheck, { from }: OneCheck, counted: readonly OneCheck[]): boolean {
  if (from.type !== 'workflow' || from.run.status === 'completed') return false
  if (ranIn(made)?.workflow_id !== from.run.workflow_id) return false
  return !counted.some((each) => each.name === made.name && ranIn(each) === from.run)
}

function ranIn({ from }: OneCheck): WorkflowRun | undefined {
  switch (from.type) {
    case 'check-run':
      return from.workflow
    case 'workflow':
      return from.run
    case 'status':
      return undefined
  }
}
