/**
 * So many points a minute: who asks waits for its turn, in the order they came, and nobody is dropped. What has
 * become urgent, also while it waits, goes before all that is not.
 *
 * No minute has more than `perMinute`, wherever it begins: a twentieth of that is given at once after a quiet
 * while, and the rest as the minute goes by. While `atOnce` are under way nobody is given any, so that what was
 * given is sent at once and nothing piles up behind a GitHub that is slow.
 */
import type { Clock } from '../clock.ts'
import { GithubError } from './github-error.ts'

export type Points = {
  /**
   * Resolves when these may be spent, with what to call, once, when what they were spent on is over. `isUrgent` is
   * asked whenever somebody's turn has come.
   */
  take(cost: number, isUrgent?: () => boolean): Promise<() => void>
  /** How many wait, and how long one that comes now would wait. */
  queue(): { readonly waiting: number; readonly ms: number }
  /** Whoever waits is told `unreachable`. */
  close(): void
}

type Waiting = {
  readonly cost: number
  readonly isUrgent: () => boolean
  readonly go: (over: () => void) => void
  readonly fail: (error: GithubError) => void
}

export function points(perMinute: number, clock: Clock, atOnce = Infinity): Points {
  const most = Math.max(perMinute / 20, 1)
  const perMs = (perMinute - most) / 60_000
  const queue: Waiting[] = []
  let left = most
  let asOf = clock.monotonic()
  let callOff: (() => void) | null = null
  let underWay = 0
  let isClosed = false

  function refill() {
    const now = clock.monotonic()
    left = Math.min(most, left + (now - asOf) * perMs)
    asOf = now
  }

  /** More than there ever are at once is given from a full bucket, which then owes. */
  const missing = (cost: number) => Math.min(cost, most) - left

  const first = () => queue.find(({ isUrgent }) => isUrgent()) ?? queue[0]

  function serve() {
    callOff = null
    refill()
    for (let next = first(); next !== undefined && underWay < atOnce; next = first()) {
      if (missing(next.cost) > 1e-9) {
        callOff = clock.wakeAt(clock.now() + Math.ceil(missing(next.cost) / perMs), serve)
        return
      }
      left -= next.cost
      underWay += 1
      queue.splice(queue.indexOf(next), 1)
      next.go(over)
    }
  }

  function over() {
    underWay -= 1
    if (callOff === null) serve()
  }

  return {
    take(cost, isUrgent = never) {
      if (isClosed) return Promise.reject(closed())
      return new Promise((go, fail) => {
        queue.push({ cost, isUrgent, go, fail })
        if (callOff === null) serve()
      })
    },
    queue() {
      refill()
      const owed = queue.reduce((sum, { cost }) => sum + cost, 1)
      return { waiting: queue.length, ms: Math.max(0, Math.ceil((owed - left) / perMs)) }
    },
    close() {
      isClosed = true
      callOff?.()
      for (const { fail } of queue.splice(0)) fail(closed())
    },
  }
}

const never = () => false

const closed = () => new GithubError('unreachable', 'the GitHub client was closed')
