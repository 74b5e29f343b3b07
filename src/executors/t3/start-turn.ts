/**
 * Sends a turn that is written down, under the ids that are written down with it.
 *
 * What may have arrived is sent again under the same ids, and T3 does nothing twice. After an answered failure
 * they are spent: it is looked whether the message is there all the same, and only then others are written down
 * and used. Never is a turn sent while one runs: the agent would take it as a word in between.
 */
import type { Dispatched } from '../../t3/meaning.ts'
import { isAtLeast, WITH_SHELL } from '../../t3/version.ts'
import { recordsOf } from '../../worktrees/records.ts'
import type { Asked, Order } from '../executor.ts'
import { adopted } from './adopted.ts'
import { arrived, idsOf } from './arrived.ts'
import type { Desk } from './desk.ts'
import { isoOf, refused, unreachable } from './said.ts'
import { type AskedRecord, changeTurn, dropTurn } from './turn-records.ts'

export async function startTurn(order: Order, record: AskedRecord, desk: Desk): Promise<Asked> {
  const { client, ground } = desk
  const records = recordsOf(ground.folder, order)
  let turn = record
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const sent = await send(order, turn, desk)
    if (sent.type === 'accepted') return accepted(order, turn, desk)
    if (sent.type === 'refused') {
      dropTurn(records)
      return refused(`T3 Code takes no such turn (${sent.why}): update it, or correct its mode`)
    }
    if (sent.type !== 'broken-rule') return unreachable(sent.why)
    const transcript = await client.transcript(turn.thread)
    if (transcript === null) {
      // Put away in between: the next time it is asked in another.
      dropTurn(records)
      return unreachable(`the thread ${turn.thread} was put away`)
    }
    const { messageId } = idsOf(order, turn)
    if (transcript.messages.some(({ id }) => id === messageId)) return accepted(order, turn, desk)
    turn = { ...turn, tries: turn.tries + 1 }
    changeTurn(records, { tries: turn.tries })
  }
  return unreachable('T3 Code takes no turn: its log says why')
}

/** In one asking. */
const ATTEMPTS = 2

function send(order: Order, record: AskedRecord, desk: Desk): Promise<Dispatched> {
  const { commandId, messageId } = idsOf(order, record)
  return desk.client.dispatch({
    type: 'thread.turn.start',
    commandId,
    threadId: record.thread,
    message: { messageId, role: 'user', text: order.prompt, attachments: [] },
    runtimeMode: desk.runtimeMode,
    interactionMode: 'default',
    createdAt: isoOf(record.sentAt),
  })
}

async function accepted(order: Order, record: AskedRecord, desk: Desk): Promise<Asked> {
  const message = await arrived(order, record, desk.client)
  const storedAt = message?.createdAt ?? null
  const { version } = await desk.client.environment()
  const { clock, ground } = desk
  // One that was sent long ago tells nothing of the clocks.
  const isTheirs = isAtLeast(version, WITH_SHELL) && clock.now() - record.sentAt < JUST_NOW_MS
  const ahead = storedAt === null ? Number.NaN : Date.parse(storedAt) - clock.now()
  const offsetMs = isTheirs && !Number.isNaN(ahead) ? ahead : null
  changeTurn(recordsOf(ground.folder, order), { isAccepted: true, storedAt, offsetMs })
  return adopted(record, desk)
}

const JUST_NOW_MS = 10_000
