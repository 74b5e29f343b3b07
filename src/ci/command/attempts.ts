/**
 * Commits waiting to be judged: one at a time, in the order they were asked for, each once.
 *
 * At most fifty wait; what is asked for beyond them is not kept, and is to be asked for again. A failure
 * to judge stands for a minute; then, or once the commit was judged, it is over.
 */
import type { Clock } from '../../clock.ts'
import { CiError } from '../ci-error.ts'

export type AttemptsOptions = {
  /** True: there is a verdict now. */
  readonly judge: (commit: string) => Promise<boolean>
  readonly clock: Clock
}

export function attempts({ judge, clock }: AttemptsOptions) {
  const failures = new Map<string, { readonly error: CiError; readonly at: number }>()
  const waiting = new Set<string>()
  const dropped = new Set<string>()
  const watchers = new Set<(commit: string) => void>()
  let last = Promise.resolve()

  return {
    failure: (commit: string): CiError | null => failures.get(commit)?.error ?? null,

    mayTry(commit: string): boolean {
      const failedAt = failures.get(commit)?.at ?? -Infinity
      const isTimely = clock.monotonic() - failedAt >= RETRY_MS
      return isTimely && !waiting.has(commit) && waiting.size < MOST_WAITING
    },

    /** If it waits, it is passed over. */
    drop(commit: string): void {
      if (waiting.has(commit)) dropped.add(commit)
    },

    start(commit: string): void {
      waiting.add(commit)
      dropped.delete(commit)
      const next = () => attempt(commit)
      last = last.then(next, next)
    },

    /** `wake` is called with each commit that was judged, or could not be. */
    watch(wake: (commit: string) => void): () => void {
      // Each has an end of its own, also where the same function watches twice.
      const watcher = (commit: string) => wake(commit)
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },

    /** Nothing of what was started runs any more. */
    over: (): Promise<void> => last,
  }

  async function attempt(commit: string): Promise<void> {
    const isNews = dropped.has(commit) ? false : await tried(commit)
    waiting.delete(commit)
    dropped.delete(commit)
    if (isNews) for (const wake of watchers) wake(commit)
  }

  async function tried(commit: string): Promise<boolean> {
    try {
      const isJudged = await judge(commit)
      failures.delete(commit)
      return isJudged
    } catch (error) {
      failures.set(commit, { error: asCiError(error, commit), at: clock.monotonic() })
      return true
    }
  }
}

/** What failed says nothing of the commit. */
export function asCiError(error: unknown, commit: string): CiError {
  if (error instanceof CiError) return error
  const why = error instanceof Error ? error.message : String(error)
  const message = `the CI command cannot judge ${commit}: ${why}`
  return new CiError('unavailable', message, { cause: error })
}

const RETRY_MS = 60_000
const MOST_WAITING = 50
