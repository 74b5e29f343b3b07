/**
 * The runs a node answers for, their ledgers, the repositories they keep busy, and what must follow an end.
 *
 * A move is one unit: the run, its ledger's new lines, the ring it causes and the chores that follow are on
 * disk together, or none of them is. `revision` and the ledger's end are compared and set: who moves a run that
 * another has moved meanwhile, or that was granted more, is told so, and nothing was written. A repository has one slot; who queues a run takes it, and
 * it is free again only when it is freed.
 */
import type { Entry, Grant } from '../run/event.ts'
import type { Run, Terminal } from '../run/run.ts'
import type { ChoreKind } from '../run/transition.ts'
import type { NewRing } from './rings.ts'

export type StoredRun = {
  readonly run: Run
  readonly revision: number
  /** Of its lineage's ledger, the last line then; 0: it had none. Each line has a higher number than those before. */
  readonly ledgerEnd: number
}

export type Move = {
  readonly from: StoredRun
  readonly to: Run
  readonly entries: ReadonlyArray<Entry['what']>
  /** Null: this move rings nobody. */
  readonly ring: NewRing | null
  readonly chores: readonly ChoreKind[]
  readonly now: number
}

export type Chore = {
  readonly id: number
  readonly run: string
  readonly kind: ChoreKind
  readonly tries: number
  /** Why the last try did not do it. */
  readonly detail: string | null
}

export type DueChores = {
  readonly now: number
  readonly limit: number
  /** Of this run only; null: of all. */
  readonly run: string | null
}

export type ChoreEnd =
  | { readonly type: 'done'; readonly at: number; readonly detail: string | null }
  | { readonly type: 'again'; readonly at: number; readonly detail: string }

export type Pause = {
  /** `*` is everything, else a repository. */
  readonly scope: string
  readonly at: number
  readonly by: string
}

export type RunFilter = {
  readonly isLive: boolean | null
  /** Of this issue only; left out: of all. */
  readonly issue?: { readonly repo: string; readonly number: number } | undefined
  readonly limit: number
  readonly before: number | null
}

export type RunPage = { readonly runs: readonly StoredRun[]; readonly next: number | null }

export type Runs = {
  /** Writes the run and takes the slot of its repository. Otherwise says which run has it. */
  queueRun(
    run: Run,
  ): Promise<{ readonly type: 'queued' } | { readonly type: 'busy'; readonly run: string }>

  /** Undefined: no run has that id. */
  run(id: string): Promise<StoredRun | undefined>

  /** All that have not ended, or those of one repository, oldest first. */
  liveRuns(repo?: string): Promise<readonly StoredRun[]>

  /**
   * Runs of a repository that have ended since then, as `needs-human` or `frozen`, and whose issue had none after
   * them; oldest first.
   */
  waitingRuns(repo: string, since: number): Promise<readonly Terminal[]>

  /** Newest first. */
  listRuns(filter: RunFilter): Promise<RunPage>

  /** The newest run of an issue; undefined: there was none. */
  lastRun(issue: { readonly repo: string; readonly number: number }): Promise<StoredRun | undefined>

  /** The run as it is now; null: another has moved it meanwhile, or written to its ledger. */
  move(move: Move): Promise<StoredRun | null>

  /** Of a lineage, in the order it was written. */
  ledger(lineage: string): Promise<readonly Entry[]>

  grant(lineage: string, grant: Grant): Promise<void>

  /** The first chore of each run that waits for its turn and is due: a run's chores go one after the other. */
  dueChores(ask: DueChores): Promise<readonly Chore[]>

  endChore(id: number, end: ChoreEnd): Promise<void>

  chores(run: string): Promise<ReadonlyArray<Chore & { readonly isDone: boolean }>>

  /** Repositories that are busy, and with which run. */
  slots(): Promise<ReadonlyMap<string, string>>

  /** Frees the slot that the run has, if it has one. */
  freeSlot(run: string): Promise<void>

  pause(pause: Pause): Promise<void>

  resume(scope: string): Promise<void>

  pauses(): Promise<readonly Pause[]>
}
