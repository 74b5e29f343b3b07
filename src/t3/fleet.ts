/**
 * All projects and threads of a T3 Code server, as one read shows them.
 *
 * There may be ten thousand threads, and a handful that matter: a row is understood when it is asked for. Rows
 * that no known server writes mean that this is another generation of it: nothing is guessed.
 */
import * as z from 'zod'

import { type Fields, object } from '../fields.ts'
import type { ModelSelection } from './commands.ts'
import { ANOTHER_GENERATION } from './meaning.ts'
import { T3Error } from './t3-error.ts'
import { threadRow, type ThreadRow } from './thread-row.ts'
import { type Transcript, transcriptIn } from './transcript.ts'

export type Fleet = {
  /** Null: it is archived, deleted, or was never there. */
  row(threadId: string): ThreadRow | null
  /** The same, with those that a person put away, where the server lists them. */
  anyRow(threadId: string): ThreadRow | null
  /** The threads that work in this folder. */
  rowsIn(path: string): readonly ThreadRow[]
  /** Of servers that list it: else empty. */
  transcript(threadId: string): Transcript
  /** Those that are not deleted, oldest first. */
  readonly projects: readonly Project[]
}

export type Project = {
  readonly id: string
  readonly workspaceRoot: string
  readonly model: ModelSelection | null
}

const Model = z.object({
  instanceId: z.string().min(1),
  model: z.string().min(1),
  options: z
    .array(z.object({ id: z.string(), value: z.union([z.string(), z.boolean()]) }))
    .exactOptional(),
})

const ProjectRow = z.object({
  id: z.string(),
  workspaceRoot: z.string(),
  createdAt: z.string().catch(''),
  deletedAt: z.string().nullish().catch(null),
  defaultModelSelection: Model.nullish().catch(null),
})

/** @throws {T3Error} `unsupported` */
export function fleetIn(value: unknown): Fleet {
  const { schemaVersion, projects, threads } = object(value)
  if (schemaVersion !== undefined || !Array.isArray(projects) || !Array.isArray(threads))
    throw new T3Error('unsupported', ANOTHER_GENERATION)
  const found = new Map<string, Fields>()
  for (const each of threads) {
    const thread = object(each)
    if (!('session' in thread)) throw new T3Error('unsupported', ANOTHER_GENERATION)
    if (typeof thread['id'] === 'string') found.set(thread['id'], thread)
  }
  const rows = new Map<string, ThreadRow>()
  const anyRow = (id: string) => {
    const thread = found.get(id)
    if (thread === undefined) return null
    const row = rows.get(id) ?? threadRow(thread)
    rows.set(id, row)
    return row
  }
  const row = (id: string) => {
    const any = anyRow(id)
    return any === null || any.isArchived || any.isDeleted ? null : any
  }
  return {
    row,
    anyRow,
    rowsIn: (path) =>
      [...found].flatMap(([id, { worktreePath }]) =>
        worktreePath === path ? (row(id) ?? []) : [],
      ),
    transcript: (id) => transcriptIn(found.get(id)),
    projects: projectsIn(projects),
  }
}

function projectsIn(projects: readonly unknown[]): readonly Project[] {
  return projects
    .flatMap((each) => {
      const { data } = ProjectRow.safeParse(each)
      return data === undefined || typeof data.deletedAt === 'string' ? [] : data
    })
    .toSorted((one, two) => compare(one.createdAt, two.createdAt) || compare(one.id, two.id))
    .map(({ id, workspaceRoot, defaultModelSelection }) => ({
      id,
      workspaceRoot,
      model: defaultModelSelection ?? null,
    }))
}

const compare = (one: string, two: string) => (one < two ? -1 : one > two ? 1 : 0)
