/**
 * Brings a turn to T3 Code: its place, its project, its thread, its message.
 *
 * A turn that was accepted is found, with nothing done again; one that was not is begun anew at whatever point it
 * was left. How the thread stood is written down before the message goes, so that the turn is known from the one
 * before. A turn that a person took is written down alone: nothing is asked of anybody.
 */
import { isDeepStrictEqual } from 'node:util'

import type { Fleet } from '../../t3/fleet.ts'
import { placeFor } from '../../worktrees/place.ts'
import { readPlace } from '../../worktrees/places.ts'
import { recordsOf } from '../../worktrees/records.ts'
import type { Asked, Order } from '../executor.ts'
import type { Desk } from './desk.ts'
import { endLeftover } from './end-leftover.ts'
import { ensureProject } from './ensure-project.ts'
import { ensureThread } from './ensure-thread.ts'
import { adopted } from './adopted.ts'
import { askAgain } from './ask-again.ts'
import { baseOf } from './base-of.ts'
import { over } from './keep-end.ts'
import { refused, unreachable } from './said.ts'
import { settledRow } from './settled-row.ts'
import { startTurn } from './start-turn.ts'
import { type AskedRecord, readEnd, readTurn, takeTurn, type TurnRecord } from './turn-records.ts'
import { whoIsAtIt } from './who-is-at-it.ts'

export async function askTurn(order: Order, desk: Desk): Promise<Asked> {
  const { folder } = desk.ground
  const known = readTurn(recordsOf(folder, order))
  if (known !== null) return goOn(order, known, desk)
  const why = whyNot(order)
  if (why !== null) return refused(why)
  const fleet = await desk.client.freshFleet()
  return order.visit === null ? askAnew(order, fleet, desk) : visited(order, fleet, desk)
}

async function goOn(order: Order, known: TurnRecord, desk: Desk): Promise<Asked> {
  if (known.type === 'never') {
    const place = readPlace(desk.ground.folder, order.run)?.path ?? null
    return adopted({ place, thread: order.thread }, desk)
  }
  // Interrupted on its way, or over, it is not sent again.
  const isOver = readEnd(recordsOf(desk.ground.folder, order)) !== null
  if (!known.isAccepted && known.interrupts === 0 && !isOver) return askAgain(order, known, desk)
  return adopted(known, desk)
}

/** What T3 takes, and never runs. */
const PROMPT_MAX = 120_000

function whyNot({ run, turn, prompt, visit }: Order): string | null {
  const isNamed = /^[\w-]{1,100}$/.test(run) && Number.isSafeInteger(turn)
  if (!isNamed) return `"${run}" is no run’s name`
  if (visit !== null) return null
  if (prompt.trim() === '') return 'the prompt is empty'
  return prompt.length > PROMPT_MAX
    ? `the prompt has ${prompt.length} characters, and T3 Code takes ${PROMPT_MAX}: shorten the issue`
    : null
}

async function askAnew(order: Order, fleet: Fleet, desk: Desk): Promise<Asked> {
  const foreign = foreignPlaceOf(order, desk.ground.folder)
  const placed = foreign ?? (await ownPlace(order, desk))
  if (placed.type !== 'placed') return placed
  const { place, isForeign } = placed
  const project = await ensureProject(fleet, desk)
  if (project.type !== 'there') return project
  const wanted = { project: project.it, place: place ?? desk.ground.repo, fleet }
  const thread = await ensureThread(order, wanted, desk)
  if (thread.type !== 'there') return thread
  const row = await settledRow(await endLeftover(order, thread.it, desk), desk)
  const busy = whoIsAtIt(order, row, desk)
  if (busy !== null) return unreachable(busy)
  const record: AskedRecord = {
    ...newRecord(row.id, desk.clock.now()),
    base: await baseOf(row, desk),
    place,
    isForeign,
  }
  const taken = takeTurn(recordsOf(desk.ground.folder, order), record)
  return isDeepStrictEqual(taken, record)
    ? startTurn(order, record, desk)
    : goOn(order, taken, desk)
}

function newRecord(thread: string, sentAt: number) {
  return {
    type: 'asked',
    thread,
    tries: 1,
    isAccepted: false,
    sentAt,
    storedAt: null,
    offsetMs: null,
    turnId: null,
    interrupts: 0,
  } as const
}

async function ownPlace(order: Order, desk: Desk) {
  const placed = await desk.inTurn(() => placeFor(order, desk.ground))
  if (placed.type !== 'placed') return placed
  return { type: 'placed', place: placed.place.path, isForeign: false } as const
}

/** Of a run that a person's own thread was made into; null: of any other. */
function foreignPlaceOf({ run, continues }: Order, folder: string) {
  for (const each of [run, continues].filter((name) => name !== null)) {
    const first = readTurn(recordsOf(folder, { run: each, turn: 1 }))
    if (first?.type === 'asked' && first.isForeign)
      return { type: 'placed', place: first.place, isForeign: true } as const
  }
  return null
}

/** In the place of the run it goes on from, or where the person's own thread works. */
async function visited(order: Order, fleet: Fleet, desk: Desk): Promise<Asked> {
  const { folder, repo } = desk.ground
  const row = fleet.row(order.thread)
  if (row === null) return refused(`the thread ${order.thread} was put away: start the issue anew`)
  const isGoingOn = order.continues !== null && readPlace(folder, order.continues) !== null
  const theirs = { type: 'placed', place: row.worktreePath ?? repo, isForeign: true } as const
  const placed = isGoingOn ? await ownPlace(order, desk) : theirs
  if (placed.type === 'unreachable') return placed
  const { place, isForeign } = placed.type === 'placed' ? placed : theirs
  const record: AskedRecord = {
    ...newRecord(row.id, desk.clock.now()),
    base: { turnIds: [], sessionAt: null, traces: 0 },
    isAccepted: true,
    turnId: order.visit,
    place,
    isForeign,
  }
  if (placed.type === 'refused') {
    // It is nobody's visit any more, or it would be one for ever.
    takeTurn(recordsOf(folder, order), record)
    over(order, { how: 'failed', detail: placed.detail }, desk)
    return placed
  }
  return goOn(order, takeTurn(recordsOf(folder, order), record), desk)
}
