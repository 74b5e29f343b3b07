/** Whether the message of a turn is in its thread, by the ids that are written down with it, and since when. */
import type { T3Client } from '../../t3/client.ts'
import { derivedId } from '../../t3/derived-id.ts'
import type { Message } from '../../t3/transcript.ts'
import type { TurnId } from '../executor.ts'
import type { AskedRecord } from './turn-records.ts'

export function idsOf({ run, turn }: TurnId, { thread, tries }: AskedRecord) {
  const idOf = (what: string) => derivedId(what, run, turn, thread, tries)
  return { commandId: idOf('command'), messageId: idOf('message') }
}

/** Null: it is not there, or the thread is put away. */
export async function arrived(
  id: TurnId,
  record: AskedRecord,
  client: T3Client,
): Promise<Message | null> {
  const { messageId } = idsOf(id, record)
  // The newest are few, unless somebody spoke after it.
  for (const newest of [true, false]) {
    const { messages = [] } = (await client.transcript(record.thread, { newest })) ?? {}
    const message = messages.find((each) => each.id === messageId)
    if (message !== undefined) return message
  }
  return null
}
