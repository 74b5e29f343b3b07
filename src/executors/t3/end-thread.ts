/**
 * Interrupts what runs in a thread, and waits until the thread shows that nothing does.
 *
 * The agent's session is stopped only where an interrupt has found nobody at work: to stop a silent agent holds up
 * every thread of the server. One that cannot be interrupted runs on, and is told as such.
 */
import { randomUUID } from 'node:crypto'

import type { ThreadRow } from '../../t3/thread-row.ts'
import type { Desk } from './desk.ts'
import { pause } from './pause.ts'
import { isoOf } from './said.ts'

/** `isOver`: asked of a thread in which nothing runs; false: something is on its way. */
export async function endThread(
  row: ThreadRow,
  isOver: (row: ThreadRow) => Promise<boolean>,
  desk: Desk,
): Promise<boolean> {
  const { client, clock } = desk
  const failedBefore = isQuiet(row) ? 0 : await failedInterrupts(row.id, desk)
  const until = clock.monotonic() + PATIENCE_MS
  let told: string | null = null
  let isStopped = false
  let lookMs = FIRST_LOOK_MS
  for (
    let now: ThreadRow | null = row;
    now !== null;
    now = (await client.freshFleet()).row(row.id)
  ) {
    if (isQuiet(now)) {
      if (await isOver(now)) return true
    } else if (isStopped) {
      // It was told; the server shows it in a moment.
    } else if (told !== turnOf(now)) {
      if (!(await interrupt(now, desk))) return false
      told = turnOf(now)
    } else if ((await failedInterrupts(row.id, desk)) > failedBefore) {
      if (!(await stopSession(row.id, desk))) return false
      isStopped = true
    }
    if (clock.monotonic() > until) return false
    await pause(lookMs, clock)
    lookMs = Math.min(2 * lookMs, LONGEST_LOOK_MS)
  }
  // Put away meanwhile.
  return false
}

const PATIENCE_MS = 10_000
/** Most are over at once; each look reads all threads. */
const FIRST_LOOK_MS = 200
const LONGEST_LOOK_MS = 2_000

export function isQuiet({ session }: ThreadRow): boolean {
  const status = session?.status ?? 'idle'
  return status !== 'starting' && status !== 'running' && status !== 'unknown'
}

const turnOf = ({ latestTurn, session }: ThreadRow) => `${latestTurn?.turnId} ${session?.status}`

async function interrupt({ id, latestTurn }: ThreadRow, { client, clock }: Desk): Promise<boolean> {
  const runs = latestTurn?.state === 'running' ? { turnId: latestTurn.turnId } : {}
  const sent = await client.dispatch({
    type: 'thread.turn.interrupt',
    commandId: randomUUID(),
    threadId: id,
    createdAt: isoOf(clock.now()),
    ...runs,
  })
  return sent.type === 'accepted'
}

async function stopSession(threadId: string, { client, clock }: Desk): Promise<boolean> {
  const createdAt = isoOf(clock.now())
  const named = { commandId: randomUUID(), threadId, createdAt }
  return (await client.dispatch({ type: 'thread.session.stop', ...named })).type === 'accepted'
}

/** How often an interrupt found nobody at work. */
async function failedInterrupts(threadId: string, { client }: Desk): Promise<number> {
  const transcript = await client.transcript(threadId, { newest: true })
  const activities = transcript?.activities ?? []
  return activities.filter(({ kind }) => kind === 'provider.turn.interrupt.failed').length
}
