/** Who is at work in a thread, or about to be, so that a turn asked in it would be a word in between. */
import type { ThreadRow } from '../../t3/thread-row.ts'
import { recordsOf } from '../../worktrees/records.ts'
import type { Order } from '../executor.ts'
import type { Desk } from './desk.ts'
import { readTurn } from './turn-records.ts'

/** In words; null: nobody. */
export function whoIsAtIt({ run, turn }: Order, row: ThreadRow, desk: Desk): string | null {
  const { latestUserMessageAt: at, session, isUnanswered } = row
  const status = session?.status ?? 'idle'
  if (status === 'running' || status === 'starting' || status === 'unknown')
    return `a turn runs in the thread ${row.id} already: it is asked when that is over`
  if (at === null) return null
  // A session moves when it takes a message up. Where messages are listed, their times may be anybody's.
  const isOpen = isUnanswered ?? (session === null || at > session.updatedAt)
  const before = readTurn(recordsOf(desk.ground.folder, { run, turn: turn - 1 }))
  const isOurs = before?.type === 'asked' && before.storedAt === at
  if (!isOpen || isOurs || status === 'error') return null
  // One that nobody takes up within two minutes is lost.
  if (desk.pulses.watchedMs(`${row.id} ${at}`) > LOST_MS) return null
  return `a message waits in the thread ${row.id}: it is asked when that is answered`
}

const LOST_MS = 120_000
