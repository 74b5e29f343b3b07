/** The chores of a run on a ground, worked off, and what was written of each try. */
import { doChores } from '../src/loop/chores.ts'
import type { Runs } from '../src/store/runs.ts'
import type { Ground } from './in-memory-loop.ts'

type Try = {
  readonly isDone: boolean
  /** Until it is tried again. */
  readonly waitMs: number
  readonly detail: string | null
}

export function chores({ parts, store }: Ground, run = 'run_1') {
  const tries: Try[] = []
  const freed: string[] = []
  /** Of each repository whose slot was freed: which slots were taken then. */
  const slotsThen: Array<ReturnType<Runs['slots']>> = []
  const runs: Runs = {
    ...parts.runs,
    async endChore(id, end) {
      const { type, at, detail } = end
      tries.push({ isDone: type === 'done', waitMs: at - parts.clock.now(), detail })
      await parts.runs.endChore(id, end)
    },
  }
  return {
    tries,
    freed,
    slotsThen,
    work: () =>
      doChores(run, {
        ...parts,
        runs,
        isOver: () => false,
        freed(repo) {
          freed.push(repo)
          slotsThen.push(store.slots())
        },
      }),
    /** The kinds that are not done yet. */
    open: async () =>
      (await store.chores(run)).flatMap(({ kind, isDone }) => (isDone ? [] : [kind])),
    /** What was said of each that was tried, by its kind. */
    details: async () =>
      Object.fromEntries((await store.chores(run)).map(({ kind, detail }) => [kind, detail])),
  }
}
