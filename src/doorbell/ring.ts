/**
 * A ring: one thing a person should be told, once. Pure.
 *
 * `key` is the identity that makes it once: two rings with the same key are the same news. The
 * event's `identity` tells a repeat of the same news from another event under the same key.
 */
import type { TerminalKind } from './kinds.ts'
import type { Issue, Notification } from './notification.ts'

export type Ring = {
  /** `ring_` and a UUIDv7. */
  readonly id: string
  readonly key: string
  readonly issue: Issue
  readonly threadId: string | null
  readonly notification: Notification
  /** Who says so: `loop`, `drill`, `spool`, `direct`, `local` (no token configured), or the name of the token that posted it. */
  readonly source: string
  readonly acceptedAt: number
}

/** Keys that only the node itself may use: a caller's ring must not pass for a run's. */
export const RESERVED_KEYS: readonly string[] = ['run:', 'drill:']

export type Identity = {
  readonly kind: TerminalKind
  readonly repo: string
  readonly number: number
  readonly threadId: string | null
  readonly detail: string
  readonly link: string | null
}

/** What another event differs in, as one unambiguous string to be hashed. */
export function identityText({ kind, repo, number, threadId, detail, link }: Identity): string {
  return JSON.stringify([kind, repo, number, threadId, detail, link])
}

const lateAfterMs = 5 * 60_000

/** The lines below a ring's body: who reported it, if the loop did not judge it, and how late it is. */
export function notesFor({ source, acceptedAt }: Ring, now: number): readonly string[] {
  if (source === 'drill') return ['This is a drill: no run ended.']
  const lateMs = now - acceptedAt
  return [
    ...(source === 'loop' ? [] : [`reported by ${source}`]),
    ...(lateMs > lateAfterMs
      ? [`Sent ${Math.floor(lateMs / 60_000)} min after the run ended.`]
      : []),
  ]
}
