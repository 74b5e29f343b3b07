/**
 * Folds the checks of one commit into what CI says of it. Pure.
 *
 * What counts are the required ones, or all that are there if none are named; each check of a required name
 * counts. "No checks yet" is not green, and neither is a commit where nothing that counts has passed: a
 * workflow that skips itself proves nothing. A cancelled check says nothing of the commit, mostly a newer one
 * took its place: where nothing else is awaited, that is told apart. Which of several runs of one check is the
 * newest is for whoever reads them.
 */
import type { Verdict } from './event.ts'
import type { Failing } from './run.ts'

export type Check = Failing & { readonly state: CheckState }

export type CheckState =
  | 'queued'
  | 'running'
  /** For a person's approval. */
  | 'waiting'
  | 'passed'
  | 'skipped'
  | 'neutral'
  | 'failed'
  | 'cancelled'
  | 'timed-out'
  | 'action-required'

/** `required`: their names; null, like an empty list: all that are there. */
export function foldChecks(checks: readonly Check[], required: readonly string[] | null): Verdict {
  const isNamed = required !== null && required.length > 0
  const counted = isNamed ? checks.filter(({ name }) => required.includes(name)) : checks
  const meanings = new Set(counted.map(({ state }) => meaningOf(state)))
  const isMissing = isNamed && required.some((name) => checks.every((each) => each.name !== name))

  if (checks.length === 0) return { verdict: 'none' }
  if (meanings.has('red')) return { verdict: 'red', failing: failingOf(counted) }
  if (meanings.has('approval')) return { verdict: 'pending', waitsFor: 'approval' }
  if (meanings.has('open') || isMissing) return { verdict: 'pending', waitsFor: 'checks' }
  if (meanings.has('cancelled')) return { verdict: 'pending', waitsFor: 'rerun' }
  if (!meanings.has('green')) return { verdict: 'none' }
  const passed = counted.filter(({ state }) => state === 'passed').map(({ name }) => name)
  return { verdict: 'green', passed: [...new Set(passed)].toSorted() }
}

type Meaning = 'red' | 'approval' | 'open' | 'cancelled' | 'nothing' | 'green'

function meaningOf(state: CheckState): Meaning {
  switch (state) {
    case 'failed':
    case 'timed-out':
      return 'red'
    case 'waiting':
    case 'action-required':
      return 'approval'
    case 'queued':
    case 'running':
      return 'open'
    case 'cancelled':
      return 'cancelled'
    case 'skipped':
    case 'neutral':
      return 'nothing'
    case 'passed':
      return 'green'
  }
}

/** In one order, however they came: the same checks again are no news. */
function failingOf(checks: readonly Check[]): readonly Failing[] {
  return checks
    .filter(({ state }) => meaningOf(state) === 'red')
    .map(({ name, url }) => ({ name, url }))
    .toSorted((one, two) => compare(one.name, two.name) || compare(one.url ?? '', two.url ?? ''))
}

function compare(one: string, two: string): number {
  if (one === two) return 0
  return one < two ? -1 : 1
}
