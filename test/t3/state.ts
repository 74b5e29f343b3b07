/**
 * All that the server has on its disk, and its clock.
 *
 * Every change is an event with the next number. A restart leaves all of this as it is.
 */
import { randomUUID } from 'node:crypto'

import type { Activity, Project, Session, Thread, Turn, Version } from './model.ts'
import type { Settings } from './settings.ts'

export type State = {
  version: Version
  readonly serverVersion: string | null
  readonly settings: Settings
  readonly environmentId: string
  /** The server's clock, which may differ from everybody else's. */
  readonly now: () => number
  sequence: number
  /** When its last event was; null: there was none. */
  updatedAt: string | null
  readonly projects: Map<string, Project>
  readonly threads: Map<string, Thread>
  readonly receipts: Map<string, Receipt>
}

/** `sequence` null: a rule refused it, and the id is spoilt. */
export type Receipt = {
  readonly aggregate: string
  readonly sequence: number | null
  /** What it said, for whoever says something else under its id. */
  readonly command: string
}

export const iso = (at: number): string => new Date(at).toISOString()

export const timeOf = (state: State): string => iso(state.now())

export function events(state: State, count: number): void {
  state.sequence += count
  state.updatedAt = timeOf(state)
}

/** One event of this thread more. */
export function touch(state: State, thread: Thread): void {
  events(state, 1)
  thread.updatedAt = timeOf(state)
}

export function setSession(
  state: State,
  thread: Thread,
  change: Partial<Omit<Session, 'updatedAt'>>,
): void {
  touch(state, thread)
  thread.session = {
    ...(thread.session ?? unstarted),
    ...change,
    updatedAt: thread.updatedAt,
  }
}

const unstarted = {
  status: 'idle',
  providerName: null,
  activeTurnId: null,
  lastError: null,
} as const

export type NewActivity = Pick<Activity, 'kind' | 'payload'> &
  Partial<Pick<Activity, 'tone' | 'summary'>>

export function addActivity(state: State, thread: Thread, given: NewActivity): void {
  touch(state, thread)
  thread.activities.push({
    id: randomUUID(),
    tone: given.kind.endsWith('failed') || given.kind === 'runtime.error' ? 'error' : 'info',
    summary: given.kind,
    turnId: thread.session?.activeTurnId ?? null,
    sequence: state.sequence,
    createdAt: thread.updatedAt,
    ...given,
  })
}

/** The newest adopted turn, where the version shows one. */
export const latestTurnOf = (thread: Thread): Turn | null =>
  thread.turns.find(({ turnId }) => turnId === thread.latestTurnId) ?? null

export const hasPending = (thread: Thread, kind: 'approval' | 'input'): boolean =>
  thread.pending.values().some((each) => each.kind === kind && each.isFlagged)

/** Nothing is started in such a thread. */
export const isClosed = ({ archivedAt, deletedAt }: Thread): boolean =>
  archivedAt !== null || deletedAt !== null

/** What a provider tells of a thread: nothing of it is seen once that is closed. */
export function tell(thread: Thread, write: () => void): void {
  if (!isClosed(thread)) write()
}
