/**
 * The project of a clone in T3 Code: found by its path, or made.
 *
 * Old servers let two have one path: the oldest is taken. A project that was deleted lends its id to no other, and
 * a new one is written down before it is asked for. The command's own id is new each time: it is the project's
 * that keeps two from being made.
 */
import { randomUUID } from 'node:crypto'
import { basename, join } from 'node:path'

import { amount } from '../../fields.ts'
import { derivedId } from '../../t3/derived-id.ts'
import type { Fleet, Project } from '../../t3/fleet.ts'
import { read, writeWhole } from '../../worktrees/records.ts'
import type { Asked } from '../executor.ts'
import type { Desk } from './desk.ts'
import { isoOf, refused, unreachable } from './said.ts'

export type Ensured<T> =
  { readonly type: 'there'; readonly it: T } | Exclude<Asked, { type: 'adopted' }>

export async function ensureProject(fleet: Fleet, desk: Desk): Promise<Ensured<Project>> {
  const { client, clock, ground } = desk
  const found = projectAt(ground.repo, fleet)
  if (found !== null) return { type: 'there', it: found }
  const { id } = await client.environment()
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const number = numberIn(ground.folder)
    const sent = await client.dispatch({
      type: 'project.create',
      commandId: randomUUID(),
      projectId: derivedId('project', id, ground.repo, number),
      title: basename(ground.repo),
      workspaceRoot: ground.repo,
      createdAt: isoOf(clock.now()),
    })
    if (sent.type === 'refused') return refused(notSeen(ground.repo, sent.why))
    if (sent.type !== 'accepted' && sent.type !== 'broken-rule') return unreachable(sent.why)
    const made = projectAt(ground.repo, await client.freshFleet())
    if (made !== null) return { type: 'there', it: made }
    writeWhole(numberPath(ground.folder), JSON.stringify({ number: number + 1 }))
  }
  return unreachable(`T3 Code makes no project of ${ground.repo}: its log says why`)
}

/** Two: the first id may be a deleted project's. */
const ATTEMPTS = 2

const numberPath = (folder: string) => join(folder, 'project.json')

const numberIn = (folder: string) => amount(read(numberPath(folder))?.['number']) ?? 1

export function projectAt(repo: string, fleet: Fleet): Project | null {
  return projectsAt(repo, fleet)[0] ?? null
}

/** Oldest first. */
export function projectsAt(repo: string, { projects }: Fleet): readonly Project[] {
  return projects.filter(({ workspaceRoot }) => normal(workspaceRoot) === normal(repo))
}

const normal = (path: string) => path.replace(/\/+$/, '') || '/'

function notSeen(repo: string, why: string): string {
  return `T3 Code cannot work in ${repo} (${why}): let it see that folder under the same path`
}
