/**
 * Runs whose agent and landing branch take nothing of the machine. What a bench did not say how to answer is not
 * asked of them: asked all the same, they throw.
 */
import type { Executor } from '../src/executors/executor.ts'
import type { Landing } from '../src/landing/landing.ts'
import { LIMITS, type Policy } from '../src/run/limits.ts'
import type { In } from '../src/run/run.ts'

export const base = 'b'.repeat(40)

/** A commit is judged by its checks, and agents push to the landing branch. */
export const policy: Policy = { limits: LIMITS, ci: 'checks', merges: 'nobody' }

/** Of the repository's first issue. */
export function queuedRun(
  wish: Pick<In<'queued'>, 'id' | 'branch' | 'queuedAt'> & { readonly repo: string },
): In<'queued'> {
  const { repo, ...mine } = wish
  return {
    ...mine,
    state: 'queued',
    issue: { repo, number: 1 },
    lineage: `${repo}#1@main`,
    threadId: mine.id,
    environmentId: null,
    by: 'loop',
    digest: '0'.repeat(64),
    continues: null,
    begins: { with: 'turn' },
  }
}

/** It takes each turn, and lets go of each place. */
export function simulatedExecutor({ look }: Pick<Executor, 'look'>): Executor {
  return {
    look,
    ask: async ({ thread }) => ({ type: 'adopted', place: null, thread, environment: null }),
    interrupt: async () => true,
    tidy: async () => ({ type: 'removed', left: [] }),
    watch: () => () => {},
    visits: async () => [],
    find: unasked('find'),
    places: unasked('places'),
    forget: unasked('forget'),
    check: unasked('check'),
  }
}

/** `tip`: the branch's newest commit, and whose it is is its own to say. It has each commit. */
export function simulatedLanding({ tip, pushedBy }: Pick<Landing, 'tip' | 'pushedBy'>): Landing {
  return {
    tip,
    pushedBy,
    contains: async () => true,
    standing: unasked('standing'),
    read: async () => null,
    check: unasked('check'),
  }
}

export function unasked(what: string): () => Promise<never> {
  return () => Promise.reject(new Error(`a bench was asked for ${what}`))
}
