/**
 * Ends a turn in T3 Code, and says yes only once the thread shows that nothing of it runs.
 *
 * A turn that was not asked yet never begins. One that is over is not touched: what runs in its thread now is
 * somebody else's, unless it is the turn itself, which waits for an answer.
 */
import type { ThreadRow } from '../../t3/thread-row.ts'
import { readNote } from '../../worktrees/ended.ts'
import { recordsOf } from '../../worktrees/records.ts'
import type { TurnId } from '../executor.ts'
import { askedTurn } from './asked-turn.ts'
import { classify, isAdopted } from './classify.ts'
import type { Desk } from './desk.ts'
import { endPutAway } from './end-put-away.ts'
import { endThread } from './end-thread.ts'
import { INTERRUPTED, over } from './keep-end.ts'
import { lookAt } from './look-at.ts'
import { idsOf } from './arrived.ts'
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
  const [record, ended] = [readTurn(records), readEnd(records)]
  if (record?.type !== 'asked') return true
  if (isOfItself(ended) || (how === 'unless-it-asks' && isAsking(ended))) return true
  const row = (await client.freshFleet()).row(record.thread)
  const isPersons = row !== null && ended !== null && row.latestTurn?.turnId !== record.turnId
  if (isPersons) return true
  // What it shows from now on is our doing, and what was not sent yet never is.
  const interrupts = record.interrupts + 1
  changeTurn(records, { interrupts })
  const isShown =
    row === null
      ? await endPutAway(record.thread, desk)
      : await endThread(row, (now) => isOver(now, { id, record, desk }), desk)
  if (isShown && row !== null) over(id, INTERRUPTED, desk)
  return isShown
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
  const asked = await askedTurn({ id, record, row }, desk)
  if (isAdopted(row, asked) || classify(row, asked).is !== 'queued') return true
  if (record.isAccepted || desk.clock.now() - record.sentAt < ON_ITS_WAY_MS) return false
  const transcript = await desk.client.transcript(record.thread)
  const { messageId } = idsOf(id, record)
  return transcript?.messages.every((message) => message.id !== messageId) ?? false
}

/** No request lives so long. */
const ON_ITS_WAY_MS = 15_000
