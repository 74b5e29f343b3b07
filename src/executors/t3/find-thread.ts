/** A thread that a person began, of the repository's own project or in a worktree of its clone. */
import { realpathSync } from 'node:fs'

import type { Conversation } from '../executor.ts'
import type { Desk } from './desk.ts'
import { projectAt } from './ensure-project.ts'

/** Null: it is archived, deleted, was never there, or is another repository's. */
export async function findThread(id: string, desk: Desk): Promise<Conversation | null> {
  const { client, ground } = desk
  const fleet = await client.freshFleet()
  const row = fleet.row(id)
  if (row === null || row.projectId !== projectAt(ground.repo, fleet)?.id) return null
  const place = row.worktreePath ?? realpathSync(ground.repo)
  return { branch: row.branch, place, turn: row.latestTurn?.turnId ?? null }
}
