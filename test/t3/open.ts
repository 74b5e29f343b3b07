/** A stand-in with a project in a folder of its own and threads in it; closed when the test is over. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import { temporaryFolder } from '../temporary.ts'
import { until } from '../until.ts'
import { ask, type Asked, dispatch, type Told } from './ask.ts'
import { type T3Options, type T3StandIn, t3StandIn } from './stand-in.ts'

export type Row = {
  readonly id: string
  readonly title: string
  readonly branch: string | null
  readonly runtimeMode: string
  readonly updatedAt: string
  readonly archivedAt: string | null
  readonly latestTurn: {
    readonly turnId: string
    readonly state: string
    readonly requestedAt: string
    readonly completedAt: string | null
    readonly assistantMessageId: string | null
  } | null
  readonly session: {
    readonly status: string
    readonly activeTurnId: string | null
    readonly lastError: string | null
  } | null
  readonly latestUserMessageAt?: string | null
  readonly hasPendingApprovals?: boolean
  readonly hasPendingUserInput?: boolean
  readonly backgroundLiveness?: string | null
  readonly messages?: ReadonlyArray<{ readonly id: string; readonly text: string }>
  readonly activities?: ReadonlyArray<{
    readonly kind: string
    readonly payload: Readonly<Record<string, unknown>>
  }>
  readonly checkpoints?: ReadonlyArray<{ readonly status: string }>
}

export type Opened = {
  readonly t3: T3StandIn
  /** The project's. */
  readonly folder: string
  dispatch(command: Parameters<typeof dispatch>[1], more?: Asked): Promise<Told>
  get(path: string, more?: Asked): Promise<Told>
  /** `t1`, without a worktree, unless told otherwise. */
  thread(more?: Readonly<Record<string, unknown>>): Promise<Told>
  /** A turn in `t1`, unless told otherwise. */
  turn(text: string, more?: Readonly<Record<string, unknown>>): Promise<Told>
  /** As it is shown where the version shows most of it: one thread's detail, or the snapshot. */
  row(id?: string): Promise<Row>
  /** As people's list shows it. */
  shellRow(id?: string): Promise<Row | undefined>
  snapshotRow(id?: string): Promise<Row | undefined>
  /** Until T and S are so. */
  comesTo(turn: string | null, session: string | null, id?: string): Promise<Row>
}

export type OpenOptions = T3Options & {
  /** A repository, as far as T3 looks: there is a `.git`. */
  readonly isGit?: boolean
}

export async function open({ isGit = false, ...options }: OpenOptions = {}): Promise<Opened> {
  const t3 = await t3StandIn(options)
  onTestFinished(() => t3.close())
  const folder = temporaryFolder()
  if (isGit) mkdirSync(join(folder, '.git'))
  const opened = opening(t3, folder)
  await opened.dispatch({
    type: 'project.create',
    projectId: 'p1',
    title: 'p1',
    workspaceRoot: folder,
  })
  return opened
}

function opening(t3: T3StandIn, folder: string): Opened {
  const get = (path: string, more: Asked = {}) => ask(t3, `/api/orchestration/${path}`, more)
  const listed = async (where: string, id: string) => {
    const { json } = await get(where)
    return (json as { readonly threads: readonly Row[] }).threads.find((each) => each.id === id)
  }
  const row = async (id = 't1') => {
    const told = await get(`threads/${id}`)
    if (told.status === 200 && told.type === 'application/json')
      return (told.json as { readonly thread: Row }).thread
    const found = await listed('snapshot', id)
    if (found === undefined) throw new Error(`no thread ${id}`)
    return found
  }
  return {
    t3,
    folder,
    dispatch: (command, more) => dispatch(t3, command, more),
    get,
    thread: (more = {}) =>
      dispatch(t3, { type: 'thread.create', threadId: 't1', ...newThread, ...more }),
    turn: (text, more = {}) =>
      dispatch(t3, { type: 'thread.turn.start', threadId: 't1', ...newTurn(text), ...more }),
    row,
    shellRow: (id = 't1') => listed('shell', id),
    snapshotRow: (id = 't1') => listed('snapshot', id),
    async comesTo(turn, session, id = 't1') {
      const isSo = ({ latestTurn, session: seen }: Row) =>
        (latestTurn?.state ?? null) === turn && (seen?.status ?? null) === session
      let last = await row(id)
      await until(`${id} comes to ${turn}/${session}`, async () => isSo((last = await row(id))))
      return last
    },
  }
}

const newThread = {
  projectId: 'p1',
  title: '#42 fix login',
  modelSelection: { instanceId: 'claudeAgent', model: 'claude-sonnet-5' },
  runtimeMode: 'full-access',
  branch: null,
  worktreePath: null,
}

let messages = 0

const newTurn = (text: string) => ({
  message: { messageId: `m${(messages += 1)}`, role: 'user', text, attachments: [] },
  runtimeMode: 'full-access',
  interactionMode: 'default',
})
