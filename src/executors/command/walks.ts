/**
 * The last walk through each running turn's worktree, so that it is not walked at every look.
 *
 * A turn whose cheap signs are younger than a minute is not walked at all, any other at most every ten
 * seconds. Where very many are silent at once each waits its go: all executors of a node together walk for
 * two in a hundred of its time. What a walk has found stays true meanwhile: it is a lower bound.
 */
import { worktreeTrace } from './signs-of-life.ts'

export type Walk = {
  /** Names the turn. */
  readonly turn: string
  /** Asked for only if it is walked. */
  readonly worktree: () => string
  /** The newest of the cheap signs. */
  readonly cheap: number
  readonly now: number
}

export type Walks = (walk: Walk) => number

/** The newest sign of a turn that is known: cheap, or found by this walk or the last. */
export function walks(): Walks {
  const last = new Map<string, { readonly at: number; readonly found: number }>()

  return ({ turn, worktree, cheap, now }) => {
    const before = last.get(turn) ?? { at: -Infinity, found: 0 }
    const known = Math.max(cheap, before.found)
    const isYoung = now - cheap < YOUNG_MS
    const isDue = now - before.at >= AGAIN_MS || now < before.at
    if (isYoung || !isDue || !hasTime()) return known
    const found = Math.max(
      before.found,
      timed(() => worktreeTrace(worktree(), now)),
    )
    for (const [other, { at }] of last) if (now - at > FORGOTTEN_MS) last.delete(other)
    last.set(turn, { at: now, found })
    return Math.max(cheap, found)
  }
}

const YOUNG_MS = 60_000
const AGAIN_MS = 10_000
/** Of a turn that is over, or that has made itself heard for long. */
const FORGOTTEN_MS = 600_000

/** Shared by all executors: there may be hundreds. */
const SHARE = 0.02
const MOST_SAVED_MS = 25
let time = { saved: MOST_SAVED_MS, at: 0 }

function hasTime(): boolean {
  const at = performance.now()
  time = { saved: Math.min(MOST_SAVED_MS, time.saved + (at - time.at) * SHARE), at }
  return time.saved > 0
}

function timed<T>(work: () => T): T {
  const beganAt = performance.now()
  try {
    return work()
  } finally {
    time.saved -= performance.now() - beganAt
  }
}
