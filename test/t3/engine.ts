/**
 * Takes one command: by its receipt where there is one, else by the rules, and writes the receipt.
 *
 * Throws RuleBroken for whatever T3 answers with its one opaque 500. What is thrown before, for a schema or a
 * workspace, leaves no receipt.
 */
import { invalid, RuleBroken } from './answer.ts'
import { aggregateOf, type Command } from './command.ts'
import type { Decided, Work } from './decided.ts'
import { inbox } from './inbox-commands.ts'
import type { Thread } from './model.ts'
import { createProject, deleteProject, updateProject } from './project-commands.ts'
import { essenceOf } from './smells.ts'
import { events, type State } from './state.ts'
import { archive, createThread, deleteThread, setMode, updateThread } from './thread-commands.ts'
import { interruptTurn, respond, revert, startTurn, stopSession } from './turn-commands.ts'
import { usable } from './workspace.ts'

export type Taken = {
  readonly sequence: number
  /** It was taken before, or in another's place: nothing is done. */
  readonly isReplay: boolean
  readonly work: readonly Work[]
}

/** Spells a workspace out, and looks at what is attached. */
export async function normalised(command: Command): Promise<Command> {
  if (command.type === 'project.create') {
    const isMade = command.createWorkspaceRootIfMissing === true
    return { ...command, workspaceRoot: await usable(command.workspaceRoot, { isMade }) }
  }
  if (command.type === 'project.meta.update' && command.workspaceRoot !== undefined)
    return { ...command, workspaceRoot: await usable(command.workspaceRoot, { isMade: false }) }
  if (command.type === 'thread.turn.start')
    for (const { dataUrl, mimeType } of command.message.attachments)
      if (!dataUrl.startsWith(`data:${mimeType};base64,`) || !isBase64.test(dataUrl))
        throw invalid('invalid_command')
  return command
}

const isBase64 = /;base64,[A-Za-z0-9+/]+={0,2}$/

export function take(state: State, command: Command): Taken {
  const aggregate = aggregateOf(command)
  const receipt = state.receipts.get(command.commandId)
  if (receipt !== undefined) {
    const isOthers = receipt.aggregate !== aggregate && state.version === '0821'
    if (receipt.sequence === null || isOthers)
      throw new RuleBroken(`the command ${command.commandId} was there`)
    return { sequence: receipt.sequence, isReplay: true, work: [] }
  }
  const known = { aggregate, command: essenceOf(command) }
  try {
    const { events: count, work, ended = [] } = decided(state, command)
    events(state, count)
    state.receipts.set(command.commandId, { ...known, sequence: state.sequence })
    const ends = ended.map((thread): Work => ({ type: 'end', thread }))
    return {
      sequence: state.sequence,
      isReplay: false,
      work: work === undefined ? ends : [work],
    }
  } catch (error) {
    if (error instanceof RuleBroken)
      state.receipts.set(command.commandId, { ...known, sequence: null })
    throw error
  }
}

function decided(state: State, command: Command): Decided & { readonly ended?: readonly Thread[] } {
  switch (command.type) {
    case 'project.create':
      return createProject(state, command)
    case 'project.meta.update':
      return updateProject(state, command)
    case 'project.delete':
      return deleteProject(state, command)
    case 'thread.create':
      return createThread(state, command)
    case 'thread.archive':
    case 'thread.unarchive':
      return archive(state, command)
    case 'thread.delete':
      return deleteThread(state, command)
    case 'thread.meta.update':
      return updateThread(state, command)
    case 'thread.runtime-mode.set':
    case 'thread.interaction-mode.set':
      return setMode(state, command)
    case 'thread.turn.start':
      return startTurn(state, command)
    case 'thread.turn.interrupt':
      return interruptTurn(state, command)
    case 'thread.session.stop':
      return stopSession(state, command)
    case 'thread.approval.respond':
    case 'thread.user-input.respond':
      return respond(state, command)
    case 'thread.checkpoint.revert':
      return revert(state, command)
    case 'thread.settle':
    case 'thread.unsettle':
    case 'thread.snooze':
    case 'thread.unsnooze':
    case 'thread.pin':
    case 'thread.unpin':
    case 'thread.pin.reorder':
      return inbox(state, command)
  }
}
