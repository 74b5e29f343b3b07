/** What the commands do that make a thread, put it away and change what it says of itself. */
import { RuleBroken } from './answer.ts'
import type { CommandOf } from './command.ts'
import { createdAtOf, type Decided, projectOf, threadOf } from './decided.ts'
import type { Thread } from './model.ts'
import { type State, timeOf } from './state.ts'

export function createThread(state: State, command: CommandOf<'thread.create'>): Decided {
  projectOf(state, command.projectId)
  if (state.threads.has(command.threadId))
    throw new RuleBroken(`the thread ${command.threadId} was there`)
  const createdAt = createdAtOf(state, command.createdAt)
  state.threads.set(command.threadId, newThread({ ...command, createdAt }))
  return { events: 1 }
}

export type NewThread = Pick<
  Thread,
  | 'projectId'
  | 'title'
  | 'modelSelection'
  | 'runtimeMode'
  | 'interactionMode'
  | 'branch'
  | 'worktreePath'
  | 'createdAt'
> & { readonly threadId: string }

export function newThread(told: NewThread): Thread {
  const { projectId, title, modelSelection, runtimeMode, interactionMode, createdAt } = told
  return {
    id: told.threadId,
    projectId,
    title,
    modelSelection,
    runtimeMode,
    interactionMode,
    branch: told.branch,
    worktreePath: told.worktreePath,
    session: null,
    latestTurnId: null,
    turns: [],
    messages: [],
    activities: [],
    checkpoints: [],
    pending: new Map(),
    backgroundLiveness: null,
    createdAt,
    updatedAt: createdAt,
    archivedAt: null,
    deletedAt: null,
    settledOverride: null,
    settledAt: null,
    snoozedUntil: null,
    snoozedAt: null,
    pinnedAt: null,
    pinOrderKey: null,
  }
}

/** Over HTTP nothing of it reaches the session. */
export function archive(
  state: State,
  { type, threadId }: CommandOf<'thread.archive' | 'thread.unarchive'>,
): Decided {
  const thread = threadOf(state, threadId)
  const isArchive = type === 'thread.archive'
  if ((thread.archivedAt !== null) === isArchive) throw new RuleBroken(`${type} of ${threadId}`)
  thread.updatedAt = timeOf(state)
  thread.archivedAt = isArchive ? thread.updatedAt : null
  return { events: 1 }
}

/** As often as one likes; the first time counts. */
export function deleteThread(
  state: State,
  { threadId }: CommandOf<'thread.delete'>,
): Decided & { readonly ended: readonly Thread[] } {
  const thread = threadOf(state, threadId)
  thread.deletedAt ??= timeOf(state)
  return { events: 1, ended: [thread] }
}

export function updateThread(state: State, command: CommandOf<'thread.meta.update'>): Decided {
  const thread = threadOf(state, command.threadId)
  const { title, modelSelection, branch, worktreePath, expectedBranch } = command
  const isAsExpected = expectedBranch === undefined || expectedBranch === thread.branch
  if (title !== undefined) thread.title = title
  if (modelSelection !== undefined) thread.modelSelection = modelSelection
  if (branch !== undefined && isAsExpected) thread.branch = branch
  if (worktreePath !== undefined) thread.worktreePath = worktreePath
  thread.updatedAt = timeOf(state)
  return { events: 1 }
}

export function setMode(
  state: State,
  command: CommandOf<'thread.runtime-mode.set' | 'thread.interaction-mode.set'>,
): Decided {
  const thread = threadOf(state, command.threadId)
  if (command.type === 'thread.runtime-mode.set') thread.runtimeMode = command.runtimeMode
  else thread.interactionMode = command.interactionMode
  thread.updatedAt = timeOf(state)
  return { events: 1 }
}
