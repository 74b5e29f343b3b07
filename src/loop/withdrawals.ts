/**
 * Ends the run that a person withdrew, as its issue shows it: closed with no commit behind it, our label taken off, or
 * all of it removed.
 *
 * What is missing counts at the second look, and after a moment: an editor that saves takes a file away, and a
 * tracker may answer as it was before a write of ours. A close that a tracker does not say all of withdraws nothing
 * and is thrown. Whoever merges the run's pull request may well close its issue, too: that withdraws nothing either.
 */
import type { Clock } from '../clock.ts'
import type { Run } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import { TrackerError } from '../trackers/tracker-error.ts'
import type { TrackedIssue } from '../trackers/tracker.ts'
import type { Driver } from './driver.ts'
import type { Repository } from './repository.ts'

export type WithdrawalParts = {
  readonly runs: Pick<Runs, 'liveRuns' | 'chores' | 'ledger'>
  readonly driver: Driver
  readonly clock: Clock
}

/** `isMarked`: our label was on its issue, for certain. */
export type UnderWay = { readonly run: Run; readonly isMarked: boolean }

export type Withdrawals = {
  underWay(repo: string): Promise<readonly UnderWay[]>
  /** `issues`: those with our label, listed after what is under way was read. */
  end(under: UnderWay, issues: readonly TrackedIssue[], repository: Repository): Promise<void>
}

export function withdrawals(parts: WithdrawalParts): Withdrawals {
  const { runs, driver, clock } = parts
  const isMissed = missing(clock)
  return {
    async underWay(repo) {
      const live = await runs.liveRuns(repo)
      return Promise.all(
        live.map(async ({ run }) => {
          const chores = await runs.chores(run.id)
          const isMarked = chores.some(({ kind, isDone }) => kind === 'mark-issue' && isDone)
          return { run, isMarked }
        }),
      )
    },
    async end(under, issues, repository) {
      const { id, issue } = under.run
      const listed = issues.find(({ number }) => number === issue.number)
      const now = listed ?? (await repository.tracker.read(issue.number))
      const by = await takerOf(under, now, repository)
      if (by !== null) await driver.advance(id, { type: 'withdrawn', at: clock.now(), by })
    },
  }

  /** Null: nobody. */
  async function takerOf(
    { run, isMarked }: UnderWay,
    issue: TrackedIssue | null,
    { tracker, labels }: Repository,
  ): Promise<string | null> {
    const isUnlabelled = issue !== null && !issue.labels.includes(labels.inProgress)
    const isRemoved = isMissed(`the issue of ${run.id}`, issue === null, aMomentMs)
    const isTaken = isMissed(`the label of ${run.id}`, isMarked && isUnlabelled, tracker.lagMs)
    if (issue === null) return isRemoved ? 'whoever removed the issue' : null
    if (issue.isOpen) return isTaken ? 'whoever took the label away' : null
    if (await wasMerged(run, runs)) return null
    const { number, closedBy } = issue
    if (closedBy === null)
      throw new TrackerError('unreachable', `nothing says how #${number} was closed`)
    return closedBy.commit === null ? (closedBy.who ?? 'whoever closed the issue') : null
  }
}

async function wasMerged(run: Run, runs: WithdrawalParts['runs']): Promise<boolean> {
  if (run.state === 'queued') return run.begins.with === 'merge'
  const ledger = await runs.ledger(run.lineage)
  return ledger.some(({ run: of, what }) => of === run.id && what.type === 'merged')
}

/** For an editor that saves, and a branch that is switched. */
const aMomentMs = 5_000

/** Whether it has been missing for so long. */
function missing(clock: Clock) {
  const since = new Map<string, number>()
  return (what: string, isGone: boolean, forMs: number) => {
    if (!isGone) {
      since.delete(what)
      return false
    }
    const at = since.get(what) ?? clock.now()
    since.set(what, at)
    return clock.now() - at >= forMs
  }
}
