/**
 * Starts runs: for the poll, and for a person.
 *
 * A run is queued, which takes its repository's slot, and then started; a crash in between leaves it queued,
 * and the next look starts it. An issue that had a run before was labelled ready again by a person: that
 * gives it a fresh budget, which is written before the run is, and given once.
 */
import type { Clock } from '../clock.ts'
import { budgetOf } from '../run/budget.ts'
import type { Beginning, Run } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import type { TrackedIssue } from '../trackers/tracker.ts'
import type { Driver } from './driver.ts'
import { freshBudget } from './fresh-budget.ts'
import { lineageOf, newRun } from './new-run.ts'
import type { Repository } from './repository.ts'
import type { Tell } from './tell.ts'

export type StartParts = {
  readonly runs: Pick<Runs, 'queueRun' | 'lastRun' | 'ledger' | 'grant'>
  readonly driver: Driver
  readonly clock: Clock
  readonly tell: Tell
}

export type Starting = {
  readonly repository: Repository
  readonly issue: TrackedIssue
  readonly by: string
}

export type Started =
  | { readonly type: 'started'; readonly run: string }
  /** With this run; nothing was started. */
  | { readonly type: 'busy'; readonly run: string }

export async function startRun(starting: Starting, parts: StartParts): Promise<Started> {
  const { repository, issue, by } = starting
  const { runs, clock } = parts
  if (await runs.lastRun({ repo: repository.name, number: issue.number })) {
    const lineage = lineageOf(repository, issue.number)
    const giver = { at: clock.now(), by: issue.readyBy ?? 'the owner' }
    const grant = freshBudget(budgetOf(await runs.ledger(lineage)), giver)
    if (grant !== null) await runs.grant(lineage, grant)
  }
  const run = newRun({
    repository,
    issue,
    by,
    now: clock.now(),
    continues: null,
    adopted: null,
    begins: { with: 'turn' },
  })
  return queueAndStart(run, parts)
}

/** A run in the place and conversation of another. */
export async function continueRun(
  { repository, issue, by }: Starting,
  before: Run,
  parts: StartParts,
): Promise<Started> {
  const now = parts.clock.now()
  const begins = { with: 'turn' } as const
  const run = newRun({ repository, issue, by, now, continues: before, adopted: null, begins })
  return queueAndStart(run, parts)
}

/** What a person did with a run that has ended is watched to its own end. */
export async function followRun(
  { repository, issue, by }: Starting,
  { before, begins }: { readonly before: Run; readonly begins: Beginning },
  parts: StartParts,
): Promise<Started> {
  const now = parts.clock.now()
  const run = newRun({ repository, issue, by, now, continues: before, adopted: null, begins })
  return queueAndStart(run, parts)
}

/** A conversation that a person began, from its newest turn on. */
export async function adoptRun(
  { repository, issue, by }: Starting,
  { threadId, branch, turn }: Pick<Run, 'threadId' | 'branch'> & { readonly turn: string },
  parts: StartParts,
): Promise<Started> {
  const now = parts.clock.now()
  const adopted = { threadId, branch }
  const begins = { with: 'visit', turn, base: null } as const
  const run = newRun({ repository, issue, by, now, continues: null, adopted, begins })
  return queueAndStart(run, parts)
}

async function queueAndStart(run: Run, { runs, driver, clock, tell }: StartParts) {
  const queued = await runs.queueRun(run)
  if (queued.type === 'busy') return queued
  const issue = `${run.issue.repo}#${run.issue.number}`
  tell({ event: 'run-queued', run: run.id, issue, by: run.by })
  await driver.advance(run.id, { type: 'started', at: clock.now() })
  return { type: 'started', run: run.id } as const
}
