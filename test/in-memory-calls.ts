/**
 * What the in-memory parts of a loop were asked, in order, and what happens while an answer is on its way.
 *
 * A part reads before what happens, and writes after it: what a test lets happen makes a read stale, and what it
 * throws keeps a write from being made. A promise that never settles is a part that hangs.
 */
import type { Runs } from '../src/store/runs.ts'

export type Calls = {
  /** `tracker list`, `executor ask`, ... */
  readonly made: string[]
  /** Each time this is asked, until the test says otherwise. */
  during(call: string, happen: () => unknown): void
  /** The next time alone. */
  duringNext(call: string, happen: () => unknown): void
  /** It answers as ever. */
  mend(call: string): void
  /** For the parts: this is asked now. */
  called(call: string): Promise<void>
}

export function inMemoryCalls(): Calls {
  const made: string[] = []
  const happens = new Map<string, () => unknown>()
  return {
    made,
    during: (call, happen) => void happens.set(call, happen),
    duringNext(call, happen) {
      happens.set(call, () => {
        happens.delete(call)
        return happen()
      })
    },
    mend: (call) => void happens.delete(call),
    async called(call) {
      made.push(call)
      await happens.get(call)?.()
    },
  }
}

/** How often this was asked. */
export const timesOf = ({ made }: Pick<Calls, 'made'>, call: string): number =>
  made.filter((each) => each === call).length

export const forEver = () => new Promise<never>(() => {})

/** The runs of a real store, whose reads and moves are told, and what happens comes before they are made. */
export function calledRuns(store: Runs, { called }: Calls): Runs {
  return {
    ...store,
    async run(id) {
      await called('runs run')
      return store.run(id)
    },
    async queueRun(run) {
      await called('runs queueRun')
      return store.queueRun(run)
    },
    async liveRuns(repo) {
      await called('runs liveRuns')
      return store.liveRuns(repo)
    },
    async move(move) {
      await called('runs move')
      return store.move(move)
    },
    async ledger(lineage) {
      await called('runs ledger')
      return store.ledger(lineage)
    },
    async endChore(id, end) {
      await called(`runs endChore ${end.type}`)
      return store.endChore(id, end)
    },
  }
}
