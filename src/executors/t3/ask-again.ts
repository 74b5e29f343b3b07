/**
 * Asks a turn anew that is written down, and of which nobody knows whether T3 Code has it.
 *
 * Where its message is in the thread, the same ids go out again, and T3 does nothing twice. Where it is not, the
 * thread may have gone on without it: it waits like any other turn while somebody is at work there, and is known
 * from all that the thread had until now.
 */
import { recordsOf } from '../../worktrees/records.ts'
import type { Asked, Order } from '../executor.ts'
import { arrived } from './arrived.ts'
import { baseOf } from './base-of.ts'
import type { Desk } from './desk.ts'
import { unreachable } from './said.ts'
import { settledRow } from './settled-row.ts'
import { startTurn } from './start-turn.ts'
import { type AskedRecord, changeTurn } from './turn-records.ts'
import { whoIsAtIt } from './who-is-at-it.ts'

export async function askAgain(order: Order, known: AskedRecord, desk: Desk): Promise<Asked> {
  const { client, clock, ground } = desk
  const listed = (await client.freshFleet()).row(known.thread)
  // T3 runs nothing where it is put away, and a look tells so.
  if (listed === null) return startTurn(order, known, desk)
  const row = await settledRow(listed, desk)
  // Read after the row: what comes in between is not in the row either.
  if ((await arrived(order, known, client)) !== null) return startTurn(order, known, desk)
  const busy = whoIsAtIt(order, row, desk)
  if (busy !== null) return unreachable(busy)
  const anew = { base: await baseOf(row, desk), sentAt: clock.now() }
  changeTurn(recordsOf(ground.folder, order), anew)
  return startTurn(order, { ...known, ...anew }, desk)
}
