/**
 * Tells what of a run is on the landing branch, or offered to it.
 *
 * Git says what has landed, and the forge what a pull request came to: one that is called merged counts once
 * git shows the landing branch with it. What its predecessor had offered already is no work of this run's. A
 * pull request that is missing in an answer says nothing: none ever goes away.
 */
import type { Clock } from '../clock.ts'
import type { Pull } from '../landing/pulls.ts'
import { LandingError } from '../landing/landing-error.ts'
import type { In, Run } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import type { Repository } from './repository.ts'
import { liveOf, type Watched } from './watched.ts'

export type LandedParts = {
  readonly repository: Repository
  readonly runs: Pick<Runs, 'run'>
  readonly clock: Clock
}

/**
 * What of it is on the landing branch; null: nothing. `since`: an instant of the monotonic clock; an earlier look does
 * not count. Throws what the landing branch and the pull requests throw.
 */
export async function tellLanded(
  run: Watched,
  parts: LandedParts,
  since?: number,
): Promise<string | null> {
  const live = liveOf(run)
  if (live === null || !isBased(live)) return null
  const { landing, pulls } = parts.repository
  const { id, branch, base } = live
  const chain = await chainOf(live, parts.runs)
  const pull = pulls === null ? null : await pulls.of(branch, since)
  if (pull?.is === 'open') {
    const { request, head: commit } = pull
    const isOld = chain.some((each) => 'commit' in each && each.commit === commit)
    if (!isOld) await run.tell({ type: 'offered', commit, request })
    return null
  }
  const continues = chain.map((each) => each.id)
  const pushed = await landing.pushedBy({ id, branch, base, continues }, since)
  if (pull?.is === 'merged' && (await isLandedSince(base, pull, parts))) {
    const commit = pushed ?? pull.commit
    await run.tell({ type: 'merged', commit, request: pull.request })
    return commit
  }
  if (pushed !== null) await run.tell({ type: 'pushed', commit: pushed })
  else if (pull?.is === 'closed') await run.tell({ type: 'declined', request: pull.request })
  else if (live.pushed?.where.is === 'landed' && !(await landing.contains(live.pushed.commit)))
    await run.tell({ type: 'unpushed', commit: live.pushed.commit })
  return pushed
}

type Based = In<'live'> & { readonly base: string }

const isBased = (run: In<'live'>): run is Based => run.base !== null

/** The runs in whose place it goes on, the last first: what they left there is its work, too. */
async function chainOf(run: Run, runs: LandedParts['runs']): Promise<readonly Run[]> {
  const chain: Run[] = []
  for (let id = run.continues; id !== null && chain.every((each) => each.id !== id);) {
    const before = (await runs.run(id))?.run
    if (before !== undefined) chain.push(before)
    id = before?.continues ?? null
  }
  return chain
}

type MergedPull = Pull & { readonly is: 'merged' }

/** Merged before its base, it is an earlier run's. */
async function isLandedSince(
  base: string,
  { commit, request }: MergedPull,
  { repository: { landing, landingBranch }, clock }: LandedParts,
): Promise<boolean> {
  const known = await landing.standing(commit, base)
  const now = known === 'missing' ? await landing.standing(commit, base, clock.monotonic()) : known
  if (now !== 'missing') return now === 'since'
  const what = `pull request #${request.number} is said to be merged as ${commit.slice(0, 12)}`
  throw new LandingError('unreadable', `${what}, which ${landingBranch} has not`)
}
