/**
 * What became of a turn: by its record, by what one read of all threads shows, and, when it seems to be over, by
 * what was said in its thread.
 *
 * An end is written down when it is first seen. What cannot be read says nothing of the turn, and none that T3
 * did not take yet has an end. A thread that is not listed any more was put away by a person where the server still has
 * it, and is lost where it has not.
 */
import type { Fleet } from '../../t3/fleet.ts'
import { T3Error } from '../../t3/t3-error.ts'
import { openRequest } from '../../t3/thread-row.ts'
import type { Transcript } from '../../t3/transcript.ts'
import { recordsOf, turnName } from '../../worktrees/records.ts'
import type { Sight, TurnId } from '../executor.ts'
import { askedTurn, noteTurnId, type Turn } from './asked-turn.ts'
import { type Classified, classify, isAdopted } from './classify.ts'
import type { Desk } from './desk.ts'
import { endedSight, INTERRUPTED, keepEnd, over } from './keep-end.ts'
import { approvalAsked, endOfFailed, endOfFinished, inputAsked } from './last-word.ts'
import { readEnd, readTurn } from './turn-records.ts'

/** Null: it was never asked. `fleet` is read only where somebody has to know. */
export async function lookAt(
  id: TurnId,
  fleet: () => Promise<Fleet>,
  desk: Desk,
): Promise<Sight | null> {
  try {
    const records = recordsOf(desk.ground.folder, id)
    const ended = readEnd(records)
    if (ended !== null) return endedSight(id, ended)
    const record = readTurn(records)
    if (record === null) return null
    if (record.type === 'never') return over(id, { how: 'lost' }, desk)
    return await sightOf({ id, record, row: (await fleet()).row(record.thread) }, desk)
  } catch (error) {
    // A record that was changed, a disk that is not there, a server that cannot be asked.
    return unreachable(id, (error as Error).message)
  }
}

async function sightOf(turn: Turn, desk: Desk): Promise<Sight> {
  const { row, record } = turn
  // What its thread shows is somebody else's, and nobody lets it wait yet.
  if (row !== null && !record.isAccepted) return running(turn, desk)
  const asked = await askedTurn(turn, desk)
  const seen = classify(row, asked)
  if (row !== null && isAdopted(row, asked)) noteTurnId(turn, desk)
  const waits = seen.is === 'queued' || seen.is === 'start-lost'
  desk.client.wedge.note(record.thread, waits ? (row?.session?.updatedAt ?? 'none') : null)
  return sightIn(seen, turn, desk)
}

async function sightIn(seen: Classified, turn: Turn, desk: Desk): Promise<Sight> {
  const { id, record } = turn
  switch (seen.is) {
    case 'gone':
      return gone(turn, desk)
    case 'running':
      return running(turn, desk)
    case 'queued':
    case 'start-lost': {
      const wedged = desk.client.wedge.suspected()
      if (wedged !== null) return unreachable(id, wedged)
      return seen.is === 'queued' ? running(turn, desk) : startLost(turn, desk)
    }
    case 'waiting-approval':
    case 'waiting-input':
      return waiting(turn, seen.is, desk)
    case 'failed': {
      const end = record.interrupts > 0 ? INTERRUPTED : endOfFailed(seen.why, desk.clock.now())
      return over(id, end, desk)
    }
    case 'restart-lost':
      return over(id, { how: 'lost' }, desk)
    case 'stopped':
      return over(id, { how: 'failed', detail: 'its session was stopped in T3 Code' }, desk)
    case 'interrupted':
      return over(id, INTERRUPTED, desk)
    case 'finished':
      return finishedSight(turn, desk)
  }
}

const unreachable = (id: TurnId, detail: string): Sight => {
  return { id, costUsd: null, type: 'unreachable', detail }
}

function running({ id, record, row }: Turn, { pulses }: Desk): Sight {
  const { sentAt, offsetMs } = record
  const updatedAt = row?.updatedAt ?? ''
  const seenAt = pulses.seenAt({ turn: turnName(id), updatedAt, sentAt, offsetMs })
  return { id, costUsd: null, type: 'running', seenAt }
}

async function gone({ id, record: { thread } }: Turn, desk: Desk): Promise<Sight> {
  const row = (await desk.client.everything()).anyRow(thread)
  // Its data were made anew, or it is another server.
  if (row === null) return over(id, { how: 'lost' }, desk)
  if (!row.isDeleted && !row.isArchived)
    return unreachable(id, `T3 Code does not list the thread ${thread}`)
  const by = `a person who ${row.isDeleted ? 'deleted' : 'archived'} its thread`
  return keepEnd(id, { type: 'withdrawn', at: desk.clock.now(), by }, desk)
}

async function startLost({ id, record, row }: Turn, desk: Desk): Promise<Sight> {
  const transcript = await desk.client.transcript(record.thread)
  const { storedAt } = await askedTurn({ id, record, row }, desk)
  const activities = transcript?.activities ?? []
  // Where the times cannot be compared, only the last that happened is of this turn.
  const since =
    storedAt === null
      ? activities.slice(-1)
      : activities.filter(({ createdAt }) => createdAt >= storedAt)
  const failure = since.findLast(({ kind }) => kind === 'provider.turn.start.failed')
  if (failure === undefined) return over(id, { how: 'lost' }, desk)
  return over(id, endOfFailed(failure.detail || 'it could not be started', desk.clock.now()), desk)
}

async function waiting(
  turn: Turn,
  kind: 'waiting-approval' | 'waiting-input',
  desk: Desk,
): Promise<Sight> {
  const { activities } = await newest(turn, desk)
  const isApproval = kind === 'waiting-approval'
  const latest = turn.row?.latestTurn ?? null
  const asked = openRequest(activities, isApproval ? 'approval' : 'user-input', latest)
  // It was answered in between, or is left over from the turn before.
  if (asked === null || turn.record.base.turnIds.includes(asked.turnId)) return running(turn, desk)
  const end = isApproval ? approvalAsked(asked) : inputAsked(asked)
  const { requestId } = asked
  return keepEnd(turn.id, { type: 'over', at: desk.clock.now(), end, requestId }, desk)
}

async function finishedSight(turn: Turn, desk: Desk): Promise<Sight> {
  const { id, record, row } = turn
  // An interrupted turn shows as one that completed.
  if (record.interrupts > 0) return over(id, INTERRUPTED, desk)
  const turnId = row?.latestTurn?.turnId ?? record.turnId
  const said = await newest(turn, desk)
  return over(id, endOfFinished(said, { turnId, now: desk.clock.now() }), desk)
}

async function newest({ record: { thread } }: Turn, { client }: Desk): Promise<Transcript> {
  const transcript = await client.transcript(thread, { newest: true })
  if (transcript !== null) return transcript
  throw new T3Error('unreachable', `the thread ${thread} was put away at this moment`)
}
