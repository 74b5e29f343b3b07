/**
 * The commands that a dispatch takes, as each version decodes them.
 *
 * Null: this version's schema refuses the body. Strings that T3 trims are trimmed, keys that it does not know are
 * gone, and so are those that a version did not know yet.
 */
import * as z from 'zod'

import type { Version } from './model.ts'

const trimmed = z.string().trim().min(1)
const runtimeMode = z.enum(['approval-required', 'auto-accept-edits', 'auto', 'full-access'])
const interactionMode = z.enum(['default', 'plan'])
const instanceId = trimmed.regex(/^[a-zA-Z][a-zA-Z0-9_-]*$/).max(64)
const options = z.union([
  z.array(z.object({ id: trimmed, value: z.union([z.string(), z.boolean()]) })),
  z.record(z.string(), z.unknown()),
])
const modelSelection = z.union([
  z.object({ instanceId, model: trimmed, options: options.exactOptional() }),
  z
    .object({ provider: instanceId, model: trimmed, options: options.exactOptional() })
    .transform(({ provider, ...rest }) => ({ instanceId: provider, ...rest })),
])
const attachment = z.object({
  type: z.literal('image'),
  name: trimmed.max(255),
  mimeType: trimmed.regex(/^image\//),
  sizeBytes: z.int().min(0).max(10_485_760),
  dataUrl: z.string(),
})
const message = z.object({
  messageId: trimmed,
  role: z.literal('user'),
  text: z.string(),
  attachments: z.array(attachment).max(8),
})
const placed = { branch: trimmed.nullable(), worktreePath: trimmed.nullable() }
const newThread = {
  projectId: trimmed,
  title: trimmed,
  modelSelection,
  runtimeMode,
  ...placed,
  createdAt: z.string(),
}
const bootstrap = z.object({
  createThread: z.object({ ...newThread, interactionMode }).exactOptional(),
  prepareWorktree: z
    .object({ projectCwd: trimmed, baseBranch: trimmed, branch: trimmed.exactOptional() })
    .exactOptional(),
  runSetupScript: z.boolean().exactOptional(),
})

const ofProject = { commandId: trimmed, projectId: trimmed }
const ofThread = { commandId: trimmed, threadId: trimmed }
const timed = { ...ofThread, createdAt: z.string() }
const type = <T extends string>(name: T) => z.literal(name)

const schema = z.discriminatedUnion('type', [
  z.object({
    type: type('project.create'),
    ...ofProject,
    title: trimmed,
    workspaceRoot: trimmed,
    createdAt: z.string(),
    createWorkspaceRootIfMissing: z.boolean().exactOptional(),
    defaultModelSelection: modelSelection.nullish(),
  }),
  z.object({
    type: type('project.meta.update'),
    ...ofProject,
    title: trimmed.exactOptional(),
    workspaceRoot: trimmed.exactOptional(),
    defaultModelSelection: modelSelection.nullable().exactOptional(),
    scripts: z.array(z.unknown()).exactOptional(),
    defaultThreadEnvMode: z.enum(['local', 'worktree']).nullable().exactOptional(),
    faviconPath: trimmed.nullable().exactOptional(),
  }),
  z.object({ type: type('project.delete'), ...ofProject, force: z.boolean().exactOptional() }),
  z.object({
    type: type('thread.create'),
    ...ofThread,
    ...newThread,
    interactionMode: interactionMode.default('default'),
  }),
  z.object({
    type: type('thread.turn.start'),
    ...timed,
    message,
    runtimeMode,
    interactionMode,
    modelSelection: modelSelection.exactOptional(),
    titleSeed: trimmed.exactOptional(),
    bootstrap: bootstrap.exactOptional(),
    sourceProposedPlan: z.object({ threadId: trimmed, planId: trimmed }).exactOptional(),
  }),
  z.object({ type: type('thread.turn.interrupt'), ...timed, turnId: trimmed.exactOptional() }),
  z.object({
    type: type('thread.session.stop'),
    ...timed,
    onlyIfSettled: z.boolean().exactOptional(),
  }),
  z.object({
    type: type('thread.approval.respond'),
    ...timed,
    requestId: trimmed,
    decision: z.enum(['accept', 'acceptForSession', 'decline', 'cancel']),
  }),
  z.object({
    type: type('thread.user-input.respond'),
    ...timed,
    requestId: trimmed,
    answers: z.record(z.string(), z.unknown()),
  }),
  z.object({ type: type('thread.archive'), ...ofThread }),
  z.object({ type: type('thread.unarchive'), ...ofThread }),
  z.object({ type: type('thread.delete'), ...ofThread }),
  z.object({
    type: type('thread.meta.update'),
    ...ofThread,
    title: trimmed.exactOptional(),
    modelSelection: modelSelection.exactOptional(),
    branch: placed.branch.exactOptional(),
    worktreePath: placed.worktreePath.exactOptional(),
    expectedBranch: trimmed.nullable().exactOptional(),
    regenerateTitle: z.literal(true).exactOptional(),
  }),
  z.object({ type: type('thread.runtime-mode.set'), ...timed, runtimeMode }),
  z.object({ type: type('thread.interaction-mode.set'), ...timed, interactionMode }),
  z.object({ type: type('thread.checkpoint.revert'), ...timed, turnCount: z.int().min(0) }),
  z.object({ type: type('thread.settle'), ...ofThread }),
  z.object({ type: type('thread.unsettle'), ...ofThread, reason: z.literal('user') }),
  z.object({ type: type('thread.snooze'), ...ofThread, snoozedUntil: z.string() }),
  z.object({ type: type('thread.unsnooze'), ...ofThread, reason: z.literal('user') }),
  z.object({ type: type('thread.pin'), ...ofThread }),
  z.object({ type: type('thread.unpin'), ...ofThread }),
  z.object({ type: type('thread.pin.reorder'), ...ofThread, orderKey: trimmed }),
])

export type Command = z.infer<typeof schema>
export type CommandOf<T extends Command['type']> = Extract<Command, { readonly type: T }>

export function decode(version: Version, body: unknown): Command | null {
  const known = version === '27' && isRecord(body) ? without(body, newer) : body
  const parsed = schema.safeParse(known)
  if (!parsed.success) return null
  const command = parsed.data
  if (version === '27' && isLater.test(command.type)) return null
  if (version !== '0821' && command.type === 'thread.pin.reorder') return null
  if (version === '27' && 'runtimeMode' in command && command.runtimeMode === 'auto') return null
  if (command.type === 'thread.meta.update' && command.regenerateTitle === true)
    return command.title === undefined ? command : null
  return command
}

const isLater = /^thread\.(?:settle|unsettle|snooze|unsnooze|pin|unpin)$/

/** Keys that v0.0.27 takes for unknown. */
const newer = ['expectedBranch', 'regenerateTitle', 'onlyIfSettled', 'defaultThreadEnvMode']

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const without = (body: Readonly<Record<string, unknown>>, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)))

/** What a receipt of it belongs to. */
export const aggregateOf = (command: Command): string =>
  'threadId' in command ? `thread ${command.threadId}` : `project ${command.projectId}`
