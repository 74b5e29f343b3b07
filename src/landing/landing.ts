/**
 * The port for where work lands: the landing branch of one repository, as its remote has it.
 *
 * A commit is a run's only with every confirmation: the remote's landing branch contains it, it is no
 * ancestor of the base recorded at dispatch, and it carries the trailer `AFK-Run: <run id>` or is
 * reachable from the run's own branch. What an agent says of a commit is not asked. Throws where the
 * remote cannot be asked: that says nothing about the run.
 */
import type { Finding } from '../doorbell/finding.ts'

export type Landing = {
  /** The branch's newest commit. `since`: as below. */
  tip(since?: number): Promise<string>

  /**
   * The newest commit on the landing branch that is this run's; null: there is none. `since`: an instant of
   * the monotonic clock, and what was seen of the remote before it does not count.
   */
  pushedBy(run: RunRef, since?: number): Promise<string | null>

  /** Whether the landing branch still has it. */
  contains(commit: string): Promise<boolean>

  /** How a commit stands to the landing branch: it had it at `base`, or has got it since; or has not. */
  standing(commit: string, base: string, since?: number): Promise<'before' | 'since' | 'missing'>

  /** A file as the landing branch has it, 64 KiB at most; null: it has none of that name. */
  read(path: string): Promise<string | null>

  /**
   * Tries what can be tried without a push, and says what to mend. A far side's failure is a finding and never
   * thrown; each try ends by itself. No finding holds a secret.
   */
  check(): Promise<readonly Finding[]>
}

export type RunRef = {
  readonly id: string
  readonly branch: string
  /** The runs in whose place it goes on: their trailers count as its own. */
  readonly continues: readonly string[]
  /** The landing branch's newest commit when its first turn was about to be asked. */
  readonly base: string
}
