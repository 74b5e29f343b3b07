/** T3's sweep for sessions that nobody used for half an hour: they end, and their threads say `stopped`. */
import type { Life } from './life.ts'
import { setSession } from './state.ts'

const idleMs = 30 * 60_000

export function reap({ state, sessions }: Life): void {
  for (const [id, { running }] of sessions) {
    const thread = state.threads.get(id)
    const session = thread?.session ?? null
    if (thread === undefined || session === null) continue
    const isIdle = state.now() - Date.parse(session.updatedAt) > idleMs
    if (running !== null || thread.backgroundLiveness !== null || !isIdle) continue
    sessions.delete(id)
    setSession(state, thread, { status: 'stopped' })
  }
}
