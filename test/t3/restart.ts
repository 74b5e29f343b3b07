/**
 * The server's process ends, and another begins on the same disk.
 *
 * `0821`: turns that ran are errors, with the same words for all; what was asked stays flagged. `old`: nothing is
 * mended, and turns of nobody run for ever. `continued`: as `0821`, and the turns are begun again by themselves.
 */
import { endLife, type Life, newLife } from './life.ts'
import type { Thread, Version } from './model.ts'
import { provide } from './provider.ts'
import { isClosed, latestTurnOf, setSession, timeOf } from './state.ts'

export type RestartMode = '0821' | 'old' | 'continued'

export const usualMode = (version: Version): RestartMode =>
  version === '27' || version === '32' ? 'old' : '0821'

export function restarted(life: Life, mode: RestartMode): Life {
  endLife(life)
  const next = newLife(life)
  for (const thread of life.state.threads.values()) thread.backgroundLiveness = null
  if (mode === 'old') return next
  const lost = life.state.threads.values().filter(wasRunning).toArray()
  for (const thread of lost) reconcile(life, thread)
  if (mode === 'continued') lost.forEach((thread) => begunAgain(next, thread))
  return next
}

const wasRunning = (thread: Thread): boolean =>
  !isClosed(thread) && /^(?:starting|running)$/.test(thread.session?.status ?? '')

const lastError =
  'Provider session did not survive a server restart. Send a new message to continue.'

function reconcile({ state }: Life, thread: Thread): void {
  const turn = latestTurnOf(thread)
  setSession(state, thread, { status: 'error', activeTurnId: null, lastError })
  if (turn?.state === 'running') Object.assign(turn, { state: 'error', completedAt: timeOf(state) })
}

function begunAgain(life: Life, thread: Thread): void {
  const message = thread.messages.findLast(({ role }) => role === 'user')
  if (message === undefined) return
  const more = { modelSelection: null, titleSeed: null }
  provide(life, { type: 'turn', thread, message, ...more })
}
