/** Each enrolled repository with the defaults under it, and what is missing of it. Pure. */
import { type Limits, LIMITS, type Policy } from '../run/limits.ts'
import type { LoopConfig } from './loop-schema.ts'

type Settings = LoopConfig['defaults']

export type Enrolled = {
  readonly name: string
  readonly path: string
  readonly tracker: NonNullable<Settings['tracker']>
  readonly executor: NonNullable<Settings['executor']>
  readonly ci: NonNullable<Settings['ci']>
  readonly merges: Policy['merges']
  readonly landingBranch: string
  readonly limits: Limits
}

export type Enrolment = { readonly repos: readonly Enrolled[]; readonly missing: readonly string[] }

export function enrolled({ defaults, repos }: LoopConfig): Enrolment {
  const all = Object.entries(repos).map(([name, own]) => {
    const set = { ...defaults, ...own }
    const { path, tracker, executor, ci, landing, merge, landingBranch, limits } = set
    const absent = absentOf(set)
    if (!path || !tracker || !executor || !ci || !landing || absent.length > 0)
      return { name, absent }
    const whole: Enrolled = {
      name,
      path,
      tracker,
      executor,
      ci,
      merges: landing === 'push' || merge === undefined ? 'nobody' : merge,
      landingBranch: landingBranch ?? 'main',
      limits: limitsOf({ ...defaults.limits, ...limits }, ci),
    }
    return { name, absent, whole }
  })
  return {
    repos: all.flatMap(({ whole }) => (whole === undefined ? [] : [whole])),
    missing: all
      .filter(({ absent }) => absent.length > 0)
      .map(
        ({ name, absent }) => `${name} has no ${absent.join(', no ')} (loop.repos, loop.defaults)`,
      ),
  }
}

function absentOf(set: Settings & { readonly path?: string }): readonly string[] {
  const { path, tracker, executor, ci, landing, merge } = set
  const isPull = landing === 'pull-request'
  const written = { path, tracker, executor, ci, landing, ...(isPull && { merge }) }
  const isElsewhere = tracker !== undefined && tracker.type !== 'github'
  return [
    ...Object.entries(written).flatMap(([key, value]) => (value === undefined ? [key] : [])),
    ...(ci?.type === 'github' && isElsewhere ? ['tracker on GitHub for its ci'] : []),
    ...(isPull && isElsewhere ? ['tracker on GitHub for its pull requests'] : []),
    // It checks what the clone has, and a pull request's head is not fetched into it.
    ...(isPull && ci?.type === 'command' ? ['ci on GitHub for its pull requests'] : []),
  ]
}

function limitsOf(keys: NonNullable<Settings['limits']>, ci: Enrolled['ci']): Limits {
  const { fixForwardAttempts, fixForwardMinutes, silentMinutes, costUsd } = keys
  return {
    ...LIMITS,
    fixForwardAttempts: fixForwardAttempts ?? LIMITS.fixForwardAttempts,
    fixForwardMs:
      fixForwardMinutes === undefined ? LIMITS.fixForwardMs : fixForwardMinutes * minute,
    silentMs: silentMinutes === undefined ? LIMITS.silentMs : silentMinutes * minute,
    costUsd: costUsd ?? LIMITS.costUsd,
    pendingMs: ci.type === 'command' ? pendingFor(ci.timeout) : LIMITS.pendingMs,
  }
}

const minute = 60_000

/** CI that may take longer is not stuck before its own time is over. */
function pendingFor(timeoutMs: number): number {
  return Math.max(LIMITS.pendingMs, timeoutMs + 10 * minute)
}
