/**
 * One run of the server's process: the sessions that are alive in it, and the one worker that serves them all.
 *
 * What the worker is given is done one after the other, for every thread of the server: one that does not end holds
 * up all that come after it. Whatever was on its way when the process ended is gone, and is never taken up again.
 */
import type { AgentTurn, Running } from './agent-turn.ts'
import type { Gate } from './gate.ts'
import type { State } from './state.ts'

export type Provider = {
  readonly state: State
  readonly agent: (turn: AgentTurn) => Promise<void>
  readonly sleep: (ms: number) => Promise<void>
  readonly problem: (what: string) => void
  readonly holds: Readonly<Record<'queued' | 'starting', Gate>>
  /** How the next start fails; null: it does not. */
  readonly failedStart: () => FailedStart | null
}

export type FailedStart =
  /** It was accepted, and nobody ever hears of it again. */
  | 'lost'
  /** The agent's program is not there. */
  | 'cli missing'

/** An agent's process, and what it waits to be told. */
export type Live = {
  readonly instanceId: string
  running: Running | null
  readonly waiting: Map<string, (answer: unknown) => void>
}

export type Life = Provider & {
  readonly sessions: Map<string, Live>
  /** Threads whose session was ended while it was being started. */
  readonly calledOff: Set<string>
  isOver: boolean
  isWedged: boolean
  tail: Promise<void>
}

export const newLife = (provider: Provider): Life => ({
  ...provider,
  sessions: new Map(),
  calledOff: new Set(),
  isOver: false,
  isWedged: false,
  tail: Promise.resolve(),
})

class Over extends Error {}

/** Does not come back in a life that is over. */
export async function pause(life: Life, of: keyof State['settings']['delays']): Promise<void> {
  await life.sleep(life.state.settings.delays[of])
  goOn(life)
}

export function goOn(life: Life): void {
  if (life.isOver) throw new Over()
}

export function inTurn(life: Life, task: () => Promise<void>): void {
  life.tail = life.tail.then(async () => {
    if (life.isWedged) await new Promise<never>(() => {})
    await caught(life, task)
  })
}

/** Beside the worker. */
export function aside(life: Life, task: () => Promise<void>): void {
  void caught(life, task)
}

async function caught(life: Life, task: () => Promise<void>): Promise<void> {
  try {
    if (!life.isOver) await task()
  } catch (error) {
    if (error instanceof Over) return
    life.problem(`a bug of the stand-in: ${error instanceof Error ? error.stack : String(error)}`)
  }
}

/** The process is gone, and its agents with it. */
export function endLife(life: Life): void {
  life.isOver = true
  for (const { running } of life.sessions.values()) running?.abort.abort()
}
