/** A thread that a person began in a project of the repository's clone; old servers let it have several. */
import { realpathSync } from 'node:fs'

import type { Conversation } from '../executor.ts'
import type { Desk } from './desk.ts'
import { projectsAt } from './ensure-project.ts'

/** Null: it is archived, deleted, was never there, or is another repository's. */
export async function findThread(id: string, desk: Desk): Promise<Conversation | null> {
  const { client, ground } = desk
  const fleet = await client.freshFleet()
  const row = fleet.row(id)
  const isOurs = projectsAt(ground.repo, fleet).some(
    ({ id: project }) => project === row?.projectId,
  )
  if (row === null || !isOurs) return null
  const place = row.worktreePath ?? realpathSync(ground.repo)
  return { branch: row.branch, place, turn: row.latestTurn?.turnId ?? null }
}
