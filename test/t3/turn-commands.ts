/**
 * What the commands do that concern an agent: what is written at once, and what the provider is to do.
 *
 * `bootstrap` is not looked at: over HTTP it is ignored. A thread that is archived or deleted takes every one of
 * these, and nothing comes of it.
 */
import { randomUUID } from 'node:crypto'

import type { CommandOf } from './command.ts'
import { createdAtOf, type Decided, threadOf } from './decided.ts'
import type { Message } from './model.ts'
import { type State, timeOf } from './state.ts'

export function startTurn(state: State, command: CommandOf<'thread.turn.start'>): Decided {
  const thread = threadOf(state, command.threadId)
  const createdAt = createdAtOf(state, command.createdAt)
  const message: Message = {
    id: command.message.messageId,
    role: 'user',
    text: command.message.text,
    attachments: command.message.attachments.map(({ dataUrl: _dataUrl, ...rest }) => ({
      ...rest,
      id: randomUUID(),
    })),
    turnId: null,
    createdAt,
    updatedAt: createdAt,
  }
  // One whose id is used again is written over.
  thread.messages = [...thread.messages.filter(({ id }) => id !== message.id), message]
  if (state.settings.writesRuntimeMode) thread.runtimeMode = command.runtimeMode
  thread.updatedAt = timeOf(state)
  const { modelSelection = null, titleSeed = null } = command
  return { events: 2, work: { type: 'turn', thread, message, modelSelection, titleSeed } }
}

/** The turn that it names is shown as interrupted at once, whatever became of it. */
export function interruptTurn(
  state: State,
  { threadId, turnId }: CommandOf<'thread.turn.interrupt'>,
): Decided {
  const thread = threadOf(state, threadId)
  const turn = thread.turns.find((each) => each.turnId === turnId)
  thread.updatedAt = timeOf(state)
  if (turn !== undefined) {
    turn.state = 'interrupted'
    turn.completedAt ??= thread.updatedAt
  }
  return { events: 1, work: { type: 'interrupt', thread } }
}

export function stopSession(
  state: State,
  { threadId, onlyIfSettled = false }: CommandOf<'thread.session.stop'>,
): Decided {
  const thread = threadOf(state, threadId)
  if (onlyIfSettled && thread.settledOverride !== 'settled') return { events: 0 }
  thread.updatedAt = timeOf(state)
  return { events: 1, work: { type: 'stop', thread } }
}

export function respond(
  state: State,
  command: CommandOf<'thread.approval.respond' | 'thread.user-input.respond'>,
): Decided {
  const { threadId, requestId } = command
  const thread = threadOf(state, threadId)
  thread.updatedAt = timeOf(state)
  if (command.type === 'thread.user-input.respond')
    return { events: 1, work: { type: 'input', thread, requestId, answers: command.answers } }
  const pending = thread.pending.get(requestId)
  if (pending?.kind === 'approval') pending.isFlagged = false
  return { events: 1, work: { type: 'approval', thread, requestId, decision: command.decision } }
}

export function revert(
  state: State,
  { threadId, turnCount }: CommandOf<'thread.checkpoint.revert'>,
): Decided {
  const thread = threadOf(state, threadId)
  thread.updatedAt = timeOf(state)
  return { events: 1, work: { type: 'revert', thread, turnCount } }
}
