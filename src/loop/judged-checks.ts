/**
 * What CI says of a commit, or of a newer one in its place.
 *
 * Where its checks were cancelled because others pushed, nothing of its own ever comes. Then what counts is what CI says
 * of the newest commit of the landing branch, if that contains it; where that has no check, of the one that was judged
 * in its place before. What its own checks say goes before.
 */
import type { Ci } from '../ci/ci.ts'
import type { Landing } from '../landing/landing.ts'
import type { Verdict } from '../run/event.ts'
import type { Pushed } from '../run/run.ts'

export type JudgedChecks = {
  readonly checks: Verdict
  /** Whose they are, if not the commit's own. */
  readonly tip?: string
}

/** Throws what the landing branch and CI throw. */
export async function judgedChecks(
  pushed: Pushed,
  ci: Ci,
  landing: Landing,
): Promise<JudgedChecks> {
  const { commit, where, tip: before } = pushed
  const own = { checks: await ci.look(commit) }
  const { checks } = own
  if (where.is !== 'landed' || checks.verdict !== 'pending' || checks.waitsFor !== 'rerun')
    return own
  const tip = await landing.tip()
  if (tip === commit || (await landing.standing(commit, tip)) !== 'before') return own
  const newest = { checks: await ci.look(tip), tip }
  if (newest.checks.verdict !== 'none' || before === undefined || before === tip) return newest
  // Not every push has checks: those of the one before still stand.
  if ((await landing.standing(before, tip)) !== 'before') return newest
  const earlier = { checks: await ci.look(before), tip: before }
  return earlier.checks.verdict === 'none' ? newest : earlier
}
