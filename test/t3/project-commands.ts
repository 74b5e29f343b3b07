/** What the commands of projects do, and what they refuse. */
import { RuleBroken } from './answer.ts'
import type { CommandOf } from './command.ts'
import { createdAtOf, type Decided, projectOf } from './decided.ts'
import type { Thread } from './model.ts'
import { type State, timeOf } from './state.ts'

/** `workspaceRoot` is spelt out and there. */
export function createProject(state: State, command: CommandOf<'project.create'>): Decided {
  const { projectId, title, workspaceRoot } = command
  if (state.projects.has(projectId)) throw new RuleBroken(`the project ${projectId} was there`)
  const isTaken = state.projects
    .values()
    .some((each) => each.deletedAt === null && each.workspaceRoot === workspaceRoot)
  if (isTaken && state.version !== '27') throw new RuleBroken(`a project has ${workspaceRoot}`)
  const createdAt = createdAtOf(state, command.createdAt)
  state.projects.set(projectId, {
    id: projectId,
    title,
    workspaceRoot,
    defaultModelSelection: command.defaultModelSelection ?? null,
    defaultThreadEnvMode: null,
    faviconPath: null,
    scripts: [],
    createdAt,
    updatedAt: createdAt,
    deletedAt: null,
  })
  return { events: 1 }
}

export function updateProject(state: State, command: CommandOf<'project.meta.update'>): Decided {
  const project = projectOf(state, command.projectId)
  const { type: _type, commandId: _commandId, projectId: _projectId, ...change } = command
  Object.assign(project, change, { updatedAt: timeOf(state) })
  return { events: 1 }
}

/** `ended`: the threads that went with it. */
export function deleteProject(
  state: State,
  { projectId, force = false }: CommandOf<'project.delete'>,
): Decided & { readonly ended: readonly Thread[] } {
  const project = projectOf(state, projectId)
  const inside = state.threads
    .values()
    .filter((each) => each.projectId === projectId && each.deletedAt === null)
    .toArray()
  if (inside.length > 0 && !force) throw new RuleBroken(`the project ${projectId} is not empty`)
  const now = timeOf(state)
  for (const thread of inside) thread.deletedAt = now
  project.deletedAt = now
  project.updatedAt = now
  return { events: inside.length + 1, ended: inside }
}
