/**
 * `GET /v1/bell`: how the bell has done. What each channel took last and what it did not take in the last week, by
 * cause; rings and times to a first try of the last eight weeks.
 *
 * It is counted at most every two seconds, over the newest 20,000 rings and tries: who looks must not hold up who
 * rings.
 */
import { Hono } from 'hono'
import type { z } from 'zod'

import type { Bell } from '../store/bell.ts'
import type { Asked } from './auth.ts'
import type { NodeState } from './node-state.ts'
import type { BellView } from './schemas.ts'
import { iso } from './views.ts'
import { WEEK_MS, weeksBegin, weeksOf } from './weeks.ts'

export type BellRoute = {
  readonly bell: Pick<Bell, 'rungSince' | 'triesSince'>
  readonly channels: readonly string[]
  readonly state: Pick<NodeState, 'status'>
  readonly now: () => number
}

const weekCount = 8
const limit = 20_000
const countedForMs = 2_000

type Counted = Awaited<ReturnType<typeof count>>

export function bellRoute(parts: BellRoute) {
  let last: { readonly at: number; readonly counted: Promise<Counted> } | undefined

  function counted(): Promise<Counted> {
    const now = parts.now()
    const isFresh = last !== undefined && now >= last.at && now - last.at < countedForMs
    if (last === undefined || !isFresh) last = { at: now, counted: count(parts, now) }
    return last.counted
  }

  return new Hono<Asked>().get('/', async (c) => {
    const [{ tries, weeks }, { channels }] = [await counted(), await parts.state.status()]
    const view: z.infer<typeof BellView> = {
      channels: channels.map((channel) => {
        const found = tries.find((each) => each.channel === channel.name)
        const at = found?.lastAcceptedAt ?? null
        const failures = [...(found?.failures ?? [])]
        return { ...channel, lastAcceptedAt: at === null ? null : iso(at), failures }
      }),
      weeks: weeks.map((week) => ({ ...week, from: iso(week.from) })),
    }
    return c.json(view)
  })
}

async function count({ bell, channels }: BellRoute, now: number) {
  const rung = await bell.rungSince({ since: weeksBegin(now, weekCount), limit })
  const tries = await bell.triesSince({ since: now - WEEK_MS, limit, channels })
  return { tries, weeks: weeksOf(rung, now, weekCount) }
}
