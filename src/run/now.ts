/**
 * What is happening with a run under way, in one line for whoever reads its issue. Pure.
 *
 * Only what was seen, and never for how long: the line stays the same while nothing happens.
 */
import type { Policy } from './limits.ts'
import type { In, Pushed, Turn } from './run.ts'
import { utc } from './utc.ts'

export function nowOf(run: In<'queued' | 'live'>, policy: Policy): string {
  if (run.state === 'queued') return 'it waits to be started'
  const { turn, pushed, isHeld, unreachableSince } = run
  return [
    turnNow(turn, policy),
    ...(pushed === null || policy.ci === 'none' ? [] : [checksNow(pushed)]),
    ...(isHeld ? ['paused, so that no further turn is asked'] : []),
    ...(unreachableSince === null ? [] : ['the executor cannot be asked']),
  ].join('; ')
}

function turnNow(turn: Turn, { limits }: Policy): string {
  switch (turn.is) {
    case 'asked':
      return `turn ${turn.number} is on its way to the agent`
    case 'running':
      return turn.purpose === 'fix' ? 'the agent mends what CI found' : 'the agent works'
    case 'over': {
      const { end, overAt } = turn
      if (end.how !== 'limited') return 'the agent’s turn is over'
      return `a usage limit holds the agent until ${utc(Math.min(end.until, overAt + limits.usageLimitMs))}`
    }
  }
}

function checksNow({ checks, tip }: Pushed): string {
  const where = tip === undefined ? '' : ' at a newer commit, which contains it'
  switch (checks.verdict) {
    case 'none':
      return `CI has said nothing yet${where}`
    case 'pending':
      return `${pendingWords[checks.waitsFor]}${where}`
    case 'green':
      return `CI is green${where}`
    case 'red':
      return `CI is red${where}`
  }
}

export const pendingWords = {
  checks: 'CI runs',
  approval: 'CI waits for a person’s approval',
  rerun: 'CI was cancelled',
} as const
