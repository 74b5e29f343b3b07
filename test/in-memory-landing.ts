/** A landing branch and a CI in memory: they keep to their ports, and a test says what lands and what passes. */
import { CiError } from '../src/ci/ci-error.ts'
import type { Ci } from '../src/ci/ci.ts'
import { LandingError } from '../src/landing/landing-error.ts'
import type { Landing } from '../src/landing/landing.ts'
import type { Verdict } from '../src/run/event.ts'
import type { Calls } from './in-memory-calls.ts'
import { base } from './in-memory-executor.ts'

export type InMemoryLanding = Landing & {
  /** Each `since` that it was asked with; undefined: an earlier look would do. */
  readonly asked: Array<number | undefined>
  push(run: string, commit: string): void
  /** As a force-push does. */
  takeAway(commit: string): void
  readonly files: Map<string, string>
}

export function inMemoryLanding({ called }: Calls): InMemoryLanding {
  let pushes: ReadonlyArray<{ readonly run: string; readonly commit: string }> = []
  const asked: InMemoryLanding['asked'] = []
  const files = new Map<string, string>()
  return {
    asked,
    files,
    push: (run, commit) => void (pushes = [...pushes, { run, commit }]),
    takeAway: (gone) => void (pushes = pushes.filter(({ commit }) => commit !== gone)),
    async tip(since) {
      const commit = pushes.at(-1)?.commit ?? base
      asked.push(since)
      await called('landing tip')
      return commit
    },
    async pushedBy({ id, base: from, continues }, since) {
      const own = [id, ...continues]
      const commit = pushes.findLast(({ run }) => own.includes(run))?.commit ?? null
      asked.push(since)
      await called('landing pushedBy')
      if (from !== base && !pushes.some(({ commit: known }) => known === from))
        throw new LandingError('unreadable', `the clone lacks ${from}`)
      return commit
    },
    async contains(wanted) {
      const isThere = pushes.some(({ commit }) => commit === wanted)
      await called('landing contains')
      return isThere
    },
    async standing(wanted, from) {
      const at = pushes.findIndex(({ commit }) => commit === wanted)
      const isThere = at !== -1
      const isBefore = wanted === from || at <= pushes.findIndex(({ commit }) => commit === from)
      await called('landing standing')
      if (!isThere) return 'missing'
      return isBefore ? 'before' : 'since'
    },
    async read(path) {
      const text = files.get(path) ?? null
      await called('landing read')
      return text
    },
    check: async () => [],
  }
}

export type InMemoryCi = Ci & {
  /** What it says of a commit from now on. Of one that no test spoke of it cannot be asked. */
  says(commit: string, verdict: Verdict): void
  /** Calls back whoever watches; says how many do. */
  wake(commit: string): number
  /** Commits that nobody waits for any more. */
  readonly dropped: readonly string[]
}

export function inMemoryCi({ called }: Calls): InMemoryCi {
  const verdicts = new Map<string, Verdict>()
  const watchers = new Set<(commit: string) => void>()
  const dropped: string[] = []
  return {
    dropped,
    says: (commit, verdict) => void verdicts.set(commit, verdict),
    wake(commit) {
      for (const each of watchers) each(commit)
      return watchers.size
    },
    async look(commit) {
      const verdict = verdicts.get(commit)
      await called('ci look')
      if (verdict === undefined) throw new CiError('unknown-commit', `there is no commit ${commit}`)
      return verdict
    },
    async logs(commit, failing) {
      await called('ci logs')
      return `the logs of ${failing.map(({ name }) => name).join(', ')} at ${commit}`
    },
    drop: (commit) => void dropped.push(commit),
    forget: async () => {},
    check: async () => [],
    watch(wake) {
      watchers.add(wake)
      return () => void watchers.delete(wake)
    },
  }
}
