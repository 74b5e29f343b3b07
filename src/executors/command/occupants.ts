/** Who is alive in which place, by the processes of this machine. */
import { sep } from 'node:path'

import type { WhoIsIn } from '../../worktrees/ground.ts'
import { namesIn, recordsOf, turnNamed, turnsIn } from '../../worktrees/records.ts'
import type { TurnId } from '../executor.ts'
import { membersOf } from './members.ts'
import { folderOf, type Process, runOf } from './processes.ts'

/** Of all runs at once: environments and folders are read one time. */
export function occupants(folder: string, all: readonly Process[]): WhoIsIn {
  const alive = all.filter((one) => !one.isDead && one.pid !== process.pid)
  const named = new Set(alive.map(({ pid }) => runOf(pid)?.run))
  const seats = alive.map(({ pid }) => ({ pid, seat: folderOf(pid) }))
  const ids = namesIn(turnsIn(folder)).flatMap((name) => turnNamed(name) ?? [])
  const turns = Map.groupBy(ids, ({ run }) => run)

  return (path, runs) => {
    if (runs.some((run) => named.has(run))) return ALIVE
    for (const id of runs.flatMap((run) => turns.get(run) ?? [])) {
      const why = whoIsOf(id, folder, all)
      if (why !== null) return why
    }
    const guest = seats.find(({ seat }) => seat === path || seat?.startsWith(`${path}${sep}`))
    return guest === undefined ? null : `process ${guest.pid} is in it`
  }
}

const ALIVE = 'something of the run is alive'

function whoIsOf(id: TurnId, folder: string, all: readonly Process[]): string | null {
  try {
    const { wrapper, agent, own } = membersOf({ id, records: recordsOf(folder, id) }, all)
    return wrapper !== null || agent !== null || own.length > 0 ? ALIVE : null
  } catch (error) {
    // Nobody can show that its group is empty.
    return (error as Error).message
  }
}
