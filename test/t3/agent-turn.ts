/**
 * A turn as the scripted agent of a test sees it: where it works, what it was told, and what it may do.
 *
 * One that returns has completed its turn, unless it ended otherwise. Once its signal is aborted, or its turn is
 * over, nothing it does is seen any more.
 */
import { randomUUID } from 'node:crypto'

import type { Decision } from './decided.ts'
import { type At, completed, crashed, failedTurn } from './ending.ts'
import type { Life } from './life.ts'
import type { ModelSelection, Thread, Turn } from './model.ts'
import { type Answers, askApproval, askQuestion, type Question } from './requests.ts'
import { addActivity, isClosed, type NewActivity, timeOf, touch } from './state.ts'

export type Running = {
  readonly turn: Turn
  readonly cwd: string
  readonly abort: AbortController
  isOver: boolean
  /** Its end is never told. */
  isMute: boolean
  /** Whoever waits for the agent's next line. */
  readonly printed: Array<() => void>
}

export type AgentTurn = {
  readonly threadId: string
  readonly turnId: string
  /** The thread's worktree, or its project's workspace. */
  readonly cwd: string
  /** What began the turn. */
  readonly prompt: string
  /** With what was said into it while it ran. */
  readonly prompts: readonly string[]
  readonly modelSelection: ModelSelection
  readonly runtimeMode: string
  /** Aborted upon an interrupt, a stop and the end of the server's process. */
  readonly signal: AbortSignal
  say(text: string): void
  activity(given: NewActivity): void
  /** What goes on behind the turn, also after its end. */
  background(liveness: Thread['backgroundLiveness']): void
  askApproval(detail: string): Promise<Decision>
  askQuestion(questions: readonly Question[]): Promise<Answers>
  complete(): void
  /** The provider tells an error. */
  fail(message: string): void
  /** The agent's process is gone. */
  crash(message?: string): void
  /** It completes, and only this text says why. */
  limitReached(text: string): void
}

export function agentTurn(life: Life, at: At, modelSelection: ModelSelection): AgentTurn {
  const { thread, live, running } = at
  const isHeard = () => !running.isOver && !running.abort.signal.aborted
  const print = (write: () => void) => {
    if (!isHeard()) return
    running.printed.splice(0).forEach((heard) => heard())
    if (!isClosed(thread)) write()
  }
  const never = <T>() => new Promise<T>(() => {})
  const turn: AgentTurn = {
    threadId: thread.id,
    turnId: running.turn.turnId,
    cwd: running.cwd,
    prompt: running.turn.prompts[0] ?? '',
    prompts: running.turn.prompts,
    modelSelection,
    runtimeMode: thread.runtimeMode,
    signal: running.abort.signal,
    say: (text) => print(() => said(life, at, text)),
    activity: (given) => print(() => addActivity(life.state, thread, given)),
    background(liveness) {
      if (life.isOver || isClosed(thread)) return
      thread.backgroundLiveness = liveness
      touch(life.state, thread)
    },
    async askApproval(detail) {
      if (!isHeard()) return await never()
      print(() => {})
      return await askApproval(life, { thread, live }, detail)
    },
    async askQuestion(questions) {
      if (!isHeard()) return await never()
      print(() => {})
      return await askQuestion(life, { thread, live }, questions)
    },
    complete: () => isHeard() && completed(life, at),
    fail: (message) => isHeard() && failedTurn(life, at, message),
    crash: (message = 'Claude Code process exited with code 1') =>
      isHeard() && crashed(life, at, message),
    limitReached(text) {
      turn.say(text)
      turn.complete()
    },
  }
  return turn
}

function said({ state }: Life, { thread, running: { turn } }: At, text: string): void {
  touch(state, thread)
  const at = timeOf(state)
  const id = `assistant:${randomUUID()}`
  thread.messages.push({
    id,
    role: 'assistant',
    text,
    attachments: [],
    turnId: turn.turnId,
    createdAt: at,
    updatedAt: at,
  })
  turn.assistantMessageId = id
  // It takes the first whole message for the turn's end, while the session runs on.
  if (state.version === '27') Object.assign(turn, { state: 'completed', completedAt: at })
}
