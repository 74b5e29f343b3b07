/**
 * The port every CI fills: what is said of one commit.
 *
 * "No checks yet" is not green, and neither is anything an agent could have written. A CI that cannot be
 * asked throws: that says nothing about the commit.
 */
import type { Finding } from '../doorbell/finding.ts'
import type { Verdict } from '../run/event.ts'
import type { Failing } from '../run/run.ts'

export type Ci = {
  /** What it says now. Where the checks are ours to run, the first look starts them. */
  look(commit: string): Promise<Verdict>

  /** The last lines of what the failing checks printed, for whoever must fix them. */
  logs(commit: string, failing: readonly Failing[]): Promise<string>

  /**
   * Removes what is kept here of commits that were judged before this instant; asked of again, such a one is
   * judged again. Throws, once all else is done, where something of it could not be removed.
   */
  forget(before: number): Promise<void>

  /** Nobody waits for its verdict any more: what runs for it here ends, and leaves none. Looked at again, it begins anew. */
  drop(commit: string): void

  /** Calls back whenever it may say something else of a commit; returns how to end that. */
  watch(wake: (commit: string) => void): () => void

  /**
   * Tries what can be tried without a commit being judged, and says what to mend. A far side's failure is a finding and never
   * thrown; each try ends by itself. No finding holds a secret.
   */
  check(): Promise<readonly Finding[]>
}
