/**
 * Spares two of the three reads of a commit that waits: asks the one list that would tell of a change, and no more.
 *
 * Only where it is known which checks are required, all of them are there, and all are check runs, or all statuses:
 * then nothing but that list decides. What it cannot tell, a check of the same name and the other kind, is seen by
 * the next whole reading: every sixth is one, however far apart they are. Nothing but a whole reading is ever a
 * verdict: this only says that a commit waits on.
 */
import type { OneCheck } from './as-checks.ts'
import { type Reading, type Reads, readsOf, unlessForbidden } from './reading.ts'
import { meets, type Required } from './required-fold.ts'

export type Sparing = {
  /** Since the last whole reading; `unknown`: this cannot tell, or not any more. @throws {GithubError} */
  since(commit: string, required: readonly Required[] | null, from: Reads): Promise<Since>
  /** A whole reading of a commit that waits. */
  waits(commit: string, whole: Whole): void
  /** The next reading is a whole one. */
  drop(commit: string): void
}

export type Since = 'unchanged' | 'changed' | 'unknown'

export type Whole = {
  readonly reading: Reading
  readonly checks: readonly OneCheck[]
  readonly required: readonly Required[] | null
}

type Kept = {
  readonly list: TellingList
  readonly text: string
  readonly required: string
  /** So many readings may still be spared. */
  readonly left: number
}

type TellingList = 'checkRuns' | 'statuses'

const spared = 5
const most = 1_000

export function sparing(): Sparing {
  const kept = new Map<string, Kept>()

  return {
    async since(commit, required, from) {
      const known = kept.get(commit)
      if (known === undefined || known.left === 0) return 'unknown'
      if (known.required !== JSON.stringify(required)) return 'unknown'
      const list = await unlessForbidden<{ readonly items: unknown; readonly isWhole: boolean }>(
        readsOf(commit, from)[known.list],
      )
      if (list === null || !list.isWhole) return 'unknown'
      if (JSON.stringify(list.items) !== known.text) return 'changed'
      kept.set(commit, { ...known, left: known.left - 1 })
      return 'unchanged'
    },
    waits(commit, whole) {
      kept.delete(commit)
      const list = tellingList(whole)
      if (list === null) return
      kept.set(commit, {
        list,
        text: JSON.stringify(whole.reading[list]),
        required: JSON.stringify(whole.required),
        left: spared,
      })
      const [oldest] = kept.keys()
      if (kept.size > most && oldest !== undefined) kept.delete(oldest)
    },
    drop: (commit) => void kept.delete(commit),
  }
}

/** Null: no one list tells. */
function tellingList({ reading, checks, required }: Whole): TellingList | null {
  if (required === null || required.length === 0) return null
  if (!reading.isWhole || reading.areJobs) return null
  if (!required.every((each) => checks.some((check) => meets(check, each)))) return null
  const named = checks.filter(({ name }) => required.some(({ context }) => context === name))
  const kinds = new Set(named.map(({ from }) => from.type))
  if (kinds.size !== 1) return null
  return kinds.has('check-run') ? 'checkRuns' : 'statuses'
}
