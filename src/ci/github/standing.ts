/**
 * Which of several runs of one check stand. Pure.
 *
 * A newer run takes the place of an older one of the same event and branch, of any event there where somebody
 * started it by hand, and of one that was cancelled wherever it was: mostly it is what cancelled it. A `push` and a
 * `pull_request` run test different things, and both stand. What was skipped has tested nothing, and takes the
 * place of nothing.
 */
import type { WorkflowRun } from './reading.ts'

type Run = { readonly id: number; readonly conclusion: string | null }

export type Ran<T extends Run> = {
  readonly run: T
  /** Of which check. */
  readonly check: string
  /** What it ran in; undefined: no workflow that is known. */
  readonly workflow: WorkflowRun | undefined
}

export function standing<T extends Run>(
  all: readonly T[],
  ranOf: (run: T) => Ran<T>,
): readonly T[] {
  const byCheck = Map.groupBy(all.map(ranOf), ({ check }) => check)
  return [...byCheck.values()].flatMap((runs) =>
    runs.filter((one) => !runs.some((other) => isReplaced(one, other))).map(({ run }) => run),
  )
}

function isReplaced<T extends Run>(one: Ran<T>, other: Ran<T>): boolean {
  // GitHub counts them up.
  if (one.run.id >= other.run.id || other.run.conclusion === 'skipped') return false
  if (one.run.conclusion === 'cancelled') return true
  const [before, after] = [one.workflow, other.workflow]
  const isSameBranch = before?.head_branch === after?.head_branch
  return isSameBranch && (before?.event === after?.event || after?.event === 'workflow_dispatch')
}
