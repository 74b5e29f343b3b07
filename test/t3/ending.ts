/**
 * How a turn ends, and what T3 shows of it.
 *
 * A completed one says nothing of success: an interrupt, a stop and a usage limit end the same way. In a git
 * workspace a checkpoint follows, and writes the turn's state once more.
 */
import type { Running } from './agent-turn.ts'
import { aside, goOn, type Life, type Live, pause } from './life.ts'
import type { Checkpoint, Thread, Turn } from './model.ts'
import { cancelRequests } from './requests.ts'
import { addActivity, isClosed, setSession, tell, timeOf, touch } from './state.ts'
import { isInGit } from './workspace.ts'

export type At = { readonly thread: Thread; readonly live: Live; readonly running: Running }

export function completed(life: Life, at: At): void {
  if (!isFirst(life, at)) return
  shown(life, at, 'completed')
  tell(at.thread, () =>
    setSession(life.state, at.thread, { status: 'ready', activeTurnId: null, lastError: null }),
  )
  checkpointed(life, at, 'ready')
}

/** The provider said that it went wrong; its process lives. */
export function failedTurn(life: Life, at: At, message: string): void {
  if (!isFirst(life, at)) return
  aside(life, async () => {
    tell(at.thread, () =>
      setSession(life.state, at.thread, { status: 'error', lastError: message }),
    )
    await pause(life, 'moment')
    shown(life, at, 'error')
    tell(at.thread, () => inactive(life, at))
    checkpointed(life, at, 'error')
  })
}

/** The agent's process is gone. */
export function crashed(life: Life, at: At, message: string): void {
  if (!isFirst(life, at)) return
  life.sessions.delete(at.thread.id)
  at.running.abort.abort()
  aside(life, async () => {
    tell(at.thread, () => {
      addActivity(life.state, at.thread, { kind: 'runtime.error', payload: { message } })
      setSession(life.state, at.thread, { status: 'error', lastError: message })
    })
    shown(life, at, 'error')
    await pause(life, 'moment')
    // Not where somebody has begun another turn by now.
    if (!life.sessions.has(at.thread.id))
      tell(at.thread, () =>
        setSession(life.state, at.thread, { status: 'stopped', activeTurnId: null }),
      )
    checkpointed(life, at, 'error')
  })
}

/** Comes back when the session has left `running`. */
export async function interruptedTurn(life: Life, at: At): Promise<void> {
  at.running.abort.abort()
  if (life.state.settings.interrupts === 'ignored') {
    at.running.isMute = true
    return
  }
  await pause(life, 'confirm')
  if (!isFirst(life, at)) return
  const isMisread = life.state.version === '27'
  shown(life, at, isMisread ? 'error' : 'completed')
  const change = isMisread
    ? ({ status: 'error', lastError: misread } as const)
    : ({ status: 'ready', lastError: null } as const)
  tell(at.thread, () => setSession(life.state, at.thread, { ...change, activeTurnId: null }))
  checkpointed(life, at, isMisread ? 'error' : 'missing')
}

const misread = '[ede_diagnostic] result_type=user last_content_type=n/a stop_reason=null'

/** The session was told to end in the middle of it. */
export function stoppedTurn(life: Life, at: At): void {
  at.running.abort.abort()
  if (!isFirst(life, at)) return
  shown(life, at, 'completed')
  if (life.state.settings.stoppedTurn === 'interrupted')
    tell(at.thread, () => void (at.running.turn.state = 'interrupted'))
  tell(at.thread, () => setSession(life.state, at.thread, { status: 'ready', activeTurnId: null }))
}

/** A turn ends once, and not in a process that is gone. */
function isFirst(life: Life, { thread, live, running }: At): boolean {
  if (running.isOver || running.isMute || life.isOver) return false
  running.isOver = true
  live.running = null
  running.printed.splice(0).forEach((heard) => heard())
  cancelRequests(life, { thread, live })
  return true
}

function shown(life: Life, { thread, running: { turn } }: At, as: 'completed' | 'error'): void {
  if (isClosed(thread)) return
  if (turn.state !== 'interrupted' || as === 'error') turn.state = as
  turn.completedAt = timeOf(life.state)
  if (life.state.version === '27' && thread.latestTurnId === turn.turnId) thread.latestTurnId = null
}

function inactive(life: Life, { thread, running }: At): void {
  if (thread.session?.activeTurnId === running.turn.turnId)
    setSession(life.state, thread, { activeTurnId: null })
}

function checkpointed(life: Life, at: At, status: Checkpoint['status']): void {
  if (!isInGit(at.running.cwd)) return
  const { thread, running } = at
  aside(life, async () => {
    await pause(life, status === 'missing' ? 'abortCheckpoint' : 'checkpoint')
    goOn(life)
    tell(at.thread, () => {
      thread.checkpoints.push(checkpointOf(thread, running.turn, status, timeOf(life.state)))
      running.turn.state = status === 'error' ? 'error' : 'completed'
      running.turn.completedAt = timeOf(life.state)
      if (thread.session?.activeTurnId == null) thread.latestTurnId ??= running.turn.turnId
      touch(life.state, thread)
    })
  })
}

function checkpointOf(
  thread: Thread,
  turn: Turn,
  status: Checkpoint['status'],
  completedAt: string,
): Checkpoint {
  const checkpointTurnCount = thread.checkpoints.length + 1
  const name = Buffer.from(thread.id).toString('base64url')
  return {
    turnId: turn.turnId,
    checkpointTurnCount,
    checkpointRef: `refs/t3/checkpoints/${name}/turn/${checkpointTurnCount}`,
    status,
    files: [],
    assistantMessageId: turn.assistantMessageId,
    completedAt,
  }
}
