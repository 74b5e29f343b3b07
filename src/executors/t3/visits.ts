/**
 * What people began in the threads of ended runs: of each, the newest turn, where it is none of ours, or where it
 * is ours and has gone on by their answer to what it had asked.
 *
 * Ours are known by what is written down, of every run that had the thread. A turn that was over before its run was
 * is judged with it, unless it failed or ended with a question: of that the run knew nothing. T3's times are compared with the time
 * at which T3 took our last message, and put into our time by how far the clocks were apart then.
 */
import { join } from 'node:path'

import { object } from '../../fields.ts'
import type { Fleet } from '../../t3/fleet.ts'
import type { LatestTurn } from '../../t3/thread-row.ts'
import { namesIn, turnNamed, turnsIn } from '../../worktrees/records.ts'
import type { Visit, Visited } from '../executor.ts'
import type { Desk } from './desk.ts'
import { isQuiet } from './end-thread.ts'
import { endOfFinished } from './last-word.ts'
import { type AskedRecord, readEnd, readTurn } from './turn-records.ts'

type Written = {
  readonly record: AskedRecord
  readonly isOver: boolean
  /** What it ended with and waits for; null: nothing that could be answered. */
  readonly requestId: string | null
}

export async function visitsOf(runs: readonly Visited[], desk: Desk): Promise<readonly Visit[]> {
  if (runs.length === 0) return []
  const { client, ground } = desk
  const fleet = await client.fleet()
  const shown = runs.filter(({ thread }) => (fleet.row(thread)?.latestTurn ?? null) !== null)
  if (shown.length === 0) return []
  const written = Map.groupBy(recordsIn(ground.folder), ({ record }) => record.thread)
  const found = await Promise.all(
    shown.map((each) => visitOf(each, { fleet, ours: written.get(each.thread) ?? [] }, desk)),
  )
  return found.flatMap((visit) => visit ?? [])
}

type Seen = { readonly fleet: Fleet; readonly ours: readonly Written[] }

async function visitOf(
  { run, thread, since }: Visited,
  { fleet, ours }: Seen,
  desk: Desk,
): Promise<Visit | null> {
  const row = fleet.row(thread)
  const turn = row?.latestTurn
  const last = ours.toSorted((a, b) => b.record.sentAt - a.record.sentAt)[0]
  if (!row || !turn || last === undefined || ours.some(({ isOver }) => !isOver)) return null
  const { storedAt, offsetMs, turnId } = last.record
  const now = desk.clock.now()
  const visit = { run, turn: turn.turnId, place: row.worktreePath, isBusy: !isQuiet(row) }
  // What the run ended with was answered, and the same turn goes on.
  if (last.requestId !== null && turnId === turn.turnId)
    return (await isAnswered(thread, last.requestId, desk)) ? { ...visit, at: now } : null
  if (ours.some(({ record }) => isOf(record, turn.turnId))) return null
  if (storedAt !== null && turn.requestedAt <= storedAt) return null
  const theirs = Date.parse(turn.requestedAt)
  const known = offsetMs === null || Number.isNaN(theirs) ? null : theirs - offsetMs
  if (await isJudged({ turn, thread }, { since, offsetMs }, desk)) return null
  return { ...visit, at: Math.min(now, known ?? now) }
}

type Theirs = { readonly turn: LatestTurn; readonly thread: string }
type RunEnd = { readonly since: number; readonly offsetMs: number | null }

async function isJudged({ turn, thread }: Theirs, { since, offsetMs }: RunEnd, desk: Desk) {
  const { state, turnId, completedAt } = turn
  if (state === 'running' || state === 'error' || completedAt === null || offsetMs === null)
    return false
  const wasOver = Date.parse(completedAt) - offsetMs < since
  if (!wasOver) return false
  const said = await desk.client.transcript(thread, { newest: true })
  return said !== null && endOfFinished(said, { turnId, now: desk.clock.now() }).how === 'finished'
}

const isOf = ({ turnId, earlierTurnIds = [] }: AskedRecord, id: string) =>
  turnId === id || earlierTurnIds.includes(id)

/** An interrupt ends a question, too, and answers nothing. */
async function isAnswered(thread: string, asked: string, { client }: Desk): Promise<boolean> {
  const transcript = await client.transcript(thread)
  if (transcript === null) return false
  const told = transcript.activities.filter(({ requestId }) => requestId === asked)
  // Of many activities the newest are listed, and every request that is open.
  if (told.length === 0) return true
  const answer = told.findLast(({ kind }) => resolved.test(kind))
  if (answer === undefined) return false
  const { decision, answers } = answer.payload
  return decision !== 'cancel' && (answers === undefined || Object.keys(object(answers)).length > 0)
}

const resolved = /^(?:approval|user-input)\.resolved$/

/** Also of runs whose place is gone. */
function recordsIn(folder: string): readonly Written[] {
  return [turnsIn(folder), join(folder, 'ended')].flatMap((below) =>
    namesIn(below).flatMap((name) => {
      if (turnNamed(name) === null) return []
      const records = join(below, name)
      const record = readTurn(records)
      if (record?.type !== 'asked') return []
      const end = readEnd(records)
      const requestId = end?.type === 'over' ? (end.requestId ?? null) : null
      return { record, isOver: end !== null, requestId }
    }),
  )
}
