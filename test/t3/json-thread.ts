/** Rows as a version shows them: which keys are there, and which are not, is part of what is played. */
import type { Activity, Message, Project, Session, Thread, Turn } from './model.ts'
import { hasPending, latestTurnOf, type State } from './state.ts'

export function projectJson(
  { version }: State,
  project: Project,
  where: 'snapshot' | 'shell',
): object {
  const { defaultThreadEnvMode, faviconPath, deletedAt, ...common } = project
  return {
    ...common,
    ...((version === '27' || where === 'shell') && { repositoryIdentity: null }),
    ...(version === '0821' && { defaultThreadEnvMode, faviconPath }),
    ...(where === 'snapshot' && { deletedAt }),
  }
}

function common({ version }: State, thread: Thread): object {
  const turn = latestTurnOf(thread)
  return {
    id: thread.id,
    projectId: thread.projectId,
    title: thread.title,
    modelSelection: thread.modelSelection,
    runtimeMode: thread.runtimeMode,
    interactionMode: thread.interactionMode,
    branch: thread.branch,
    worktreePath: thread.worktreePath,
    latestTurn: turn === null ? null : turnJson(turn),
    createdAt: thread.createdAt,
    updatedAt: thread.updatedAt,
    archivedAt: thread.archivedAt,
    ...(version !== '27' && {
      settledOverride: thread.settledOverride,
      settledAt: thread.settledAt,
      snoozedUntil: thread.snoozedUntil,
      snoozedAt: thread.snoozedAt,
      pinnedAt: thread.pinnedAt,
      titleRegeneration: null,
    }),
    ...(version === '0821' && { pinOrderKey: thread.pinOrderKey }),
    session: thread.session === null ? null : sessionJson(version, thread, thread.session),
  }
}

export type Held = Pick<Thread, 'messages' | 'activities' | 'checkpoints'>

/** Of the snapshot and of one thread; with what it `holds` of the transcript. */
export function fullJson(state: State, thread: Thread, holds: Held): object {
  return {
    ...common(state, thread),
    deletedAt: thread.deletedAt,
    messages: holds.messages.map(messageJson),
    proposedPlans: [],
    activities: holds.activities.map(activityJson),
    checkpoints: holds.checkpoints,
  }
}

export function shellJson(state: State, thread: Thread): object {
  return {
    ...common(state, thread),
    latestUserMessageAt: thread.messages.findLast(({ role }) => role === 'user')?.createdAt ?? null,
    hasPendingApprovals: hasPending(thread, 'approval'),
    hasPendingUserInput: hasPending(thread, 'input'),
    hasActionableProposedPlan: false,
    backgroundLiveness: thread.backgroundLiveness,
    planProgress: null,
  }
}

function turnJson(turn: Turn): object {
  const { messageId: _messageId, prompts: _prompts, ...shown } = turn
  return shown
}

function sessionJson(version: State['version'], { id, runtimeMode }: Thread, session: Session) {
  const { updatedAt, ...rest } = session
  return {
    threadId: id,
    ...rest,
    ...(version !== '27' && session.providerName !== null
      ? { providerInstanceId: session.providerName }
      : {}),
    runtimeMode,
    updatedAt,
  }
}

function messageJson({ attachments, ...message }: Message): object {
  return { ...message, ...(attachments.length > 0 && { attachments }), streaming: false }
}

const activityJson = (activity: Activity): object => activity
