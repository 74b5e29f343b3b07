/**
 * What a T3 Code thread says of a turn that was asked in it. Pure; the first line that fits.
 *
 * The session tells whether something is alive; the latest turn is history, and for a while after a dispatch still
 * the one before. So a turn is known by what changed since the moment before it was asked, and T3's times are
 * compared with T3's times alone: its clock may be an hour off. That a turn finished is no success: an interrupt,
 * a stop, a refused approval and a usage limit end the same way.
 */
import type { ThreadRow } from '../../t3/thread-row.ts'

/** The thread as it was right before the turn was asked in it. */
export type Base = {
  /** All that it had, as far as it shows: one that has ended may be listed again later. */
  readonly turnIds: readonly string[]
  /** When its session had moved last. */
  readonly sessionAt: string | null
  /** How many messages and activities of the agent it listed. */
  readonly traces: number
}

export type AskedTurn = {
  readonly base: Base
  /** When the message came, by T3's clock; null: not known. */
  readonly storedAt: string | null
  /** By T3's id, once it was seen; null: not yet. */
  readonly turnId: string | null
  /** Something of the agent is there that came after the message. Only servers before 0.0.32 need it. */
  readonly isAnswered: boolean
  /** Since it was asked, by our clock. */
  readonly waitedMs: number
}

export type Classified =
  /** Archived or deleted, or never there. */
  | { readonly is: 'gone' }
  | { readonly is: 'running' }
  | { readonly is: 'waiting-approval' }
  | { readonly is: 'waiting-input' }
  | { readonly is: 'failed'; readonly why: string }
  /** The server was started again under it. */
  | { readonly is: 'restart-lost' }
  /** Its session was stopped, and nobody says how the turn ended. */
  | { readonly is: 'stopped' }
  /** It waits for the agent. */
  | { readonly is: 'queued' }
  /** The agent never took it up, and never will. */
  | { readonly is: 'start-lost' }
  | { readonly is: 'interrupted' }
  | { readonly is: 'finished' }

/** Within which a session that can be started shows that it starts. */
export const STARTED_MS = 3_000
/** T3's own patience with a message that no turn answers. */
export const QUEUED_MS = 120_000

export function classify(row: ThreadRow | null, asked: AskedTurn): Classified {
  if (row === null) return { is: 'gone' }
  const { session } = row
  const adopted = isAdopted(row, asked)
  // Right after a dispatch it may be the last of the turn before.
  const isOfIt = adopted || (hasMoved(row, asked) && asked.waitedMs >= STARTED_MS)
  switch (session?.status ?? 'idle') {
    case 'starting':
    case 'running':
      // Elsewhere the flags may be left over from before a crash.
      if (row.waitsFor === 'approval') return { is: 'waiting-approval' }
      return row.waitsFor === 'input' ? { is: 'waiting-input' } : { is: 'running' }
    case 'unknown':
      return { is: 'running' }
    case 'error':
      return isOfIt ? failed(session?.lastError ?? null) : unadopted(asked)
    case 'stopped':
      if (isOfIt && session?.lastError) return failed(session.lastError)
      if (!adopted) return unadopted(asked)
      return row.latestTurn === null ? { is: 'stopped' } : ended(row, 'stopped')
    case 'idle':
    case 'ready':
    case 'interrupted':
      return adopted ? ended(row, 'running') : unadopted(asked)
  }
}

/** Whether the latest turn, or what is left of it, is the one that was asked. */
export function isAdopted(row: ThreadRow, asked: AskedTurn): boolean {
  const { latestTurn } = row
  const { base, storedAt, turnId } = asked
  if (turnId !== null) return true
  // Before 0.0.32 a turn that ends is not listed any more.
  if (latestTurn === null) return asked.isAnswered && hasMoved(row, asked)
  // What was begun before its message came is somebody else's.
  if (storedAt !== null) return latestTurn.requestedAt >= storedAt
  return !base.turnIds.includes(latestTurn.turnId)
}

export function hasMoved({ session }: ThreadRow, { base }: Pick<AskedTurn, 'base'>): boolean {
  return (session?.updatedAt ?? null) !== base.sessionAt
}

function unadopted({ waitedMs }: AskedTurn): Classified {
  return { is: waitedMs < QUEUED_MS ? 'queued' : 'start-lost' }
}

function failed(lastError: string | null): Classified {
  const why = lastError ?? ''
  if (/did not survive a server restart/i.test(why)) return { is: 'restart-lost' }
  return { is: 'failed', why: why || 'T3 Code says nothing of the reason' }
}

/** `otherwise`: what a turn is that is not known to be over. */
function ended(
  { latestTurn, session, isBackgroundWorking }: ThreadRow,
  otherwise: 'running' | 'stopped',
): Classified {
  switch (latestTurn?.state ?? 'completed') {
    case 'error':
      return failed(session?.lastError ?? null)
    case 'interrupted':
      return { is: 'interrupted' }
    case 'completed':
      return { is: isBackgroundWorking ? 'running' : 'finished' }
    case 'running':
    case 'unknown':
      return { is: otherwise }
  }
}
