/**
 * What one read of a thread shows of its transcript: all of it, or the newest turns, a page at a time.
 *
 * A cursor is opaque; one that cannot be read leads to the first page.
 */
import { malformed } from './answer.ts'
import type { Held } from './json-thread.ts'
import type { Activity, Thread } from './model.ts'

export type Page = { readonly beforeCursor: string | null; readonly hasMore: boolean }

export type Shown = { readonly held: Held; readonly page: Page | null }

/** Throws the refusal of one that is none. */
export function limitOf(query: URLSearchParams): number | null {
  const limit = query.get('turnLimit')
  if (limit !== null && !/^[1-9]\d*$/.test(limit)) throw malformed()
  return limit === null ? null : Number(limit)
}

export function shownOf(thread: Thread, query: URLSearchParams): Shown {
  const [limit, cursor] = [limitOf(query), query.get('beforeCursor')]
  if (limit === null && cursor === null)
    return { held: { ...thread, activities: newest(thread) }, page: null }

  const starts = thread.messages.flatMap(({ role }, at) => (role === 'user' ? [at] : []))
  const end = placed(cursor, thread.messages.length)
  const before = starts.filter((at) => at < end)
  const start = before.at(-(limit ?? usualLimit)) ?? 0
  const messages = thread.messages.slice(start, end)
  const since = messages[0]?.createdAt ?? ''
  const until = thread.messages[end]?.createdAt ?? null
  const isWithin = (at: string) => at >= since && (until === null || at < until)
  const hasMore = start > 0
  return {
    held: {
      messages,
      activities: newest(thread).filter(({ createdAt }) => isWithin(createdAt)),
      checkpoints: thread.checkpoints.filter(({ completedAt }) => isWithin(completedAt)),
    },
    page: { beforeCursor: hasMore ? cursorOf(start) : null, hasMore },
  }
}

const usualLimit = 20

const cursorOf = (at: number): string => Buffer.from(JSON.stringify({ at })).toString('base64url')

function placed(cursor: string | null, end: number): number {
  const found = /^\{"at":(\d+)\}$/.exec(Buffer.from(cursor ?? '', 'base64url').toString())
  return found === null ? end : Math.min(Number(found[1]), end)
}

const kept = 500

/** The newest, and the requests that are still open. */
function newest({ activities, pending }: Thread): Activity[] {
  const from = activities.length - kept
  return activities.filter(
    ({ payload }, at) => at >= from || pending.has(String(payload['requestId'])),
  )
}
