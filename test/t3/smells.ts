/** What T3 lets pass and no client should send: it is lost, or does something else than it says. */
import { aggregateOf, type Command } from './command.ts'
import { isClosed, type State } from './state.ts'

/** Asked before the command is taken. */
export function smellsOf(state: State, command: Command): readonly string[] {
  const receipt = state.receipts.get(command.commandId)
  if (receipt === undefined) return [...unwise(state, command), ...misdated(command)]
  if (receipt.sequence === null) return [`${command.type}: its id is spoilt`]
  if (receipt.aggregate !== aggregateOf(command))
    return [`${command.type}: its id belongs to another ${receipt.aggregate}`]
  return receipt.command === essenceOf(command) ? [] : [`${command.type}: another body, same id`]
}

/** What must be the same when it is sent again. */
export const essenceOf = (command: Command): string => JSON.stringify({ ...command, createdAt: '' })

function unwise(state: State, command: Command): readonly string[] {
  return suspicions(state, command).flatMap(([is, what]) =>
    is ? [`${command.type}: ${what}`] : [],
  )
}

type Suspicion = readonly [is: boolean, what: string]

function suspicions(state: State, command: Command): readonly Suspicion[] {
  if (command.type === 'project.create')
    return [[!command.workspaceRoot.startsWith('/'), 'a workspace that is not absolute']]
  if (command.type === 'thread.create')
    return [
      [command.title === 'New thread', 'a title that a model will write anew'],
      [ownBranch.test(command.branch ?? ''), 'a branch that will be renamed'],
      [state.projects.get(command.projectId)?.deletedAt != null, 'into a deleted project'],
    ]
  const thread = 'threadId' in command ? state.threads.get(command.threadId) : undefined
  const isAlive = /^(?:starting|running)$/.test(thread?.session?.status ?? '')
  if (command.type === 'thread.session.stop' || command.type === 'thread.archive')
    return [[isAlive, 'while a turn runs']]
  if (command.type !== 'thread.turn.start') return []
  const { bootstrap, titleSeed, runtimeMode } = command
  return [
    [bootstrap !== undefined, 'bootstrap is ignored over HTTP'],
    [titleSeed !== undefined, 'titleSeed lets a model write the title'],
    [isAlive, 'said into a turn that runs'],
    [thread !== undefined && isClosed(thread), 'into a thread that is closed'],
    [thread !== undefined && thread.runtimeMode !== runtimeMode, 'another runtimeMode'],
  ]
}

const ownBranch = /^t3code\//

function misdated(command: Command): readonly string[] {
  if (!('createdAt' in command)) return []
  const isGood = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(command.createdAt)
  return isGood ? [] : [`${command.type}: createdAt is ${command.createdAt}`]
}
