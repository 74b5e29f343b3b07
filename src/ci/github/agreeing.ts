/**
 * Believes a verdict once two reads agree on it that are thirty seconds apart.
 *
 * Checks come late: a commit whose first checks passed is not green yet where nobody says which are still to come.
 * Until then it is pending. "No checks" and "pending" are said at once, and so is what does not need a second
 * read. Time is monotonic.
 */
import type { Clock } from '../../clock.ts'
import type { Verdict } from '../../run/event.ts'

const apartMs = 30_000

export type Agreeing = {
  /** `holds`: one read is enough. */
  said(commit: string, verdict: Verdict, holds: boolean): Verdict
  /** What the last read said, agreed on or not; null: there was none. */
  last(commit: string): Verdict | null
  /** When the second read is due, in monotonic time; null: none is. */
  dueAt(commit: string): number | null
  /** Those whose last read was before this instant of the wall clock; they are returned. */
  forget(before: number): readonly string[]
}

type Read = {
  readonly verdict: Verdict
  readonly text: string
  /** Since then, in monotonic time, each read said the same. */
  readonly since: number
  readonly readAt: number
  readonly isSaid: boolean
}

const most = 1_000

export function agreeing(clock: Clock): Agreeing {
  const reads = new Map<string, Read>()

  return {
    said(commit, verdict, holds) {
      const text = JSON.stringify(verdict)
      const before = reads.get(commit)
      const now = clock.monotonic()
      const since = before?.text === text ? before.since : now
      const needsTwo = verdict.verdict === 'green' || verdict.verdict === 'red'
      const isSaid = holds || !needsTwo || now - since >= apartMs
      reads.delete(commit)
      reads.set(commit, { verdict, text, since, readAt: clock.now(), isSaid })
      const [oldest] = reads.keys()
      if (reads.size > most && oldest !== undefined) reads.delete(oldest)
      return isSaid ? verdict : { verdict: 'pending', waitsFor: 'checks' }
    },
    last: (commit) => reads.get(commit)?.verdict ?? null,
    dueAt(commit) {
      const read = reads.get(commit)
      return read === undefined || read.isSaid ? null : read.since + apartMs
    },
    forget(before) {
      const old = [...reads].flatMap(([commit, { readAt }]) => (readAt < before ? [commit] : []))
      for (const commit of old) reads.delete(commit)
      return old
    },
  }
}
