/** A turn that was asked in a thread, with what is known of it beside the thread itself. */
import type { ThreadRow } from '../../t3/thread-row.ts'
import { isAtLeast, WITH_PAGES, WITH_SHELL } from '../../t3/version.ts'
import { recordsOf, turnName } from '../../worktrees/records.ts'
import type { TurnId } from '../executor.ts'
import { type AskedTurn, hasMoved } from './classify.ts'
import type { Desk } from './desk.ts'
import { type AskedRecord, changeTurn } from './turn-records.ts'

export type Turn = {
  readonly id: TurnId
  readonly record: AskedRecord
  /** Null: it is not listed. */
  readonly row: ThreadRow | null
}

export async function askedTurn({ id, record, row }: Turn, desk: Desk): Promise<AskedTurn> {
  const { base, storedAt, turnId, sentAt } = record
  // Neither a clock that was set nor a machine that slept makes it wait longer.
  const waitedMs = Math.min(desk.clock.now() - sentAt, desk.pulses.watchedMs(turnName(id)))
  const isAnswered = row !== null && (await answered(record, row, desk))
  const { version } = await desk.client.environment()
  // Before 0.0.29 it is our time, and theirs are their own.
  const isTheirs = isAtLeast(version, WITH_SHELL)
  return { base, storedAt: isTheirs ? storedAt : null, turnId, waitedMs, isAnswered }
}

/** Only servers before 0.0.32 forget a turn when it ends; those before 0.0.29 list what was said. */
async function answered(record: AskedRecord, row: ThreadRow, { client }: Desk): Promise<boolean> {
  const mustLook = record.turnId === null && row.latestTurn === null && hasMoved(row, record)
  if (!mustLook) return false
  const { version } = await client.environment()
  if (isAtLeast(version, WITH_PAGES)) return false
  if (!isAtLeast(version, WITH_SHELL)) return row.traces > record.base.traces
  const { storedAt } = record
  const transcript = await client.transcript(record.thread)
  if (transcript === null || storedAt === null) return false
  const { messages, activities } = transcript
  const said = messages.filter(({ role }) => role === 'assistant')
  return [...said, ...activities].some(({ createdAt }) => createdAt > storedAt)
}

/** From now on it is known by T3's own id. Whatever turn it is judged by is its own, also one that a person began. */
export function noteTurnId({ id, record, row }: Turn, { ground }: Desk): void {
  const { turnId: before, base, earlierTurnIds = [] } = record
  const turnId = row?.latestTurn?.turnId ?? null
  if (turnId === null || turnId === before) return
  const records = recordsOf(ground.folder, id)
  if (before === null) return changeTurn(records, { turnId })
  if (base.turnIds.includes(turnId)) return
  changeTurn(records, { turnId, earlierTurnIds: [...new Set([...earlierTurnIds, before])] })
}
