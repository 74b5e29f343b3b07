/**
 * Tells a day ahead that a token of a far side expires, once a day. It is asked for when the loop starts, and hourly.
 *
 * A far side that cannot be asked says nothing here: whoever needs it tells so. What a clock is off by does not
 * matter within a day.
 */
import type { Clock } from '../clock.ts'
import { ticker } from '../delivery/ticker.ts'
import type { Log } from '../log.ts'
import type { Tell } from './tell.ts'

export type WatchedToken = {
  /** Whose it is, for people: never more of its address than the host. */
  readonly server: string
  /** Null: it says nothing of that. Rejects where it cannot be asked. */
  expiresAt(): Promise<number | null>
}

export type TokenWatchParts = {
  readonly tokens: readonly WatchedToken[]
  readonly clock: Clock
  readonly log: Log
  readonly tell: Tell
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export function tokenWatch({ tokens, clock, log, tell }: TokenWatchParts) {
  const told = new Map<WatchedToken, number>()
  async function look(token: WatchedToken) {
    const expiresAt = await token.expiresAt()
    const now = clock.now()
    if (expiresAt === null || expiresAt - now > dayMs) return
    if (now - (told.get(token) ?? -Infinity) < dayMs) return
    told.set(token, now)
    const at = new Date(expiresAt).toISOString()
    tell({ event: 'token-expires', server: token.server, at })
  }
  const ticks = ticker(
    async () => {
      // One that cannot be asked keeps no other from being told.
      await Promise.allSettled(tokens.map(look))
      return clock.now() + hourMs
    },
    { clock, log, where: 'the tokens' },
  )
  return { start: ticks.wake, stop: () => void ticks.stop() }
}
