/**
 * How much may be asked, and how GitHub says that it was too much.
 *
 * The primary budget is a user's across all their tokens, or an installation's, per hour; a 304 costs
 * nothing, and neither does `GET /rate_limit`. The secondary limit comes when the test orders it, and
 * nothing tells of it beforehand.
 */
import type { Token } from './model.ts'
import { type Answer, documentation } from './route.ts'
import type { Standing } from './standing.ts'

export type Resource = 'core' | 'graphql'

export type Limited = {
  readonly status?: 403 | 429
  readonly resetAt?: number
  /** Default: `core`, which is REST. */
  readonly resource?: Resource
}

export type Secondary = {
  readonly status?: 403 | 429
  /** Seconds; null: GitHub does not say how long. Default 60. */
  readonly retryAfter?: number | null
  /** As many requests are refused. Default 1. */
  readonly times?: number
}

export type Limits = {
  /** From now on, of everybody: requests per hour. */
  budget(perHour: number): void
  /** This token's owner has nothing left until then, or for the rest of their hour. */
  exhaust(token: string, how?: Limited): void
  /** The next requests meet the secondary limit. */
  secondary(how?: Secondary): void
}

type Bucket = { used: number; resetAt: number; limit: number | null; status: 403 | 429 }

export type Gate = {
  readonly limits: Limits
  headersOf(token: Token | null, resource: Resource): Readonly<Record<string, string>>
  standing(token: Token | null, resource: Resource): Standing
  /** Null: go on. */
  refusal(token: Token | null, resource: Resource): Answer | null
  charge(token: Token | null, resource: Resource): void
}

export function gate(now: () => number, tokenOf: (value: string) => Token): Gate {
  const buckets = new Map<string, Bucket>()
  const pending: Secondary[] = []
  let perHour: number | null = null

  const bucketOf = (token: Token | null, resource: Resource): Bucket => {
    const key = `${resource} of ${keyOf(token)}`
    const known = buckets.get(key)
    if (known !== undefined && known.resetAt > now()) return known
    const resetAt = Math.ceil(now() / 1_000) * 1_000 + 3_600_000
    const fresh: Bucket = { used: 0, resetAt, limit: null, status: 403 }
    buckets.set(key, fresh)
    return fresh
  }
  const standing: Gate['standing'] = (token, resource) => {
    const bucket = bucketOf(token, resource)
    const limit = bucket.limit ?? perHour ?? (token === null ? 60 : 5_000)
    const used = Math.min(bucket.used, limit)
    return { limit, used, remaining: limit - used, reset: Math.ceil(bucket.resetAt / 1_000) }
  }

  return {
    standing,
    limits: {
      budget: (limit) => void (perHour = limit),
      exhaust(value, { status = 403, resetAt, resource = 'core' } = {}) {
        const bucket = bucketOf(tokenOf(value), resource)
        bucket.used = Infinity
        bucket.status = status
        bucket.resetAt = resetAt ?? bucket.resetAt
      },
      secondary: (how = {}) =>
        void pending.push(...Array.from({ length: how.times ?? 1 }, () => how)),
    },
    headersOf: (token, resource) => headers(standing(token, resource), resource),
    refusal(token, resource) {
      const limit = pending.shift()
      if (limit !== undefined) return secondary(limit)
      if (standing(token, resource).remaining > 0) return null
      return primary(token, resource === 'core' ? bucketOf(token, resource).status : 200)
    },
    charge: (token, resource) => void (bucketOf(token, resource).used += 1),
  }
}

function keyOf(token: Token | null): string {
  if (token === null) return 'nobody'
  return token.installation === null ? `user ${token.user.id}` : `app ${token.installation.id}`
}

function headers({ limit, remaining, used, reset }: Standing, resource: Resource) {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': resource,
  }
}

/** GraphQL says it in a 200. */
function primary(token: Token | null, status: 200 | 403 | 429): Answer {
  const whose = token === null ? '127.0.0.1' : `user ID ${token.user.id}`
  const message = `API rate limit exceeded for ${whose}.`
  if (status === 200) return { status, json: { errors: [{ type: 'RATE_LIMITED', message }] } }
  return { status, json: { message, documentation_url: `${documentation}/rate-limits` } }
}

function secondary({ status = 403, retryAfter = 60 }: Secondary): Answer {
  return {
    status,
    headers: retryAfter === null ? {} : { 'retry-after': String(retryAfter) },
    json: {
      message:
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      documentation_url: `${documentation}/secondary-rate-limits`,
    },
  }
}
