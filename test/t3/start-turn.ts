/**
 * From a turn's acceptance to its agent: the session is started, the turn is shown, the agent is asked.
 *
 * Until the turn is shown, the thread shows the one before. What fails before that is told by an activity; what is
 * said into a turn that runs becomes part of it.
 */
import { randomUUID } from 'node:crypto'

import { agentTurn } from './agent-turn.ts'
import type { Work } from './decided.ts'
import { type At, completed, crashed } from './ending.ts'
import { aside, goOn, type Life, type Live, pause } from './life.ts'
import type { ModelSelection, Thread, Turn } from './model.ts'
import { addActivity, isClosed, setSession, tell, timeOf, touch } from './state.ts'
import { isFolder } from './workspace.ts'

type TurnWork = Extract<Work, { readonly type: 'turn' }>

export async function startTurn(life: Life, work: TurnWork): Promise<void> {
  const { thread, message } = work
  await life.holds.queued.passed()
  await pause(life, 'queued')
  if (isClosed(thread)) return
  const failure = life.failedStart()
  if (failure === 'lost') return
  const live = life.sessions.get(thread.id) ?? null
  if (live?.running != null) return void live.running.turn.prompts.push(message.text)

  const selection = work.modelSelection ?? thread.modelSelection
  const isFine = (message.text.trim() !== '' || message.attachments.length > 0) && isShort(message)
  const refusal = unusable(life, live, selection)
  life.calledOff.delete(thread.id)
  if (life.state.version !== '27')
    setSession(life.state, thread, { ...named(selection), status: 'starting', lastError: null })
  await life.holds.starting.passed()
  await pause(life, 'adopt')
  if (life.calledOff.has(thread.id)) return
  // Archived meanwhile over HTTP, it is started all the same, and nothing of it is shown.
  if (refusal !== null) return refused(life, thread, refusal)
  if (!isFine) return textRefused(life, thread, selection)
  const cwd = cwdOf(life, thread)
  if (failure === 'cli missing' || !isFolder(cwd)) return await streamFailed(life, thread)
  if (life.state.version === '27')
    tell(thread, () => setSession(life.state, thread, { ...named(selection), status: 'ready' }))
  await pause(life, 'moment')
  adopt(life, { ...work, live: live ?? joined(life, thread, selection), cwd, selection })
}

const isShort = ({ text }: TurnWork['message']) => text.length <= 120_000

const named = ({ instanceId }: ModelSelection) => ({ providerName: instanceId })

/** Why there will be no session; null: there will. */
function unusable({ state }: Life, live: Live | null, { instanceId }: ModelSelection) {
  if (!state.settings.instances.includes(instanceId))
    return `Unknown provider instance '${instanceId}'.`
  if (live !== null && live.instanceId !== instanceId)
    return `Thread is bound to '${live.instanceId}' and cannot switch to '${instanceId}'.`
  return null
}

function startFailed(life: Life, thread: Thread, detail: string): void {
  tell(thread, () =>
    addActivity(life.state, thread, { kind: 'provider.turn.start.failed', payload: { detail } }),
  )
}

function refused(life: Life, thread: Thread, detail: string): void {
  startFailed(life, thread, detail)
  if (life.state.version === '27') return
  tell(thread, () => setSession(life.state, thread, { status: 'error', lastError: detail }))
}

function textRefused(life: Life, thread: Thread, selection: ModelSelection): void {
  joined(life, thread, selection)
  startFailed(life, thread, 'Turn input must be 1 to 120000 characters.')
  const change = { ...named(selection), status: 'ready', lastError: null } as const
  tell(thread, () => setSession(life.state, thread, change))
}

async function streamFailed(life: Life, thread: Thread): Promise<void> {
  const lastError = 'Claude runtime stream failed.'
  const payload = { message: lastError }
  life.sessions.delete(thread.id)
  tell(thread, () => {
    addActivity(life.state, thread, { kind: 'runtime.error', payload })
    setSession(life.state, thread, { status: 'error', lastError })
  })
  await pause(life, 'moment')
  tell(thread, () => setSession(life.state, thread, { status: 'stopped' }))
}

function cwdOf({ state }: Life, { worktreePath, projectId }: Thread): string {
  return worktreePath ?? state.projects.get(projectId)?.workspaceRoot ?? ''
}

/** The session that is there, or a new one. */
function joined(life: Life, thread: Thread, { instanceId }: ModelSelection): Live {
  const live = life.sessions.get(thread.id) ?? { instanceId, running: null, waiting: new Map() }
  life.sessions.set(thread.id, live)
  return live
}

type Adopting = TurnWork & {
  readonly live: Live
  readonly cwd: string
  readonly selection: ModelSelection
}

function adopt(life: Life, { thread, message, live, cwd, selection, titleSeed }: Adopting): void {
  const turn: Turn = {
    turnId: randomUUID(),
    messageId: message.id,
    prompts: [message.text],
    state: 'running',
    requestedAt: message.createdAt,
    startedAt: timeOf(life.state),
    completedAt: null,
    assistantMessageId: null,
  }
  const abort = new AbortController()
  const running = { turn, cwd, abort, isOver: false, isMute: false, printed: [] }
  live.running = running
  tell(thread, () => {
    thread.turns.push(turn)
    thread.latestTurnId = turn.turnId
    const change = { status: 'running', activeTurnId: turn.turnId, lastError: null } as const
    setSession(life.state, thread, { ...named(selection), ...change })
    if (thread.turns.length === 1) renamed(life, thread, { titleSeed, text: message.text })
  })
  aside(life, () => acted(life, { thread, live, running }, selection))
}

/** What a first turn does to a thread that looks as if nobody had named it. */
function renamed(
  life: Life,
  thread: Thread,
  { titleSeed, text }: { readonly titleSeed: string | null; readonly text: string },
): void {
  const words = text.trim().split(/\s+/).slice(0, 5)
  const isUnnamed = thread.title === 'New thread' || thread.title === titleSeed
  if (isUnnamed) thread.title = words.join(' ')
  const isOwn = thread.worktreePath !== null && ownBranch.test(thread.branch ?? '')
  if (isOwn) thread.branch = `t3code/${words.join('-').toLowerCase()}`
  if (isUnnamed || isOwn) touch(life.state, thread)
}

const ownBranch =
  /^t3code\/(?:[0-9a-f]{8}|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})$/

async function acted(life: Life, at: At, selection: ModelSelection): Promise<void> {
  const { signal } = at.running.abort
  try {
    await life.agent(agentTurn(life, at, selection))
  } catch (error) {
    // One that was called off may say so in any way.
    if (signal.aborted || at.running.isOver || life.isOver) return
    life.problem(`the agent threw: ${error instanceof Error ? error.stack : String(error)}`)
    crashed(life, at, 'the script of the agent threw')
  }
  goOn(life)
  if (!signal.aborted) completed(life, at)
}
