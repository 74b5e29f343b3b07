/**
 * Ends what may still run in a thread that a person archived or deleted.
 *
 * Deleting ends its session, and so does archiving it in T3's own window. Archived in another way it runs on, and
 * nothing that it does is seen any more: such a thread is taken back for a moment, ended, and put away again.
 */
import { randomUUID } from 'node:crypto'

import type { Desk } from './desk.ts'
import { endThread, isQuiet } from './end-thread.ts'

export async function endPutAway(threadId: string, desk: Desk): Promise<boolean> {
  const { client } = desk
  const row = (await client.everything()).anyRow(threadId)
  if (row === null || row.isDeleted || isQuiet(row)) return true
  if (!row.isArchived) return false
  const put = (type: 'thread.archive' | 'thread.unarchive') =>
    client.dispatch({ type, commandId: randomUUID(), threadId })
  if ((await put('thread.unarchive')).type !== 'accepted') return false
  try {
    const back = (await client.freshFleet()).row(threadId)
    return back !== null && (await endThread(back, async () => true, desk))
  } finally {
    await put('thread.archive')
  }
}
