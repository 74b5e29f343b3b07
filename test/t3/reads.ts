/** What the GETs answer: everything, the rows that people see, or one thread. */
import { threadNotFound } from './answer.ts'
import { fullJson, type Held, projectJson, shellJson } from './json-thread.ts'
import type { Thread } from './model.ts'
import { shownOf } from './page.ts'
import { iso, isClosed, latestTurnOf, type State } from './state.ts'

/** All that there is, archived and deleted as well. Only v0.0.27 says what was said in it. */
export function snapshot(state: State): object {
  const nothing: Held = { messages: [], activities: [], checkpoints: [] }
  return {
    ...about(state),
    projects: state.projects
      .values()
      .map((each) => projectJson(state, each, 'snapshot'))
      .toArray(),
    threads: state.threads
      .values()
      .map((each) => fullJson(state, each, state.version === '27' ? each : nothing))
      .toArray(),
  }
}

export function shell(state: State): object {
  return {
    ...about(state),
    projects: state.projects
      .values()
      .filter(({ deletedAt }) => deletedAt === null)
      .map((each) => projectJson(state, each, 'shell'))
      .toArray(),
    threads: state.threads
      .values()
      .filter((each) => !isClosed(each))
      .map((each) => shellJson(state, each))
      .toArray(),
  }
}

export function oneThread(state: State, id: string, query: URLSearchParams): object {
  const thread = state.threads.get(id)
  if (thread === undefined || isClosed(thread)) throw threadNotFound()
  if (state.version === 'v2') return { schemaVersion: 2, thread: threadOfV2(thread) }
  const { held, page } = shownOf(thread, query)
  return {
    snapshotSequence: state.sequence,
    thread: fullJson(state, thread, held),
    ...(page !== null && { page: { ...page, snapshotSequence: state.sequence } }),
  }
}

/** Orchestration V2: other rows, under the same address. */
export function shellOfV2(state: State): object {
  return {
    schemaVersion: 2,
    ...about(state),
    projects: state.projects
      .values()
      .map((each) => projectJson(state, each, 'shell'))
      .toArray(),
    threads: state.threads
      .values()
      .filter((each) => !isClosed(each))
      .map((each) => threadOfV2(each))
      .toArray(),
    archivedThreads: [],
  }
}

function threadOfV2(thread: Thread): object {
  const turn = latestTurnOf(thread)
  return {
    id: thread.id,
    projectId: thread.projectId,
    title: thread.title,
    status: turn?.state ?? 'idle',
    latestRunId: turn?.turnId ?? null,
    activeRunId: thread.session?.activeTurnId ?? null,
    pendingRuntimeRequest: null,
    latestVisibleMessage: thread.messages.at(-1)?.text ?? null,
    updatedAt: thread.updatedAt,
  }
}

function about(state: State): { readonly snapshotSequence: number; readonly updatedAt: string } {
  const { sequence, updatedAt } = state
  return { snapshotSequence: sequence, updatedAt: updatedAt ?? iso(0) }
}
