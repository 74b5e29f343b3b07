/**
 * The port for work that lands by pull request: that of a run's own branch, and what became of it.
 *
 * Only the forge's word counts: a pull request that could be merged is not merged, and neither is one whose
 * merge was only asked for. Throws a `LandingError` where the forge cannot be asked: that says nothing about
 * the run.
 */
import type { Finding } from '../doorbell/finding.ts'
import type { PullRequest } from '../run/run.ts'

export type Pulls = {
  /**
   * The run's: the open one, else the newest. Null: there is none. `since`: an instant of the monotonic clock, and
   * what was seen before it does not count.
   */
  of(branch: string, since?: number): Promise<Pull | null>

  /**
   * Those of these branches that may have been merged since `of` was last asked of them; each that was is among them
   * until then. Cheap, however many they are.
   */
  mayBeMerged(branches: readonly string[]): Promise<readonly string[]>

  /** Opens one for what the branch has and none had before. Found there already, it is that one. */
  open(offer: Offer): Promise<Opened>

  /** Whether the open one has a conflict at this head, so that checks may never start. False: not as far as is known. */
  conflicts(request: PullRequest, head: string): Promise<boolean>

  /** Merges exactly this head. Asked again, it says the same. */
  merge(request: PullRequest, head: string): Promise<MergeAnswer>

  /**
   * Tries what can be tried without a write, and says what to mend. A far side's failure is a finding and never
   * thrown; each try ends by itself. No finding holds a secret.
   */
  check(): Promise<readonly Finding[]>
}

export type Pull = { readonly request: PullRequest; readonly head: string } & (
  | { readonly is: 'open' }
  /** `commit`: what the landing branch got by it. */
  | { readonly is: 'merged'; readonly commit: string }
  /** Without a merge. */
  | { readonly is: 'closed' }
)

export type Offer = { readonly branch: string; readonly title: string; readonly body: string }

export type Opened =
  /** `head`: what it offers. */
  | { readonly is: 'open'; readonly request: PullRequest; readonly head: string }
  /** The branch has nothing that is new. */
  | { readonly is: 'nothing' }
  /** It will not, until a person does something. */
  | { readonly is: 'refused'; readonly why: string }

export type MergeAnswer =
  | { readonly is: 'merged' }
  /** The forge is not ready, or the head is another by now: it may be asked again. */
  | { readonly is: 'not-yet' }
  | { readonly is: 'refused'; readonly why: string }
