/**
 * Ends what may still run in a thread that a person archived or deleted.
 *
 * Deleting ends its session, and so does archiving it in T3's own window. Archived in another way it runs on, and
 * nothing that it does is seen any more: such a thread is taken back for a moment, ended, and put away again. That
 * it is taken back is written down before, so that whoever comes next puts it away.
 */
import { randomUUID } from 'node:crypto'

import { recordsOf } from '../../worktrees/records.ts'
import type { TurnId } from '../executor.ts'
import type { Desk } from './desk.ts'
import { endThread, isQuiet } from './end-thread.ts'
import { type AskedRecord, changeTurn } from './turn-records.ts'

type PutAway = { readonly id: TurnId; readonly record: AskedRecord }

export async function endPutAway({ id, record }: PutAway, desk: Desk): Promise<boolean> {
  const { client, ground } = desk
  const threadId = record.thread
  const row = (await client.everything()).anyRow(threadId)
  if (row === null || row.isDeleted) return true
  if (row.isArchived && isQuiet(row)) return true
  if (!row.isArchived && record.isTakenBack !== true) return false
  const put = async (type: 'thread.archive' | 'thread.unarchive') =>
    (await client.dispatch({ type, commandId: randomUUID(), threadId })).type === 'accepted'
  const note = (isTakenBack: boolean) => changeTurn(recordsOf(ground.folder, id), { isTakenBack })
  note(true)
  if (row.isArchived && !(await put('thread.unarchive'))) return false
  const back = (await client.freshFleet()).row(threadId)
  const isEnded = back !== null && (await endThread(back, async () => true, desk))
  const isPutAway = await put('thread.archive')
  if (isPutAway) note(false)
  return isEnded && isPutAway
}
