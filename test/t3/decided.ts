/** What a command comes to: how many events it wrote, and what the provider has to do after it was answered. */
import { RuleBroken } from './answer.ts'
import type { Message, ModelSelection, Project, Thread } from './model.ts'
import { type State, timeOf } from './state.ts'

export type Work =
  | {
      readonly type: 'turn'
      readonly thread: Thread
      readonly message: Message
      readonly modelSelection: ModelSelection | null
      readonly titleSeed: string | null
    }
  | { readonly type: 'interrupt'; readonly thread: Thread }
  | { readonly type: 'stop'; readonly thread: Thread }
  | { readonly type: 'end'; readonly thread: Thread }
  | {
      readonly type: 'approval'
      readonly thread: Thread
      readonly requestId: string
      readonly decision: Decision
    }
  | {
      readonly type: 'input'
      readonly thread: Thread
      readonly requestId: string
      readonly answers: Readonly<Record<string, unknown>>
    }
  | { readonly type: 'revert'; readonly thread: Thread; readonly turnCount: number }

export type Decision = 'accept' | 'acceptForSession' | 'decline' | 'cancel'

export type Decided = { readonly events: number; readonly work?: Work }

/** Deleted ones, too, and archived ones: most rules do not ask. */
export function threadOf(state: State, id: string): Thread {
  const thread = state.threads.get(id)
  if (thread === undefined) throw new RuleBroken(`no thread ${id}`)
  return thread
}

export function projectOf(state: State, id: string): Project {
  const project = state.projects.get(id)
  if (project === undefined) throw new RuleBroken(`no project ${id}`)
  return project
}

/** From v0.0.29 on the server's clock says when a thing was created. */
export const createdAtOf = (state: State, told: string): string =>
  state.version === '27' ? told : timeOf(state)
