/**
 * What GitHub's secondary limit counts: a read is a point, a write five. GraphQL is asked with a POST and reads.
 *
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
import { subscribe } from 'node:diagnostics_channel'

export type Request = { readonly method: string; readonly path: string }

export type Spent = { readonly at: number; readonly points: number }

export const costOf = ({ method, path }: Request): number =>
  method === 'GET' || path === '/graphql' ? 1 : 5

export const pointsOf = (requests: readonly Request[]): number =>
  requests.reduce((sum, request) => sum + costOf(request), 0)

/** Of all the minutes that end with a request. `spent`: oldest first. */
export function worstMinuteOf(spent: readonly Spent[]): number {
  let [first, points, worst] = [0, 0, 0]
  for (const { at, points: more } of spent) {
    points += more
    for (let old = spent[first]; old !== undefined && old.at <= at - 60_000; old = spent[first]) {
      points -= old.points
      first += 1
    }
    worst = Math.max(worst, points)
  }
  return worst
}

/**
 * Of all that undici sends from now on in this process, when: what is sent in a minute may arrive in less.
 * https://undici.nodejs.org/#/docs/api/DiagnosticsChannel
 */
export function pointsSent(): readonly Spent[] {
  const spent: Spent[] = []
  subscribe('undici:request:create', (message) => {
    const { request } = message as { readonly request: Request }
    spent.push({ at: performance.now(), points: costOf(request) })
  })
  return spent
}
