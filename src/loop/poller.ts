/**
 * One look at a repository's issues: ends the run that a person withdrew, starts what may start, and keeps the
 * comment of what is under way true.
 *
 * One run per repository, the most urgent issue first. While one is under way nothing can start, and only issues
 * with its label are looked for. What may not start is not written down: the next look asks again. A tracker that
 * cannot be asked throws, and says nothing about any run; a comment that cannot be written throws as well, and
 * keeps nothing from being started.
 */
import type { Clock } from '../clock.ts'
import type { Run } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import type { TrackedIssue } from '../trackers/tracker.ts'
import type { Comments } from './comments.ts'
import type { Driver } from './driver.ts'
import type { Faults } from './faults.ts'
import type { Gatekeeper } from './gatekeeper.ts'
import type { Repository } from './repository.ts'
import { followMerges } from './follow-merges.ts'
import { followVisits } from './follow-visits.ts'
import { startRun } from './start-run.ts'
import type { Tell } from './tell.ts'

export type PollerParts = {
  readonly runs: Runs
  readonly comments: Comments
  readonly driver: Driver
  readonly gatekeeper: Gatekeeper
  readonly repositories: ReadonlyMap<string, Repository>
  readonly faults: Faults
  readonly clock: Clock
  readonly tell: Tell
}

export type Poller = { look(repo: string): Promise<void> }

export function poller(parts: PollerParts): Poller {
  const { repositories, gatekeeper, comments } = parts
  const tellFaults = tellsFaults(parts)
  const isGone = goneForLong(parts)

  const lookAtMerges = (repository: Repository) => followMerges(repository, parts)
  const lookAtVisits = (repository: Repository) => followVisits(repository, parts)

  async function lookAtIssues(repository: Repository) {
    // Read before the issues are: a label that was put on after them would look taken away.
    const under = await underWay(repository.name, parts)
    const { tracker, labels } = repository
    const label = under.length === 0 ? labels.ready : labels.inProgress
    const { issues, faults } = await tracker.list([label])
    tellFaults(repository.name, label, faults)
    for (const each of under) await withdrawIfGone(each, { repository, issues, isGone }, parts)
    const next = await gatekeeper.next(repository, issues)
    // Read anew, now that the slot is known to be free: in the listing it may still have a label that a run took off.
    const issue = next && (await tracker.read(next.number))
    if (issue === null || (await gatekeeper.whyNot(repository, issue)) !== null) return
    await startRun({ repository, issue, by: 'loop' }, parts)
  }

  return {
    async look(repo) {
      const repository = repositories.get(repo)
      if (repository === undefined) return
      const faults: unknown[] = []
      // What a person has done goes before what is new.
      for (const part of [lookAtMerges, lookAtVisits, lookAtIssues, comments.keep])
        await part(repository).catch((error: unknown) => faults.push(error))
      if (faults.length > 0) throw faults[0]
    },
  }
}

/** `isMarked`: our label was on its issue, for certain. */
type UnderWay = { readonly run: Run; readonly isMarked: boolean }

async function underWay(repo: string, { runs }: PollerParts): Promise<readonly UnderWay[]> {
  const live = await runs.liveRuns(repo)
  return Promise.all(
    live.map(async ({ run }) => {
      const chores = await runs.chores(run.id)
      const isMarked = chores.some(({ kind, isDone }) => kind === 'mark-issue' && isDone)
      return { run, isMarked }
    }),
  )
}

type Found = ReadonlyArray<{ readonly where: string; readonly what: string }>

/** What was faulty in the last listing of that label, and is not in this, is well. */
function tellsFaults({ faults }: PollerParts) {
  const last = new Map<string, Found>()
  return (repo: string, label: string, found: Found) => {
    const isThere = ({ where }: Found[number]) => found.some((each) => each.where === where)
    const listing = `${label} of ${repo}`
    for (const { where } of (last.get(listing) ?? []).filter((each) => !isThere(each)))
      faults.well(`${repo} ${where}`)
    last.set(listing, found)
    for (const { where, what } of found)
      faults.failed(`${repo} ${where}`, { event: 'issue-faulty', repo, where, detail: what })
  }
}

type Seen = {
  readonly repository: Repository
  readonly issues: readonly TrackedIssue[]
  readonly isGone: (run: string, isMissing: boolean) => boolean
}

/** A close with a commit behind it is the run's own work; a label of ours that is gone was taken by a person. */
async function withdrawIfGone({ run, isMarked }: UnderWay, seen: Seen, parts: PollerParts) {
  const { tracker, labels } = seen.repository
  const { number } = run.issue
  const listed = seen.issues.find((issue) => issue.number === number)
  const issue = listed ?? (await tracker.read(number))
  const isGone = seen.isGone(run.id, issue === null)
  if (issue?.labels.includes(labels.inProgress) && issue.isOpen) return
  if (issue === null && !isGone) return
  if (issue?.isOpen === false && (await wasMerged(run, parts))) return
  const by = whoTookIt(issue, isMarked)
  if (by === null) return
  await parts.driver.advance(run.id, { type: 'withdrawn', at: parts.clock.now(), by })
}

/** Whoever merges its pull request may well close its issue, too: that withdraws nothing. */
async function wasMerged(run: Run, { runs }: PollerParts): Promise<boolean> {
  if (run.state === 'queued') return run.begins.with === 'merge'
  const ledger = await runs.ledger(run.lineage)
  return ledger.some(({ run: of, what }) => of === run.id && what.type === 'merged')
}

/** An editor that saves, or a branch that is switched, takes a file away for a moment. */
const aMomentMs = 5_000

/** Whether it has been missing for longer than a moment. */
function goneForLong({ clock }: PollerParts) {
  const since = new Map<string, number>()
  return (run: string, isMissing: boolean) => {
    if (!isMissing) {
      since.delete(run)
      return false
    }
    const at = since.get(run) ?? clock.now()
    since.set(run, at)
    return clock.now() - at >= aMomentMs
  }
}

/** Null: nobody. */
function whoTookIt(issue: TrackedIssue | null, isMarked: boolean): string | null {
  if (issue === null) return 'whoever removed the issue'
  if (issue.isOpen) return isMarked ? 'whoever took the label away' : null
  const { closedBy } = issue
  return closedBy?.commit == null ? (closedBy?.who ?? 'whoever closed the issue') : null
}
