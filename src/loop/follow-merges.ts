/**
 * What a person merges of a run that has ended is its continuation: it ends by the merged commit's checks.
 *
 * Looked for until the issue has another run, for ninety days; what was merged before its end was judged then. However
 * many offers wait, the forge is asked one question, and only what may be merged is read. A repository that is busy
 * is asked again at the next look: a merge does not go away. One that cannot be followed holds up no other.
 */
import type { Clock } from '../clock.ts'
import type { Pulls } from '../landing/pulls.ts'
import { isTerminal, type Terminal } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import type { Repository } from './repository.ts'
import { followRun, type StartParts } from './start-run.ts'

export type FollowParts = StartParts & {
  readonly runs: Pick<Runs, 'waitingRuns' | 'slots' | 'run'>
  readonly clock: Clock
}

const followedMs = 90 * 24 * 3_600_000

/** Throws what the pull requests, the landing branch and the tracker throw, once the others were followed. */
export async function followMerges(repository: Repository, parts: FollowParts): Promise<void> {
  const { pulls, name } = repository
  const { runs, clock } = parts
  if (pulls === null) return
  const offers: Terminal[] = []
  for (const each of await runs.waitingRuns(name, clock.now() - followedMs))
    if (await isOffered(each, runs)) offers.push(each)
  if (offers.length === 0 || (await runs.slots()).has(name)) return
  const since = clock.monotonic()
  const branches = await pulls.mayBeMerged(offers.map(({ branch }) => branch))
  const faults: unknown[] = []
  for (const each of offers.filter(({ branch }) => branches.includes(branch))) {
    if ((await runs.slots()).has(name)) break
    const following = { ...parts, repository, pulls, since }
    await follow(each, following).catch((error: unknown) => faults.push(error))
  }
  if (faults.length > 0) throw faults[0]
}

/** Its own, or what it went on from without anything of its own. */
async function isOffered(run: Terminal, runs: Pick<Runs, 'run'>): Promise<boolean> {
  if (run.state === 'done' || run.where?.is === 'landed') return false
  if (run.where !== null) return true
  const before = run.continues === null ? undefined : (await runs.run(run.continues))?.run
  return before !== undefined && isTerminal(before) && isOffered(before, runs)
}

type Following = FollowParts & {
  readonly repository: Repository
  readonly pulls: Pulls
  /** In monotonic time: what was read before does not count. */
  readonly since: number
}

async function follow(before: Terminal, parts: Following): Promise<void> {
  const { repository, pulls, since } = parts
  const { tracker, landing } = repository
  const pull = await pulls.of(before.branch, since)
  if (pull?.is !== 'merged' || !(await landing.contains(pull.commit))) return
  const issue = await tracker.read(before.issue.number)
  if (issue === null) return
  const { commit, request } = pull
  const by = `whoever merged #${request.number}`
  const begins = { with: 'merge', commit, request } as const
  await followRun({ repository, issue, by }, { before, begins }, parts)
}
