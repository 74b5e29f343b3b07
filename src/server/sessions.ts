/**
 * Who has signed in at the page. A session is a random id that only its browser knows; here it is its digest, in
 * memory alone.
 *
 * It holds for a week, and ends with a sign-out, with the node, and with the token that it was begun with. Wrong
 * tokens have a pace: ten at once, then one every six seconds, whoever tries; until the next one may be tried the
 * right token is not looked at either. Tokens are compared by digest, in constant time.
 */
import { timingSafeEqual } from 'node:crypto'

import { available, type Bucket, fullBucket, nextAt, resync, take } from '../doorbell/pace.ts'
import { digestOf } from './secret-digest.ts'

export type Begun =
  | { readonly type: 'begun'; readonly id: string }
  | { readonly type: 'wrong' }
  | { readonly type: 'wait'; readonly seconds: number }

/** Undefined: no operator has a token, and nobody can sign in. */
type Operator = string | undefined

export type Sessions = {
  begin(given: string, operator: Operator): Begun
  /** Whether the session was begun with this token, and has not ended. */
  holds(id: string, operator: Operator): boolean
  end(id: string): void
}

export type SessionsParts = {
  readonly now: () => number
  /** Nobody can guess it. */
  readonly newId: () => string
}

export const SESSION_MS = 7 * 24 * 60 * 60_000

const maxSessions = 100
const pace = { burst: 10, everyMs: 6_000 }

type Session = { readonly endsAt: number; readonly operator: Buffer }

export function sessions({ now, newId }: SessionsParts): Sessions {
  const open = new Map<string, Session>()
  let wrong: Bucket = fullBucket(pace, now())

  return {
    begin(given, operator) {
      wrong = resync(wrong, now())
      if (available(wrong, pace, now()) === 0) {
        const seconds = Math.ceil((nextAt(wrong, pace, now()) - now()) / 1_000)
        return { type: 'wait', seconds: Math.max(1, seconds) }
      }
      const known = digestOf(operator ?? '')
      if (!timingSafeEqual(known, digestOf(given)) || operator === undefined) {
        wrong = take(wrong, pace, { now: now(), tries: 1 })
        return { type: 'wrong' }
      }
      const id = newId()
      open.set(nameOf(id), { endsAt: now() + SESSION_MS, operator: known })
      const [oldest] = open.keys()
      if (open.size > maxSessions && oldest !== undefined) open.delete(oldest)
      return { type: 'begun', id }
    },
    holds(id, operator) {
      const session = open.get(nameOf(id))
      if (session === undefined || operator === undefined) return false
      const isOver = now() >= session.endsAt
      if (isOver) open.delete(nameOf(id))
      return !isOver && timingSafeEqual(session.operator, digestOf(operator))
    },
    end: (id) => void open.delete(nameOf(id)),
  }
}

const nameOf = (id: string) => digestOf(id).toString('base64url')
