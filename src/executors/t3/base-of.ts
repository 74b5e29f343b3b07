/** A thread as it is before a turn is asked in it, so that the turn is known from those that it had. */
import type { ThreadRow } from '../../t3/thread-row.ts'
import { isAtLeast, WITH_PAGES } from '../../t3/version.ts'
import type { Desk } from './desk.ts'
import type { AskedRecord } from './turn-records.ts'

export async function baseOf(row: ThreadRow, desk: Desk): Promise<AskedRecord['base']> {
  const { session, traces } = row
  const turnIds = await idsIn(row, desk)
  return { turnIds, sessionAt: session?.updatedAt ?? null, traces }
}

/** Also those that an old server does not list any more, as far as they said something. */
async function idsIn({ id, latestTurn }: ThreadRow, { client }: Desk): Promise<string[]> {
  if (latestTurn !== null) return [latestTurn.turnId]
  const { version } = await client.environment()
  if (isAtLeast(version, WITH_PAGES)) return []
  const { messages = [], activities = [] } = (await client.transcript(id)) ?? {}
  const all = [...messages, ...activities].map(({ turnId }) => turnId)
  return [...new Set(all)].filter((turnId) => turnId !== '').slice(-MANY)
}

const MANY = 50
