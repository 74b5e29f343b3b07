/**
 * What a live run knows after something happened. Pure.
 *
 * Returns the same run where the event says nothing new: it came twice, too late, or about another turn
 * or commit.
 */
import type { RunEvent, Verdict } from './event.ts'
import { doesFixWait, type In, judgedAt, type Pushed, type Turn, type Where } from './run.ts'

type LiveRun = In<'live'>

export function absorb(run: LiveRun, event: RunEvent): LiveRun {
  switch (event.type) {
    case 'based':
      return run.base === null ? { ...run, base: event.base } : run
    case 'adopted':
      return adopted(run, event)
    case 'alive':
      return alive(run, event)
    case 'turn-over': {
      const over = withTurn(run, event.turn, (turn) =>
        turn.is === 'over'
          ? turn
          : { ...facts(turn), is: 'over', overAt: event.at, end: event.end },
      )
      if (over === run) return run
      const told = reached(over)
      return event.commit === null ? told : pushed(told, event)
    }
    case 'unreachable':
      return unreachable(run, event)
    case 'reached':
      return reached(run)
    case 'pushed':
      return pushed(run, event)
    case 'offered':
      return standsAt(run, event, { is: 'offered', request: event.request, isMerging: false })
    case 'merged':
      return standsAt(run, event, { is: 'landed', request: event.request })
    case 'declined':
      return declined(run, event)
    case 'unpushed':
      return run.pushed?.commit === event.commit ? { ...run, pushed: null } : run
    case 'checked':
      return checked(run, event)
    case 'held':
      return run.isHeld ? run : { ...run, isHeld: true }
    case 'released':
      return run.isHeld ? released(run, event.at) : run
    case 'slept':
      return slept(run, event)
    case 'started':
    case 'refused':
    case 'spent':
    case 'withdrawn':
    case 'blocked':
    case 'tick':
      return run
  }
}

/** A conversation that is gone was begun anew: from now on the run is in that one. */
function adopted(run: LiveRun, event: RunEvent & { type: 'adopted' }) {
  const { turn: number, at, thread, environment } = event
  const told = withTurn(run, number, (turn) =>
    turn.is === 'asked' ? { ...facts(turn), is: 'running', seenAt: at } : turn,
  )
  return told === run
    ? run
    : {
        ...reached(told),
        threadId: thread,
        environmentId: environment ?? run.environmentId,
      }
}

/** A file's time may lie ahead, where an agent wrote it: no sign of life is later than the look at it. */
function alive(run: LiveRun, { turn: number, seenAt, at }: RunEvent & { type: 'alive' }) {
  const seen = Math.min(seenAt, at)
  const told = withTurn(run, number, (turn) =>
    turn.is === 'running' && seen > turn.seenAt ? { ...turn, seenAt: seen } : turn,
  )
  return told === run ? run : reached(told)
}

function unreachable(run: LiveRun, { detail, at }: RunEvent & { type: 'unreachable' }): LiveRun {
  const isKnown = detail === undefined || detail === run.unreachableWhy
  if (run.unreachableSince !== null && isKnown) return run
  const told = { ...run, unreachableSince: run.unreachableSince ?? at }
  return detail === undefined ? told : { ...told, unreachableWhy: detail }
}

/** As if all of it had been seen so much later. */
function slept(run: LiveRun, { ms, at }: RunEvent & { type: 'slept' }): LiveRun {
  const later = (instant: number) => Math.min(instant + ms, at)
  const { turn, pushed: before, unreachableSince } = run
  return {
    ...run,
    turn: turn.is === 'running' ? { ...turn, seenAt: later(turn.seenAt) } : turn,
    pushed: before && {
      ...before,
      where: mergingFrom(before.where, later),
      pushedAt: later(before.pushedAt),
      checks: { ...before.checks, since: later(before.checks.since) },
    },
    unreachableSince: unreachableSince === null ? null : later(unreachableSince),
  }
}

function mergingFrom(where: Where, change: (since: number) => number): Where {
  if (where.is !== 'offered' || !where.isMerging) return where
  return { ...where, mergingSince: change(where.mergingSince ?? 0) }
}

/** What was not tried while it was held is tried anew. */
function released(run: LiveRun, at: number): LiveRun {
  const { turn, pushed: before } = run
  return {
    ...(turn.is === 'asked' ? reached(run) : run),
    isHeld: false,
    pushed: before && { ...before, where: mergingFrom(before.where, () => at) },
  }
}

/** Whoever tells of the turn answers. */
function reached(run: LiveRun): LiveRun {
  const { unreachableWhy: _, ...told } = run
  return run.unreachableSince === null ? run : { ...told, unreachableSince: null }
}

function withTurn(run: LiveRun, number: number, change: (turn: Turn) => Turn): LiveRun {
  if (number !== run.turn.number) return run
  const turn = change(run.turn)
  return turn === run.turn ? run : { ...run, turn }
}

function facts({ number, purpose, askedAt }: Turn) {
  return { number, purpose, askedAt }
}

type Standing = { readonly commit: string | null; readonly at: number }

function pushed(run: LiveRun, event: Standing): LiveRun {
  const { where } = run.pushed ?? {}
  const request = where?.is === 'landed' ? where.request : null
  return standsAt(run, event, { is: 'landed', request })
}

/**
 * CI was not asked about a commit that is another, or elsewhere: a branch that is green may be red once merged. While
 * it cannot be asked, it has not said that there are no checks.
 */
function standsAt(run: LiveRun, { commit, at }: Standing, where: Where): LiveRun {
  const before = run.pushed
  if (commit === null) return run
  if (before?.commit === commit && before.where.is === where.is) {
    const isSame = before.where.request?.number === where.request?.number
    return isSame ? run : { ...run, pushed: { ...before, where } }
  }
  const checks = { verdict: 'pending' as const, waitsFor: 'checks' as const, since: at }
  return { ...run, pushed: { commit, pushedAt: at, checks, where } }
}

function declined(run: LiveRun, { request }: RunEvent & { type: 'declined' }): LiveRun {
  const before = run.pushed
  if (before?.where.is !== 'offered' || before.where.request.number !== request.number) return run
  return { ...run, pushed: { ...before, where: { is: 'declined', request } } }
}

/**
 * The same verdict again keeps since when it holds: a time limit must not begin anew with every look, or with every
 * commit that others push. But each commit's first check has its own time to come.
 */
function checked(run: LiveRun, event: RunEvent & { type: 'checked' }): LiveRun {
  const { commit, checks, at, tip } = event
  if (run.pushed === null || run.pushed.commit !== commit) return run
  const { tip: judged, ...before } = run.pushed
  const isSame =
    before.checks.verdict === checks.verdict &&
    isForAPerson(before.checks) === isForAPerson(checks) &&
    (checks.verdict !== 'none' || judged === tip)
  const since = isSame ? before.checks.since : at
  const next: Pushed = { ...before, checks: { ...checks, since }, ...judgedAt(tip) }
  const isNews = JSON.stringify(next) !== JSON.stringify(run.pushed)
  const told = isNews ? { ...run, pushed: next } : run
  // Nobody tries to bring a fix that waits.
  return doesFixWait(told) ? reached(told) : told
}

const isForAPerson = (checks: Verdict) =>
  checks.verdict === 'pending' && checks.waitsFor === 'approval'
