/** A run as it is queued: named by us, before anything of it exists anywhere else. */
import { v7 as uuidv7 } from 'uuid'

import type { Merged, Run } from '../run/run.ts'
import type { TrackedIssue } from '../trackers/tracker.ts'
import type { Repository } from './repository.ts'

export type NewRunAsk = {
  readonly repository: Pick<Repository, 'name' | 'landingBranch'>
  readonly issue: TrackedIssue
  readonly by: string
  readonly now: number
  /** The run in whose place and conversation it goes on; null: it has its own. */
  readonly continues: Run | null
  /** What a person merged of it; null: it begins with a turn. */
  readonly merged: Merged | null
}

export function newRun({ repository, issue, by, now, continues, merged }: NewRunAsk): Run {
  const uuid = uuidv7({ msecs: now })
  const { number, title, url, digest } = issue
  return {
    id: `run_${uuid}`,
    state: 'queued',
    issue: { repo: repository.name, number, title, ...(url !== null && { url }) },
    lineage: lineageOf(repository, number),
    threadId: continues?.threadId ?? `thread_${uuid}`,
    branch: continues?.branch ?? `afk/${number}-${uuid.slice(-8)}`,
    by,
    digest,
    continues: continues?.id ?? null,
    merged,
    queuedAt: now,
  }
}

export function lineageOf(
  { name, landingBranch }: NewRunAsk['repository'],
  number: number,
): string {
  return `${name}#${number}@${landingBranch}`
}
