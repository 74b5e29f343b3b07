/**
 * Looks at each repository's issues: ends runs that a person withdrew, and starts what may start.
 *
 * One run per repository, the most urgent issue first. What may not start is not written down: the next
 * look asks again. A tracker that cannot be asked says nothing about any run.
 */
import type { Clock } from '../clock.ts'
import { budgetOf } from '../run/budget.ts'
import type { Grant } from '../run/event.ts'
import { isEnded, type Run } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import type { TrackedIssue } from '../trackers/tracker.ts'
import type { Driver } from './driver.ts'
import type { Gatekeeper } from './gatekeeper.ts'
import { lineageOf, newRun } from './new-run.ts'
import type { Repository } from './repository.ts'
import type { Tell } from './tell.ts'

export type PollerParts = {
  readonly runs: Runs
  readonly driver: Driver
  readonly gatekeeper: Gatekeeper
  readonly repositories: ReadonlyMap<string, Repository>
  readonly clock: Clock
  readonly tell: Tell
}

export type Poller = {
  /** One look at every repository. */
  poll(): Promise<void>
}

export function poller(parts: PollerParts): Poller {
  const faults = new Map<string, string>()
  return {
    async poll() {
      await Promise.all(
        [...parts.repositories.values()].map(async (repository) => {
          try {
            await pollRepository(repository, parts, faults)
          } catch (error) {
            const detail = error instanceof Error ? error.message : String(error)
            parts.tell({ event: 'look-failed', repo: repository.name, detail })
          }
        }),
      )
    },
  }
}

async function pollRepository(
  repository: Repository,
  parts: PollerParts,
  faults: Map<string, string>,
) {
  const { name, tracker, labels } = repository
  const { issues, faults: found } = await tracker.list([labels.ready, labels.inProgress])
  for (const { where, what } of found) {
    if (faults.get(where) === what) continue
    faults.set(where, what)
    parts.tell({ event: 'issue-faulty', repo: name, where, detail: what })
  }
  for (const { run } of await parts.runs.liveRuns())
    if (run.issue.repo === name) await withdrawIfGone(run, { repository, issues }, parts)
  const next = await parts.gatekeeper.next(repository, issues)
  if (next !== null) await start(repository, next, parts)
}

type Seen = { readonly repository: Repository; readonly issues: readonly TrackedIssue[] }

/** A close with a commit behind it is the run's own work; a label of ours that is gone was taken by a person. */
async function withdrawIfGone(run: Run, { repository, issues }: Seen, parts: PollerParts) {
  if (isEnded(run)) return
  const { tracker, labels } = repository
  const listed = issues.find(({ number }) => number === run.issue.number)
  if (listed?.labels.includes(labels.inProgress)) return
  const issue = listed ?? (await tracker.read(run.issue.number))
  const withdrawn = (by: string) =>
    parts.driver.advance(run.id, { type: 'withdrawn', at: parts.clock.now(), by })
  if (issue === null) return void (await withdrawn('whoever removed the issue'))
  if (!issue.isOpen) {
    if (issue.closedBy?.commit != null) return
    return void (await withdrawn(issue.closedBy?.who ?? 'whoever closed the issue'))
  }
  const chores = await parts.runs.chores(run.id)
  const isMarked = chores.some(({ kind, isDone }) => kind === 'mark-issue' && isDone)
  if (isMarked) await withdrawn('whoever took the label away')
}

/** Queues the run, which takes the slot; and starts it. A crash in between leaves it queued, and the next look starts it. */
async function start(repository: Repository, issue: TrackedIssue, parts: PollerParts) {
  const run = await runFor(repository, issue, parts)
  const { type } = await parts.runs.queueRun(run)
  if (type === 'busy') return
  parts.tell({
    event: 'run-queued',
    run: run.id,
    issue: `${repository.name}#${issue.number}`,
    by: run.by,
  })
  await parts.driver.advance(run.id, { type: 'started', at: parts.clock.now() })
}

async function runFor(
  repository: Repository,
  issue: TrackedIssue,
  parts: PollerParts,
): Promise<Run> {
  const { name } = repository
  const before = await parts.runs.lastRun({ repo: name, number: issue.number })
  const lineage = lineageOf(repository, issue.number)
  if (before !== undefined)
    await parts.runs.grant(lineage, await freshBudget(lineage, issue, parts))
  return newRun({ repository, issue, by: 'loop', now: parts.clock.now(), continues: null })
}

/** Labelled ready again: a person gives as much as was used. */
async function freshBudget(
  lineage: string,
  issue: TrackedIssue,
  { runs, clock }: PollerParts,
): Promise<Grant> {
  const { attempts, fixMs, costUsd, granted } = budgetOf(await runs.ledger(lineage))
  return {
    type: 'granted',
    at: clock.now(),
    by: issue.readyBy ?? 'the owner',
    why: 'labelled ready again',
    attempts: Math.max(0, attempts - granted.attempts),
    minutes: Math.max(0, (fixMs - granted.ms) / 60_000),
    costUsd: Math.max(0, costUsd - granted.costUsd),
  }
}
