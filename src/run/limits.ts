/** How long and how much, for one repository. Durations are milliseconds. Pure. */
export type Limits = {
  readonly fixForwardAttempts: number
  readonly fixForwardMs: number
  readonly silentMs: number
  readonly costUsd: number
  /** A green commit ends a run whose turn goes on, after this. */
  readonly greenMs: number
  readonly pendingMs: number
  /** For the first check to appear. */
  readonly graceMs: number
  readonly unreachableMs: number
  readonly usageLimitMs: number
  readonly losses: number
}

const minute = 60_000

export const LIMITS: Limits = {
  fixForwardAttempts: 5,
  fixForwardMs: 60 * minute,
  silentMs: 45 * minute,
  costUsd: 100,
  greenMs: 10 * minute,
  pendingMs: 60 * minute,
  graceMs: 10 * minute,
  unreachableMs: 60 * minute,
  usageLimitMs: 24 * 60 * minute,
  losses: 2,
}

export type Policy = {
  readonly limits: Limits
  /** `none`: the repository has no CI, and its owner wrote so: landing is enough. */
  readonly ci: 'checks' | 'none'
  /** Who merges its pull request once that is green. `nobody`: agents push to the landing branch themselves. */
  readonly merges: 'nobody' | 'human' | 'auto'
}
