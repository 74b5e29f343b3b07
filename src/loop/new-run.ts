/** A run as it is queued: named by us, before anything of it exists anywhere else. */
import { v7 as uuidv7 } from 'uuid'

import type { Beginning, Run } from '../run/run.ts'
import type { TrackedIssue } from '../trackers/tracker.ts'
import type { Repository } from './repository.ts'

export type NewRunAsk = {
  readonly repository: Pick<Repository, 'name' | 'landingBranch'>
  readonly issue: TrackedIssue
  readonly by: string
  readonly now: number
  /** The run in whose place and conversation it goes on; null: none. */
  readonly continues: Run | null
  /** The conversation that a person began, and its branch; null: it is its own, or its predecessor's. */
  readonly adopted: Pick<Run, 'threadId' | 'branch'> | null
  readonly begins: Beginning
}

export function newRun(ask: NewRunAsk): Run {
  const { repository, issue, by, now, continues, adopted, begins } = ask
  const uuid = uuidv7({ msecs: now })
  const { number, title, url, digest } = issue
  const from = adopted ?? continues
  return {
    id: `run_${uuid}`,
    state: 'queued',
    issue: { repo: repository.name, number, title, ...(url !== null && { url }) },
    lineage: lineageOf(repository, number),
    threadId: from?.threadId ?? `thread_${uuid}`,
    environmentId: continues?.environmentId ?? null,
    branch: from?.branch ?? `afk/${number}-${uuid.slice(-8)}`,
    by,
    digest,
    continues: continues?.id ?? null,
    begins,
    queuedAt: now,
  }
}

export function lineageOf(
  { name, landingBranch }: NewRunAsk['repository'],
  number: number,
): string {
  return `${name}#${number}@${landingBranch}`
}
