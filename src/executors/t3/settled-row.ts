/**
 * A thread in which the last turn is listed that it had.
 *
 * Before 0.0.32 a turn that ends is not listed, until its checkpoint is there: that takes a second, and comes only
 * where there is git. Who asks in between would take it for the turn that was just asked.
 */
import type { ThreadRow } from '../../t3/thread-row.ts'
import { isAtLeast, WITH_PAGES } from '../../t3/version.ts'
import type { Desk } from './desk.ts'
import { isQuiet } from './end-thread.ts'
import { pause } from './pause.ts'

const PATIENCE_MS = 3_000
const LOOK_MS = 100

export async function settledRow(row: ThreadRow, { client, clock }: Desk): Promise<ThreadRow> {
  const { version } = await client.environment()
  if (isAtLeast(version, WITH_PAGES)) return row
  const until = clock.monotonic() + PATIENCE_MS
  let now = row
  while (isForgetful(now) && clock.monotonic() < until) {
    await pause(LOOK_MS, clock)
    now = (await client.freshFleet()).row(row.id) ?? row
  }
  return now
}

/** A session has begun, so there was a turn, and nothing runs. */
function isForgetful(row: ThreadRow): boolean {
  return row.latestTurn === null && row.session !== null && isQuiet(row)
}
