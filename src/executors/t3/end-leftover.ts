/**
 * Ends what is left of our own turns in a thread in which the next one is to be asked: a question whose asker is told
 * to go on from elsewhere, and a turn that was lost and runs all the same.
 *
 * An open question keeps its turn running for ever, and one that an old server forgot nobody can answer. What a
 * person began there is not touched.
 */
import type { ThreadRow } from '../../t3/thread-row.ts'
import type { TurnEnd } from '../../run/run.ts'
import type { Order } from '../executor.ts'
import type { Desk } from './desk.ts'
import { isQuiet } from './end-thread.ts'
import { interruptTurn } from './interrupt-turn.ts'
import { turnsBefore } from './turns-before.ts'

/** The thread as it is then. */
export async function endLeftover(order: Order, row: ThreadRow, desk: Desk): Promise<ThreadRow> {
  if (isQuiet(row)) return row
  const before = turnsBefore(row.id, order, desk.ground.folder)
  const left = before.filter(({ ended }) => ended?.type === 'over' && mayRun(ended.end))
  if (left.length === 0) return row
  for (const { id } of left) await interruptTurn(id, 'end', desk)
  return (await desk.client.freshFleet()).row(row.id) ?? row
}

const mayRun = ({ how }: TurnEnd) => how === 'asking' || how === 'lost'
