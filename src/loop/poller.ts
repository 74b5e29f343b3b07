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
import type { Runs } from '../store/runs.ts'
import type { Comments } from './comments.ts'
import type { Driver } from './driver.ts'
import type { Faults } from './faults.ts'
import type { Gatekeeper } from './gatekeeper.ts'
import type { Repository } from './repository.ts'
import { followMerges } from './follow-merges.ts'
import { followVisits } from './follow-visits.ts'
import { startRun } from './start-run.ts'
import type { Tell } from './tell.ts'
import { withdrawals } from './withdrawals.ts'

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
  const withdrawn = withdrawals(parts)

  const lookAtMerges = (repository: Repository) => followMerges(repository, parts)
  const lookAtVisits = (repository: Repository) => followVisits(repository, parts)

  async function lookAtIssues(repository: Repository) {
    // Read before the issues are: a label that was put on after them would look taken away.
    const under = await withdrawn.underWay(repository.name)
    const { tracker, labels } = repository
    const label = under.length === 0 ? labels.ready : labels.inProgress
    const { issues, faults } = await tracker.list([label])
    tellFaults(repository.name, label, faults)
    for (const each of under) await withdrawn.end(each, issues, repository)
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
