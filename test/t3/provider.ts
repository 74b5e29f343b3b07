/** What the provider does of what commands left for it, in turn. */
import type { Work } from './decided.ts'
import { interruptedTurn, stoppedTurn } from './ending.ts'
import { inTurn, type Life, pause } from './life.ts'
import type { Thread } from './model.ts'
import { responded } from './requests.ts'
import { startTurn } from './start-turn.ts'
import { addActivity, isClosed, latestTurnOf, setSession, touch } from './state.ts'

export function provide(life: Life, work: Work): void {
  switch (work.type) {
    case 'turn':
      return inTurn(life, () => startTurn(life, work))
    case 'interrupt':
      return inTurn(life, () => interrupt(life, work.thread))
    case 'stop':
      return inTurn(life, () => stop(life, work.thread))
    case 'approval':
    case 'input':
      return inTurn(life, () => responded(life, work))
    case 'revert':
      return inTurn(life, () => reverted(life, work))
    case 'end':
      return end(life, work.thread)
  }
}

async function interrupt(life: Life, thread: Thread): Promise<void> {
  if (isClosed(thread)) return
  const live = life.sessions.get(thread.id)
  if (live === undefined) {
    const detail = 'No active provider session is bound to this thread.'
    const kind = 'provider.turn.interrupt.failed'
    return addActivity(life.state, thread, { kind, payload: { detail } })
  }
  const { running } = live
  if (running !== null) await interruptedTurn(life, { thread, live, running })
}

async function stop(life: Life, thread: Thread): Promise<void> {
  if (isClosed(thread)) return
  const live = life.sessions.get(thread.id)
  const running = live?.running ?? null
  if (live !== undefined && running !== null) {
    // It comes back at the agent's next line, and of a silent one never.
    if (life.state.settings.stopBlocks && !running.abort.signal.aborted)
      await new Promise<void>((heard) => running.printed.push(heard))
    stoppedTurn(life, { thread, live, running })
    await pause(life, 'moment')
  }
  life.sessions.delete(thread.id)
  if (!isClosed(thread)) setSession(life.state, thread, { status: 'stopped', activeTurnId: null })
}

/** As the window does it before it archives a thread. */
export function stopAtOnce(life: Life, thread: Thread): void {
  const live = life.sessions.get(thread.id)
  const running = live?.running ?? null
  if (live !== undefined && running !== null) stoppedTurn(life, { thread, live, running })
  end(life, thread)
  if (thread.session !== null)
    setSession(life.state, thread, { status: 'stopped', activeTurnId: null })
}

/** Ends the session of a thread that is gone, at once. */
function end(life: Life, thread: Thread): void {
  life.calledOff.add(thread.id)
  life.sessions.get(thread.id)?.running?.abort.abort()
  life.sessions.delete(thread.id)
}

/** The turns after the given count are gone from the thread; files are left as they are. */
async function reverted(
  life: Life,
  { thread, turnCount }: Extract<Work, { readonly type: 'revert' }>,
): Promise<void> {
  await pause(life, 'confirm')
  if (isClosed(thread)) return
  const gone = new Set(thread.turns.splice(turnCount).map(({ turnId }) => turnId))
  thread.checkpoints = thread.checkpoints.filter(({ turnId }) => !gone.has(turnId))
  thread.messages = thread.messages.filter(({ turnId }) => turnId === null || !gone.has(turnId))
  if (latestTurnOf(thread) === null) thread.latestTurnId = thread.turns.at(-1)?.turnId ?? null
  touch(life.state, thread)
}
