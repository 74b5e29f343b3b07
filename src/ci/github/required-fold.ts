/**
 * Folds checks by what a branch requires. Pure.
 *
 * A requirement that names an app is met by a check run of that app alone: anybody who may write can report a
 * status of any name. Where a required check is missing, a workflow that failed or waits by itself counts, too: it
 * is why. With nothing required all that is there counts.
 */
import type { Verdict } from '../../run/event.ts'
import { type CheckState, foldChecks } from '../../run/checks.ts'
import type { OneCheck } from './as-checks.ts'

export type Required = {
  readonly context: string
  /** Null: any. */
  readonly appId: number | null
}

export function foldRequired(
  checks: readonly OneCheck[],
  required: readonly Required[] | null,
): Verdict {
  if (required === null || required.length === 0) return foldChecks(checks, null)
  const counted = checks.filter((check) => {
    const asked = required.filter(({ context }) => context === check.name)
    return asked.every(({ appId }) => appId === null) || asked.some((each) => meets(check, each))
  })
  const missing = required.filter((each) => !checks.some((check) => meets(check, each)))
  const why = missing.length === 0 ? [] : checks.filter(isWhy)
  const names = [...required.map(({ context }) => context), ...why.map(({ name }) => name)]
  // By name alone, what one app reported would stand for what another must.
  const state = areCancelled(checks) ? 'cancelled' : 'queued'
  const awaited = missing.map(({ context: name }) => ({ name, url: null, state }) as const)
  return foldChecks(checks.length === 0 ? [] : [...counted, ...awaited], names)
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

function isWhy({ from, state }: OneCheck): boolean {
  return from.type === 'workflow' && whyMissing.includes(state)
}
