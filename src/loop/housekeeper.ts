/**
 * Keeps house where agents worked: lists the worktrees that were kept, removes one that a person names, and
 * forgets what ended long ago.
 *
 * A worktree whose run is under way, or that such a run goes on in, is none of its business: it is neither
 * listed nor removed. What an executor says would be lost is lost only where a person discards it. A
 * repository that cannot be looked at keeps no other from being looked at.
 */
import type { Kept, Tidied } from '../executors/executor.ts'
import { isEnded, type Run } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import { said } from './faults.ts'
import type { Repository } from './repository.ts'
import type { Tell } from './tell.ts'

export type KeptPlace = Kept & {
  readonly repo: string
  /** Undefined: the store knows no such run. */
  readonly of: Run | undefined
}

export type Places = {
  /** Whose run ended last is last. */
  readonly places: readonly KeptPlace[]
  /** The repositories that could not be looked at. */
  readonly faults: ReadonlyArray<{ readonly repo: string; readonly detail: string }>
}

export type Cleaned = Tidied | { readonly type: 'refused'; readonly why: string }

export type Housekeeper = {
  places(): Promise<Places>
  /** Refused, it changed nothing. */
  clean(run: string, how: { readonly discard: boolean }): Promise<Cleaned>
  /** What agents and checks left of turns and commits that ended before the days that they are kept. */
  forget(now: number): Promise<void>
}

export type HousekeeperParts = {
  readonly runs: Pick<Runs, 'run' | 'liveRuns'>
  readonly repositories: ReadonlyMap<string, Repository>
  readonly days: number
  readonly tell: Tell
}

export function housekeeper({ runs, repositories, days, tell }: HousekeeperParts): Housekeeper {
  return {
    async places() {
      const found: KeptPlace[] = []
      const faults: Array<Places['faults'][number]> = []
      await atMost(LOOKS_AT_ONCE, [...repositories.values()], async (repository) => {
        try {
          found.push(...(await keptIn(repository, runs)))
        } catch (error) {
          faults.push({ repo: repository.name, detail: said(error) })
        }
      })
      return { places: found.toSorted((a, b) => endOf(a) - endOf(b)), faults }
    },

    async clean(id, how) {
      const stored = await runs.run(id)
      if (stored === undefined) return refused('no run has that id')
      const { run } = stored
      if (!isEnded(run)) return refused('it is under way: afk stop ends it')
      const repository = repositories.get(run.issue.repo)
      if (repository === undefined) return refused(`${run.issue.repo} is not enrolled`)
      const live = await runs.liveRuns(run.issue.repo)
      const successor = live.find((other) => other.run.continues === id)
      if (successor !== undefined) return refused(`${successor.run.id} goes on in it`)
      return repository.executor.tidy(id, how)
    },

    async forget(now) {
      const before = now - days * DAY_MS
      for (const { name: repo, executor, ci } of repositories.values())
        for (const keeper of ci === null ? [executor] : [executor, ci])
          await keeper
            .forget(before)
            .catch((error: unknown) => tell({ event: 'look-failed', repo, detail: said(error) }))
    },
  }
}

const DAY_MS = 24 * 60 * 60_000
const LOOKS_AT_ONCE = 8

/** Of runs that have ended, and of those that nobody knows any more. */
async function keptIn(
  { name: repo, executor }: Repository,
  runs: HousekeeperParts['runs'],
): Promise<readonly KeptPlace[]> {
  const kept: KeptPlace[] = []
  const places = await executor.places()
  const live = places.length === 0 ? [] : await runs.liveRuns(repo)
  for (const place of places) {
    const of = (await runs.run(place.run))?.run
    const goesOn = live.some(({ run }) => run.continues === place.run)
    if (!goesOn && (of === undefined || isEnded(of))) kept.push({ ...place, repo, of })
  }
  return kept
}

function endOf({ of }: KeptPlace): number {
  return of !== undefined && isEnded(of) ? of.endedAt : 0
}

async function atMost<T>(
  count: number,
  all: readonly T[],
  work: (each: T) => Promise<void>,
): Promise<void> {
  const waiting = [...all]
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next)
  }
  await Promise.all(Array.from({ length: count }, lane))
}

function refused(why: string): Cleaned {
  return { type: 'refused', why }
}
