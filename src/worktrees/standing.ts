/** Who has a place, one run after the other, and what it is made of. */
import { basename } from 'node:path'

import type { Place } from './places.ts'

export type Standing = {
  readonly path: string
  /** The run's own. */
  readonly branch: string
  /** All that share it, and each of their branches once. */
  readonly runs: readonly string[]
  readonly branches: readonly string[]
  /** A run that goes on in it after this one; null: there is none. */
  readonly successor: string | null
  /** An agent may have been in it. */
  readonly isMade: boolean
}

export function standingOf(
  { path, branch, rank, isMade }: Place,
  places: ReadonlyMap<string, Place | null>,
): Standing {
  const sharers = [...places].flatMap(([run, each]) => (each?.path === path ? [{ run, each }] : []))
  const runs = sharers.map(({ run }) => run)
  return {
    path,
    branch,
    runs,
    branches: [...new Set(sharers.map(({ each }) => each.branch))],
    successor: sharers.find(({ each }) => each.rank > rank)?.run ?? null,
    // Only the run whose name it has can have left it half made.
    isMade: isMade || runs.join() !== basename(path),
  }
}
