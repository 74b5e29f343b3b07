/** Who is at work in a thread, or about to be, so that a turn asked in it would be a word in between. */
import type { ThreadRow } from '../../t3/thread-row.ts'
import type { Order } from '../executor.ts'
import type { Desk } from './desk.ts'
import { isQuiet } from './end-thread.ts'
import { turnsBefore } from './turns-before.ts'

/** In words; null: nobody. */
export function whoIsAtIt(order: Order, row: ThreadRow, desk: Desk): string | null {
  const { latestUserMessageAt: at, session, isUnanswered } = row
  if (!isQuiet(row))
    return row.waitsFor === null
      ? `a turn runs in the thread ${row.id} already: it is asked when that is over`
      : `a turn waits for an answer in the thread ${row.id}: answer it there, or interrupt it`
  if (at === null) return null
  // A session moves when it takes a message up. Where messages are listed, their times may be anybody's.
  const isOpen = isUnanswered ?? (session === null || at > session.updatedAt)
  const before = turnsBefore(row.id, order, desk.ground.folder)
  const isOurs = before.some(({ record }) => record.storedAt === at)
  if (!isOpen || isOurs || session?.status === 'error') return null
  // One that nobody takes up within two minutes is lost.
  if (desk.pulses.watchedMs(`${row.id} ${at}`) > LOST_MS) return null
  return `a message waits in the thread ${row.id}: it is asked when that is answered`
}

const LOST_MS = 120_000
