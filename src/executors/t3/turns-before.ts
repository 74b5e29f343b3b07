/** What we asked in a thread before: in turns of the same run, and of the one that it goes on from. */
import { namesIn, recordsOf, turnNamed, turnsIn } from '../../worktrees/records.ts'
import type { Order, TurnId } from '../executor.ts'
import { type AskedRecord, type EndRecord, readEnd, readTurn } from './turn-records.ts'

type Before = {
  readonly id: TurnId
  readonly record: AskedRecord
  readonly ended: EndRecord | null
}

export function turnsBefore(
  thread: string,
  { run, continues }: Order,
  folder: string,
): readonly Before[] {
  return namesIn(turnsIn(folder)).flatMap((name) => {
    const id = turnNamed(name)
    if (id === null || (id.run !== run && id.run !== continues)) return []
    const record = readTurn(recordsOf(folder, id))
    if (record?.type !== 'asked' || record.thread !== thread) return []
    return [{ id, record, ended: readEnd(recordsOf(folder, id)) }]
  })
}
