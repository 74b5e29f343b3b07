/**
 * One thread as T3 Code lists it, as far as it matters here.
 *
 * Words that are not known are `unknown`, fields that are not known are left out, and an optional one may be
 * missing. Servers before 0.0.29 list messages and activities, and no flags: what waits is read from these.
 */
import * as z from 'zod'

import { ANOTHER_GENERATION } from './meaning.ts'
import { T3Error } from './t3-error.ts'
import { activitiesIn, type Activity, messagesIn } from './transcript.ts'

const Text = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null)
const Time = z.string().catch('')

const LatestTurn = z.object({
  turnId: z.string(),
  state: z.enum(['running', 'interrupted', 'completed', 'error', 'unknown']).catch('unknown'),
  requestedAt: Time,
  completedAt: Text,
  assistantMessageId: Text,
})

const Session = z.object({
  status: z
    .enum(['idle', 'starting', 'running', 'ready', 'interrupted', 'stopped', 'error', 'unknown'])
    .catch('unknown'),
  lastError: Text,
  updatedAt: Time,
})

const Row = z.object({
  id: z.string(),
  projectId: z.string().catch(''),
  title: z.string().catch(''),
  branch: Text,
  worktreePath: Text,
  latestTurn: LatestTurn.nullish().transform((turn) => turn ?? null),
  session: Session.nullish().transform((session) => session ?? null),
  updatedAt: Time,
  archivedAt: Text,
  deletedAt: Text,
  latestUserMessageAt: Text,
  hasPendingApprovals: z.boolean().nullish().catch(null),
  hasPendingUserInput: z.boolean().nullish().catch(null),
  backgroundLiveness: Text,
})

export type LatestTurn = z.infer<typeof LatestTurn>
export type Session = z.infer<typeof Session>

export type ThreadRow = Pick<
  z.infer<typeof Row>,
  'id' | 'projectId' | 'title' | 'branch' | 'worktreePath' | 'latestTurn' | 'session' | 'updatedAt'
> & {
  readonly isArchived: boolean
  readonly isDeleted: boolean
  readonly latestUserMessageAt: string | null
  /** The last that was said was said to the agent; null: the server lists no messages. */
  readonly isUnanswered: boolean | null
  readonly waitsFor: 'approval' | 'input' | null
  readonly isBackgroundWorking: boolean
  /** How many messages and activities of the agent are listed; 0: the server lists none. */
  readonly traces: number
}

/** @throws {T3Error} `unsupported`: what cannot be understood is not taken for one that is gone. */
export function threadRow(value: unknown): ThreadRow {
  const parsed = Row.safeParse(value)
  if (!parsed.success) throw new T3Error('unsupported', ANOTHER_GENERATION)
  const { archivedAt, deletedAt, hasPendingApprovals, hasPendingUserInput, ...row } = parsed.data
  const { id, projectId, title, branch, worktreePath, latestTurn, session, updatedAt } = row
  const messages = messagesIn(value)
  const activities = activitiesIn(value)
  const open = waiting(activities, latestTurn)
  const approves = hasPendingApprovals ?? open.approval
  const answers = hasPendingUserInput ?? open.input
  return {
    id,
    projectId,
    title,
    branch,
    worktreePath,
    latestTurn,
    session,
    updatedAt,
    isArchived: archivedAt !== null,
    isDeleted: deletedAt !== null,
    latestUserMessageAt:
      row.latestUserMessageAt ??
      messages.findLast(({ role }) => role === 'user')?.createdAt ??
      null,
    isUnanswered: messages.length === 0 ? null : messages.at(-1)?.role === 'user',
    waitsFor: approves ? 'approval' : answers ? 'input' : null,
    isBackgroundWorking: row.backgroundLiveness === 'working',
    traces: messages.filter(({ role }) => role === 'assistant').length + activities.length,
  }
}

function waiting(activities: readonly Activity[], turn: LatestTurn | null) {
  return {
    approval: openRequest(activities, 'approval', turn) !== null,
    input: openRequest(activities, 'user-input', turn) !== null,
  }
}

/**
 * The newest of this turn that nobody has answered, and that the server has not called stale; null: there is none. What
 * was asked in the turn before stays open where a restart ended that, and nobody waits for it.
 */
export function openRequest(
  activities: readonly Activity[],
  kind: 'approval' | 'user-input',
  turn: LatestTurn | null,
): Activity | null {
  const closed = new Set<string>()
  for (const activity of activities.toReversed()) {
    const { requestId, detail } = activity
    if (requestId === '') continue
    if (activity.kind === `${kind}.resolved`) closed.add(requestId)
    if (activity.kind === `provider.${kind}.respond.failed` && detail.startsWith('Stale pending'))
      closed.add(requestId)
    const isOpen = activity.kind === `${kind}.requested` && !closed.has(requestId)
    if (isOpen && turn !== null && isIn(activity, turn)) return activity
  }
  return null
}

/** By when it was, where it does not say of which turn it is. */
function isIn({ turnId, createdAt }: Activity, turn: LatestTurn): boolean {
  return turnId === '' ? createdAt >= turn.requestedAt : turnId === turn.turnId
}
