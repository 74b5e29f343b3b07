/**
 * How a client of GitHub stands, as the API's JSON and in plain words. Pure.
 *
 * It says why the token is refused, which a person must mend. It says so where repositories are looked at less often than they should be, or requests wait for long; a
 * wait of moments, such as a start has, is nothing to say.
 */
import type { z } from 'zod'

import type { StatusView } from './schemas.ts'
import { iso } from './views.ts'

export type GithubStanding = {
  readonly host: string
  /** So many share it. */
  readonly repositories: number
  readonly pointsPerMinute: number
  readonly waiting: number
  readonly queueMs: number
  readonly limitedUntil: number | null
  readonly refused: string | null
  /** How far apart these are looked at in truth; null: they were not yet. */
  readonly everyMs: number | null
  readonly wantedMs: number
}

type View = z.infer<typeof StatusView>['github'][number]

export function githubView(standing: GithubStanding): View {
  const { host, repositories, waiting, queueMs, limitedUntil, refused, everyMs, wantedMs } =
    standing
  return {
    host,
    repositories,
    waiting,
    queueMs,
    limitedUntil: limitedUntil === null ? null : iso(limitedUntil),
    refused,
    everyMs: everyMs === null ? null : Math.round(everyMs),
    wantedMs,
    says: saysOf(standing),
  }
}

const longMs = 5_000
const stretched = 1.25

function saysOf(standing: GithubStanding): string | null {
  const { repositories, pointsPerMinute, queueMs, limitedUntil, refused, everyMs, wantedMs } =
    standing
  if (refused !== null) return refused
  if (limitedUntil !== null) return `wants to hear nothing until ${iso(limitedUntil)}`
  const turn = `for their turn (${pointsPerMinute} points a minute)`
  // Where nothing waits, something else keeps them: it is told as what cannot be looked at.
  if (queueMs > 0 && everyMs !== null && everyMs > wantedMs * stretched) {
    const those = repositories === 1 ? '1 repository is' : `${repositories} repositories are`
    const instead = `every ${seconds(everyMs)} instead of every ${seconds(wantedMs)}`
    return `${those} looked at ${instead}: requests wait ${turn}`
  }
  return queueMs < longMs ? null : `requests wait ${seconds(queueMs)} ${turn}`
}

function seconds(ms: number): string {
  return `${ms < 1_000 ? (ms / 1_000).toFixed(1) : Math.round(ms / 1_000)} s`
}
