/**
 * Ends a turn in T3 Code, and says yes only once the thread shows that nothing of it runs.
 *
 * A turn that was not asked yet never begins. What is somebody else's in its thread is not touched. Of a turn that is
 * over something may run all the same: one that waits for an answer, that T3 took up after it was lost or goes on
 * with after a restart, or that is in a thread which was put away.
 */
import type { ThreadRow } from '../../t3/thread-row.ts'
import { readNote } from '../../worktrees/ended.ts'
import { recordsOf } from '../../worktrees/records.ts'
import type { TurnId } from '../executor.ts'
import { arrived } from './arrived.ts'
import { askedTurn } from './asked-turn.ts'
import { classify, isAdopted } from './classify.ts'
import type { Desk } from './desk.ts'
import { endPutAway } from './end-put-away.ts'
import { endThread } from './end-thread.ts'
import { INTERRUPTED, over } from './keep-end.ts'
import { lookAt } from './look-at.ts'
import {
  type AskedRecord,
  changeTurn,
  type EndRecord,
  readEnd,
  readTurn,
  takeTurn,
} from './turn-records.ts'

export async function interruptTurn(
  id: TurnId,
  how: 'end' | 'unless-it-asks',
  desk: Desk,
): Promise<boolean> {
  const { folder } = desk.ground
  const records = recordsOf(folder, id)
  const found = readTurn(records)
  if (found === null && readNote(folder, id.run) !== null) return true
  if (found === null) takeTurn(records, { type: 'never', at: desk.clock.now() })
  const { client } = desk
  // What is over by itself has its own end.
  await lookAt(id, () => client.freshFleet(), desk)
  const ended = readEnd(records)
  if (isOfItself(ended) || (how === 'unless-it-asks' && isAsking(ended))) return true
  const record = await arrivedRecord(id, desk)
  if (record === null) return true
  const row = (await client.freshFleet()).row(record.thread)
  if (row !== null && !record.isAccepted) return neverCame(id, record, desk)
  if (row !== null && ended !== null && isSomebodyElses(row, record)) return true
  // What it shows from now on is our doing.
  changeTurn(records, { interrupts: record.interrupts + 1 })
  if (row === null || record.isTakenBack === true) return endPutAway({ id, record }, desk)
  const isShown = await endThread(row, (now) => isOver(now, { id, record, desk }), desk)
  if (isShown) over(id, INTERRUPTED, desk)
  return isShown
}

/** As it is written down, with what its thread tells of its message; null: it was never asked. */
async function arrivedRecord(id: TurnId, { ground, client }: Desk): Promise<AskedRecord | null> {
  const records = recordsOf(ground.folder, id)
  const record = readTurn(records)
  if (record?.type !== 'asked') return null
  const message = record.isAccepted ? null : await arrived(id, record, client)
  if (message === null) return record
  const known = { isAccepted: true, storedAt: message.createdAt }
  changeTurn(records, known)
  return { ...record, ...known }
}

/** What runs in its thread is somebody else's. It is not sent any more; a request may still be on its way. */
function neverCame(id: TurnId, { interrupts, sentAt }: AskedRecord, desk: Desk): boolean {
  changeTurn(recordsOf(desk.ground.folder, id), { interrupts: interrupts + 1 })
  if (desk.clock.now() - sentAt < ON_ITS_WAY_MS) return false
  over(id, INTERRUPTED, desk)
  return true
}

/** No request lives so long. */
const ON_ITS_WAY_MS = 15_000

/** Begun after its message came. T3 may take one up late that was lost, or go on with it as another. */
function isSomebodyElses({ latestTurn }: ThreadRow, { turnId, storedAt }: AskedRecord): boolean {
  if (latestTurn === null || latestTurn.turnId === turnId) return false
  return storedAt === null ? turnId !== null : latestTurn.requestedAt > storedAt
}

/** One that asks is still there; one that was lost T3 may have taken up again. */
function isOfItself(ended: EndRecord | null): boolean {
  return ended?.type === 'over' && ended.end.how !== 'asking' && ended.end.how !== 'lost'
}

function isAsking(ended: EndRecord | null): boolean {
  return ended?.type === 'over' && ended.end.how === 'asking'
}

type Ending = { readonly id: TurnId; readonly record: AskedRecord; readonly desk: Desk }

/** Of a thread in which nothing runs: whether the turn has run, or never will. */
async function isOver(row: ThreadRow, { id, record, desk }: Ending): Promise<boolean> {
  if (readEnd(recordsOf(desk.ground.folder, id)) !== null) return true
  const asked = await askedTurn({ id, record, row }, desk)
  return isAdopted(row, asked) || classify(row, asked).is !== 'queued'
}
