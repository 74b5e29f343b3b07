/** The commands that are sent to T3 Code, of the many that it knows. */
type Named = { readonly commandId: string }
type Dated = Named & { readonly createdAt: string }

export type ModelSelection = {
  readonly instanceId: string
  readonly model: string
  readonly options?: ReadonlyArray<{ readonly id: string; readonly value: string | boolean }>
}

export type RuntimeMode = 'approval-required' | 'auto-accept-edits' | 'auto' | 'full-access'

export type Command =
  | (Dated & {
      readonly type: 'project.create'
      readonly projectId: string
      readonly title: string
      readonly workspaceRoot: string
    })
  | (Dated & {
      readonly type: 'thread.create'
      readonly threadId: string
      readonly projectId: string
      readonly title: string
      readonly modelSelection: ModelSelection
      readonly runtimeMode: RuntimeMode
      readonly interactionMode: 'default'
      readonly branch: string
      readonly worktreePath: string
    })
  | (Dated & {
      readonly type: 'thread.turn.start'
      readonly threadId: string
      readonly message: Message
      readonly runtimeMode: RuntimeMode
      readonly interactionMode: 'default'
    })
  | (Dated & {
      readonly type: 'thread.turn.interrupt'
      readonly threadId: string
      readonly turnId?: string
    })
  | (Dated & { readonly type: 'thread.session.stop'; readonly threadId: string })
  | (Named & { readonly type: 'thread.archive' | 'thread.unarchive'; readonly threadId: string })

type Message = {
  readonly messageId: string
  readonly role: 'user'
  readonly text: string
  readonly attachments: readonly []
}
