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
import type { In, Merged, Run } from '../run/run.ts'
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
    if (!isOf(chain, commit)) await run.tell({ type: 'offered', commit, request })
    return null
  }
  const continues = chain.map((each) => each.id)
  const pushed = await landing.pushedBy({ id, branch, base, continues }, since)
  const merged = pull?.is === 'merged' ? await mergedSince(live, pull, parts) : null
  if (merged !== null) {
    const commit = pushed === null ? merged.commit : await newerOf(pushed, merged.commit, landing)
    await run.tell({ type: 'merged', ...merged, commit })
    return commit
  }
  if (pushed !== null) await run.tell({ type: 'pushed', commit: pushed })
  else if (pull?.is === 'closed') await run.tell({ type: 'declined', request: pull.request })
  else if (live.pushed?.where.is === 'landed' && !(await landing.contains(live.pushed.commit)))
    await run.tell({ type: 'unpushed', commit: live.pushed.commit })
  return pushed
}

/** Whether one of these left it: it is no work of the run that goes on from them. */
export function isOf(chain: readonly Run[], commit: string): boolean {
  return chain.some((each) => 'commit' in each && each.commit === commit)
}

type Based = In<'live'> & { readonly base: string }

const isBased = (run: In<'live'>): run is Based => run.base !== null

/** The runs in whose place it goes on, the last first: what they left there is its work, too. */
export async function chainOf(run: Run, runs: LandedParts['runs']): Promise<readonly Run[]> {
  const chain: Run[] = []
  for (let id = run.continues; id !== null && chain.every((each) => each.id !== id);) {
    const before = (await runs.run(id))?.run
    if (before !== undefined) chain.push(before)
    id = before?.continues ?? null
  }
  return chain
}

type MergedPull = Pull & { readonly is: 'merged' }

/** Null: what it brought is an earlier run's, merged before the base; or a force-push took away what had landed. */
async function mergedSince(
  { base, pushed }: In<'live'> & { readonly base: string },
  { commit, request }: MergedPull,
  { repository: { landing, landingBranch }, clock }: LandedParts,
): Promise<Merged | null> {
  const known = await landing.standing(commit, base)
  const now = known === 'missing' ? await landing.standing(commit, base, clock.monotonic()) : known
  if (now !== 'missing') return now === 'since' ? { commit, request } : null
  if (pushed?.where.is === 'landed' && pushed.commit === commit) return null
  const what = `pull request #${request.number} is said to be merged as ${commit.slice(0, 12)}`
  throw new LandingError('unreadable', `${what}, which ${landingBranch} has not`)
}

/** A squash may say nothing of its run: then what carries the run's name is older. */
async function newerOf(pushed: string, merged: string, landing: Repository['landing']) {
  return (await landing.standing(merged, pushed)) === 'since' ? merged : pushed
}
