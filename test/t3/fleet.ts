/** Many threads at once, each with a turn that completed: what a server of many people holds. */
import { randomUUID } from 'node:crypto'

import type { ModelSelection, Thread, Turn } from './model.ts'
import { events, type State, timeOf } from './state.ts'
import { newThread } from './thread-commands.ts'

export type FleetOptions = {
  /** Default: a project of their own. */
  readonly project?: string
  /** How long each answer is. */
  readonly characters?: number
}

/** Their ids. */
export function fleet(state: State, count: number, options: FleetOptions = {}): readonly string[] {
  const { project = ownProject(state), characters = 200 } = options
  const text = 'x'.repeat(characters)
  return Array.from({ length: count }, (_, at) => {
    const thread = madeThread(state, { project, title: `#${at} of the fleet`, text })
    state.threads.set(thread.id, thread)
    events(state, 8)
    return thread.id
  })
}

type Making = { readonly project: string; readonly title: string; readonly text: string }

function madeThread(state: State, { project, title, text }: Making): Thread {
  const now = timeOf(state)
  const thread = newThread({
    threadId: randomUUID(),
    projectId: project,
    title,
    modelSelection,
    runtimeMode: 'full-access',
    interactionMode: 'default',
    branch: null,
    worktreePath: null,
    createdAt: now,
  })
  const [messageId, assistantId] = [randomUUID(), `assistant:${randomUUID()}`]
  const turn: Turn = {
    turnId: randomUUID(),
    messageId,
    prompts: ['Do it'],
    state: 'completed',
    requestedAt: now,
    startedAt: now,
    completedAt: now,
    assistantMessageId: assistantId,
  }
  const said = { attachments: [], createdAt: now, updatedAt: now }
  thread.turns.push(turn)
  thread.latestTurnId = turn.turnId
  thread.messages.push(
    { id: messageId, role: 'user', text: 'Do it', turnId: null, ...said },
    { id: assistantId, role: 'assistant', text, turnId: turn.turnId, ...said },
  )
  thread.session = {
    status: 'ready',
    providerName: modelSelection.instanceId,
    activeTurnId: null,
    lastError: null,
    updatedAt: now,
  }
  return thread
}

const modelSelection: ModelSelection = { instanceId: 'claudeAgent', model: 'claude-sonnet-5' }

function ownProject(state: State): string {
  const now = timeOf(state)
  const id = randomUUID()
  events(state, 1)
  state.projects.set(id, {
    id,
    title: 'fleet',
    workspaceRoot: `/srv/fleet/${id}`,
    defaultModelSelection: null,
    defaultThreadEnvMode: null,
    faviconPath: null,
    scripts: [],
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  })
  return id
}
