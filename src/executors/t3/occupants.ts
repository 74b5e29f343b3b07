/**
 * Who is at work in which place, by what T3 Code shows. Where it cannot be asked, somebody may be in each.
 *
 * What an agent left running on the machine, and a person's shell, is not seen.
 */
import type { T3Client } from '../../t3/client.ts'
import type { Fleet } from '../../t3/fleet.ts'
import { T3Error } from '../../t3/t3-error.ts'
import type { WhoIsIn } from '../../worktrees/ground.ts'
import { namesIn, recordsOf, turnNamed, turnsIn } from '../../worktrees/records.ts'
import { isQuiet } from './end-thread.ts'
import { readEnd, readTurn } from './turn-records.ts'

export async function occupants(client: T3Client, folder: string): Promise<WhoIsIn> {
  const fleet = await fleetOf(client)
  if (typeof fleet === 'string') return () => fleet
  const ids = namesIn(turnsIn(folder)).flatMap((name) => turnNamed(name) ?? [])
  return (path, runs) => {
    for (const id of ids.filter(({ run }) => runs.includes(run))) {
      const why = whoIsOf(recordsOf(folder, id), fleet)
      if (why !== null) return why
    }
    const other = fleet.rowsIn(path).find((row) => !isQuiet(row))
    return other === undefined ? null : `an agent works in it, in the thread ${other.id}`
  }
}

async function fleetOf(client: T3Client): Promise<Fleet | string> {
  try {
    return await client.freshFleet()
  } catch (error) {
    if (error instanceof T3Error) return error.message
    throw error
  }
}

function whoIsOf(records: string, fleet: Fleet): string | null {
  try {
    const turn = readTurn(records)
    if (turn?.type !== 'asked') return null
    const row = fleet.row(turn.thread)
    if (row !== null && !isQuiet(row)) return `an agent works in it, in the thread ${turn.thread}`
    return readEnd(records) === null ? 'a turn of it is not over' : null
  } catch (error) {
    return (error as Error).message
  }
}
