/**
 * Until when GitHub wants to hear nothing.
 *
 * A primary limit holds for one budget, REST's or GraphQL's; a secondary one holds for both, and where
 * GitHub does not say for how long, for a minute, twice that when it comes again, an hour at the most. What
 * GitHub asks for is kept by the monotonic clock: a wall clock that is wrong or set changes nothing.
 */
import type { Clock } from '../clock.ts'
import { GithubError } from './github-error.ts'

export type Budget = 'rest' | 'graphql'

/** `waitMs`: null, GitHub does not say. */
export type Limited = { readonly by: 'primary' | 'secondary'; readonly waitMs: number | null }

export type Limits = {
  /** @throws {GithubError} `limited` */
  check(budget: Budget): void
  /** @returns what to throw. */
  note(budget: Budget, limited: Limited): GithubError
  /** It answered: the next secondary limit is a first one. */
  well(): void
  /** By the wall clock; null: nothing is limited. */
  until(): number | null
}

const anHour = 3_600_000
const aMinute = 60_000

export function limits(clock: Clock): Limits {
  const ends = { rest: 0, graphql: 0 }
  /** The same instants by the other clock, reckoned once: told twice, they are the same. */
  const walls = { rest: 0, graphql: 0 }
  let inARow = 0

  const error = (budget: Budget) => {
    const until = walls[budget]
    const at = new Date(until).toISOString()
    return new GithubError('limited', `GitHub wants to hear nothing until ${at}`, until)
  }

  return {
    check(budget) {
      if (clock.monotonic() < ends[budget]) throw error(budget)
    },
    note(budget, { by, waitMs }) {
      if (by === 'secondary' && clock.monotonic() >= ends[budget]) inARow += 1
      const unsaid = Math.min(aMinute * 2 ** Math.max(0, inARow - 1), anHour)
      const wait = waitMs ?? unsaid
      const end = clock.monotonic() + wait
      const held: readonly Budget[] = by === 'primary' ? [budget] : ['rest', 'graphql']
      for (const each of held.filter((one) => ends[one] < end)) {
        ends[each] = end
        walls[each] = clock.now() + wait
      }
      return error(budget)
    },
    well() {
      inARow = 0
    },
    until() {
      const later = ends.rest < ends.graphql ? 'graphql' : 'rest'
      return clock.monotonic() < ends[later] ? walls[later] : null
    },
  }
}
