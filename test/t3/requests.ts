/**
 * What an agent asks in the middle of a turn: a permission, or some questions.
 *
 * The flag of an approval goes as soon as the answer was dispatched, that of a question when the provider has taken
 * it. Answering what nobody waits for any more is told by an activity, and takes the flag away.
 */
import { randomUUID } from 'node:crypto'

import type { Decision, Work } from './decided.ts'
import { type Life, type Live, pause } from './life.ts'
import type { Thread } from './model.ts'
import { addActivity, isClosed, setSession } from './state.ts'

export type Question = {
  readonly id: string
  readonly header: string
  readonly question: string
  readonly options: ReadonlyArray<{ readonly label: string; readonly description: string }>
  readonly multiSelect: boolean
}

export type Answers = Readonly<Record<string, unknown>>

type Asked = { readonly thread: Thread; readonly live: Live }

const permission = { requestKind: 'command', requestType: 'command_execution_approval' }

export function askApproval(life: Life, { thread, live }: Asked, detail: string) {
  const requestId = asked(life, thread, {
    kind: 'approval',
    tone: 'approval',
    payload: { ...permission, detail },
  })
  return waitFor<Decision>(live, requestId)
}

export function askQuestion(life: Life, { thread, live }: Asked, questions: readonly Question[]) {
  const requestId = asked(life, thread, { kind: 'input', tone: 'info', payload: { questions } })
  // What answers none of the questions never reaches the agent.
  return waitFor<Answers>(live, requestId).then((answers) =>
    Object.fromEntries(
      questions.flatMap(({ id }) => (Object.hasOwn(answers, id) ? [[id, answers[id]]] : [])),
    ),
  )
}

type Asking = {
  readonly kind: 'approval' | 'input'
  readonly tone: 'approval' | 'info'
  readonly payload: Readonly<Record<string, unknown>>
}

function asked({ state }: Life, thread: Thread, { kind, tone, payload }: Asking): string {
  const requestId = randomUUID()
  if (isClosed(thread)) return requestId
  thread.pending.set(requestId, { kind, isFlagged: true })
  addActivity(state, thread, {
    kind: kind === 'approval' ? 'approval.requested' : 'user-input.requested',
    tone,
    payload: { requestId, ...payload },
  })
  return requestId
}

const waitFor = <T>(live: Live, requestId: string): Promise<T> =>
  new Promise((resolve) => live.waiting.set(requestId, resolve as (answer: unknown) => void))

type Responding = Extract<Work, { readonly type: 'approval' | 'input' }>

export async function responded(life: Life, work: Responding): Promise<void> {
  const { thread, requestId } = work
  if (isClosed(thread)) return
  const waiting = life.sessions.get(thread.id)?.waiting
  if (waiting?.has(requestId) !== true) return stale(life, work)
  if (work.type === 'input') await pause(life, 'confirm')
  settle(life, { thread, waiting, requestId }, work.type === 'input' ? work.answers : work.decision)
}

function stale(life: Life, { type, thread, requestId }: Responding): void {
  const what = type === 'approval' ? 'approval' : 'user-input'
  thread.pending.delete(requestId)
  addActivity(life.state, thread, {
    kind: `provider.${what}.respond.failed`,
    payload: { requestId, detail: `Stale pending ${what} request: ${requestId}` },
  })
  // To deliver it, the provider has taken a lost session up again.
  if (life.sessions.has(thread.id) || thread.session?.status !== 'error') return
  life.sessions.set(thread.id, {
    instanceId: thread.modelSelection.instanceId,
    running: null,
    waiting: new Map(),
  })
  setSession(life.state, thread, { status: 'ready', lastError: null })
}

/** Nobody will answer any more: the agent is told so. */
export function cancelRequests(life: Life, { thread, live }: Asked): void {
  for (const requestId of live.waiting.keys()) {
    const isApproval = thread.pending.get(requestId)?.kind === 'approval'
    settle(life, { thread, waiting: live.waiting, requestId }, isApproval ? 'cancel' : {})
  }
}

type Settling = {
  readonly thread: Thread
  readonly waiting: Live['waiting']
  readonly requestId: string
}

function settle(life: Life, { thread, waiting, requestId }: Settling, answer: unknown): void {
  if (!isClosed(thread)) {
    thread.pending.delete(requestId)
    addActivity(
      life.state,
      thread,
      typeof answer === 'string'
        ? {
            kind: 'approval.resolved',
            tone: 'approval',
            payload: { requestId, ...permission, decision: answer },
          }
        : { kind: 'user-input.resolved', payload: { requestId, answers: answer } },
    )
  }
  const resolve = waiting.get(requestId)
  waiting.delete(requestId)
  resolve?.(answer)
}
