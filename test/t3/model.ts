/**
 * What a T3 Code server keeps, in memory.
 *
 * Rows are kept in the words of the wire; what of them a version shows is said in `json-thread.ts`. Instants are
 * strings as T3 writes them: `2026-11-23T08:00:00.000Z`.
 */
export type Version =
  /** v0.0.27 */
  | '27'
  /** v0.0.32 */
  | '32'
  /** Upstream's main of 2026-08-21, "0.0.33". */
  | '0821'
  /** Orchestration V2, of which only what a client of today would meet. */
  | 'v2'

export type ModelSelection = {
  readonly instanceId: string
  readonly model: string
  readonly options?: unknown
}

export type Project = {
  readonly id: string
  title: string
  workspaceRoot: string
  defaultModelSelection: ModelSelection | null
  defaultThreadEnvMode: 'local' | 'worktree' | null
  faviconPath: string | null
  scripts: readonly unknown[]
  readonly createdAt: string
  updatedAt: string
  deletedAt: string | null
}

export type SessionStatus =
  'idle' | 'starting' | 'running' | 'ready' | 'interrupted' | 'stopped' | 'error'

export type Session = {
  readonly status: SessionStatus
  readonly providerName: string | null
  readonly activeTurnId: string | null
  readonly lastError: string | null
  readonly updatedAt: string
}

export type TurnState = 'running' | 'interrupted' | 'completed' | 'error'

export type Turn = {
  readonly turnId: string
  readonly messageId: string
  /** What began it, and what was said into it while it ran. */
  readonly prompts: string[]
  state: TurnState
  readonly requestedAt: string
  readonly startedAt: string
  completedAt: string | null
  assistantMessageId: string | null
}

export type Attachment = {
  readonly type: 'image'
  readonly id: string
  readonly name: string
  readonly mimeType: string
  readonly sizeBytes: number
}

export type Message = {
  readonly id: string
  readonly role: 'user' | 'assistant' | 'system'
  readonly text: string
  readonly attachments: readonly Attachment[]
  readonly turnId: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

export type Activity = {
  readonly id: string
  readonly tone: 'info' | 'tool' | 'approval' | 'error'
  readonly kind: string
  readonly summary: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly turnId: string | null
  readonly sequence: number
  readonly createdAt: string
}

export type Checkpoint = {
  readonly turnId: string
  readonly checkpointTurnCount: number
  readonly checkpointRef: string
  readonly status: 'ready' | 'missing' | 'error'
  readonly files: readonly unknown[]
  readonly assistantMessageId: string | null
  readonly completedAt: string
}

/** A request that the flags of a shell row speak of, whether or not an agent still waits for it. */
export type Pending = { readonly kind: 'approval' | 'input'; isFlagged: boolean }

export type Thread = {
  readonly id: string
  readonly projectId: string
  title: string
  modelSelection: ModelSelection
  runtimeMode: string
  interactionMode: string
  branch: string | null
  worktreePath: string | null
  session: Session | null
  /** Of `turns`; null: none that is shown. */
  latestTurnId: string | null
  readonly turns: Turn[]
  messages: Message[]
  readonly activities: Activity[]
  checkpoints: Checkpoint[]
  readonly pending: Map<string, Pending>
  backgroundLiveness: 'working' | 'monitoring' | null
  readonly createdAt: string
  updatedAt: string
  archivedAt: string | null
  deletedAt: string | null
  settledOverride: 'settled' | 'active' | null
  settledAt: string | null
  snoozedUntil: string | null
  snoozedAt: string | null
  pinnedAt: string | null
  pinOrderKey: string | null
}
