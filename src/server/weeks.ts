/**
 * Rings and their times to a first try, week by week. Pure.
 *
 * Weeks begin on Monday, 0:00 UTC. The last is the one that `now` is in; a week without a ring is there, too.
 */
import type { Rung } from '../store/bell.ts'

export type Week = {
  readonly from: number
  readonly rings: Readonly<Record<Rung['kind'], number>>
  /** Half, and nine of ten, were tried within; null: none was tried. */
  readonly firstTry: { readonly medianMs: number; readonly p90Ms: number } | null
}

export const WEEK_MS = 7 * 24 * 60 * 60_000

/** The first Monday after the epoch, which was a Thursday. */
const monday = 4 * 24 * 60 * 60_000

/** When the first of the last `count` weeks began. */
export function weeksBegin(now: number, count: number): number {
  return startOf(now) - (count - 1) * WEEK_MS
}

export function weeksOf(rung: readonly Rung[], now: number, count: number): readonly Week[] {
  const first = weeksBegin(now, count)
  return Array.from({ length: count }, (_, index) => {
    const from = first + index * WEEK_MS
    return weekOf(
      rung.filter(({ at }) => at >= from && at < from + WEEK_MS),
      from,
    )
  })
}

function startOf(at: number): number {
  return at - ((((at - monday) % WEEK_MS) + WEEK_MS) % WEEK_MS)
}

function weekOf(rung: readonly Rung[], from: number): Week {
  const count = (kind: Rung['kind']) => rung.filter((each) => each.kind === kind).length
  const waits = rung
    .flatMap(({ firstTryMs }) => (firstTryMs === null ? [] : [Math.max(0, firstTryMs)]))
    .toSorted((a, b) => a - b)
  const within = (part: number) => waits[Math.ceil(part * waits.length) - 1] ?? 0
  return {
    from,
    rings: {
      done: count('done'),
      'needs-human': count('needs-human'),
      frozen: count('frozen'),
    },
    firstTry: waits.length === 0 ? null : { medianMs: within(0.5), p90Ms: within(0.9) },
  }
}
