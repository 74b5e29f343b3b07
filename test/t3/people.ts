/**
 * What people do in T3's own window, over its WebSocket: the same commands, without a token.
 *
 * Each throws where a rule forbids it, and says why, as the window does. An archive ends the session there, which it
 * does not over HTTP.
 */
import { randomUUID } from 'node:crypto'

import type { Command } from './command.ts'
import type { Decision } from './decided.ts'
import { take } from './engine.ts'
import type { Life } from './life.ts'
import type { ModelSelection } from './model.ts'
import { provide, stopAtOnce } from './provider.ts'
import type { Answers } from './requests.ts'
import { timeOf } from './state.ts'
import { spelled } from './workspace.ts'

export type People = {
  /** The project's id. */
  createProject(workspaceRoot: string): string
  /** The thread's id. */
  createThread(how: NewThread): string
  /** Begins a turn, or speaks into one that runs; the message's id. */
  send(threadId: string, text: string): string
  /** Of the oldest request that is open, unless told which. */
  answer(threadId: string, answer: Decision | Answers, requestId?: string): void
  interrupt(threadId: string, how?: { readonly turnId: string }): void
  stop(threadId: string): void
  archive(threadId: string): void
  unarchive(threadId: string): void
  delete(threadId: string): void
  rename(threadId: string, title: string): void
  deleteProject(projectId: string): void
}

export type NewThread = {
  readonly project: string
  readonly title?: string
  readonly branch?: string | null
  readonly worktreePath?: string | null
  readonly modelSelection?: Pick<ModelSelection, 'instanceId' | 'model'>
}

/** `life`: the one of now. */
export function people(life: () => Life): People {
  const act = (command: Command) => {
    const { work } = take(life().state, command)
    for (const each of work) provide(life(), each)
  }
  const one = () => ({ commandId: randomUUID(), createdAt: timeOf(life().state) })
  return {
    createProject(workspaceRoot) {
      const projectId = randomUUID()
      const named = { projectId, title: projectId, workspaceRoot: spelled(workspaceRoot) }
      act({ type: 'project.create', ...one(), ...named })
      return projectId
    },
    createThread(how) {
      const threadId = randomUUID()
      act({ type: 'thread.create', ...one(), threadId, ...newThread, ...asTold(how) })
      return threadId
    },
    send(threadId, text) {
      const messageId = randomUUID()
      const message = { messageId, role: 'user' as const, text, attachments: [] }
      act({ type: 'thread.turn.start', ...one(), threadId, message, ...modes })
      return messageId
    },
    answer(threadId, answer, given) {
      const pending = life().state.threads.get(threadId)?.pending
      const requestId = given ?? pending?.keys().next().value
      if (requestId === undefined) throw new Error(`nothing is asked in ${threadId}`)
      const named = { ...one(), threadId, requestId }
      if (typeof answer === 'string')
        act({ type: 'thread.approval.respond', ...named, decision: answer })
      else act({ type: 'thread.user-input.respond', ...named, answers: answer })
    },
    interrupt: (threadId, how) =>
      act({ type: 'thread.turn.interrupt', ...one(), threadId, ...how }),
    stop: (threadId) => act({ type: 'thread.session.stop', ...one(), threadId }),
    archive(threadId) {
      const thread = life().state.threads.get(threadId)
      if (thread?.archivedAt === null) stopAtOnce(life(), thread)
      act({ type: 'thread.archive', ...one(), threadId })
    },
    unarchive: (threadId) => act({ type: 'thread.unarchive', ...one(), threadId }),
    delete: (threadId) => act({ type: 'thread.delete', ...one(), threadId }),
    rename: (threadId, title) => act({ type: 'thread.meta.update', ...one(), threadId, title }),
    deleteProject: (projectId) => act({ type: 'project.delete', ...one(), projectId, force: true }),
  }
}

const modes = { runtimeMode: 'full-access', interactionMode: 'default' } as const

const newThread = {
  title: 'By hand',
  modelSelection: { instanceId: 'claudeAgent', model: 'claude-sonnet-5' },
  branch: null,
  worktreePath: null,
  ...modes,
}

function asTold({ project, ...rest }: NewThread) {
  return { projectId: project, ...rest }
}
