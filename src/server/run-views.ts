/**
 * Runs, their budgets and what must follow them as the API's JSON. Pure.
 *
 * Every text of somebody else's is one line: a title, a question or a check's name can neither drive a
 * terminal nor pass for a line of its own.
 */
import type { z } from 'zod'

import type { LinkOptions } from '../doorbell/link.ts'
import { oneLine } from '../doorbell/text.ts'
import { type Budget, budgetOf, fixMsAt } from '../run/budget.ts'
import type { Entry } from '../run/event.ts'
import type { Limits } from '../run/limits.ts'
import { nextOf } from '../run/proof.ts'
import {
  type Failing,
  isEnded,
  phaseOf,
  type PullRequest,
  type Pushed,
  type Run,
  type Turn,
} from '../run/run.ts'
import { threadLink } from '../run/run-pages.ts'
import type { Chore, Pause } from '../store/runs.ts'
import type {
  BudgetView,
  LiveRun,
  PauseView,
  RunPageView,
  RunSummary,
  RunView,
} from './run-schemas.ts'
import { checksWords, choreWords, entryWords, standing, told, turnWords } from './run-words.ts'
import { iso } from './views.ts'

type View = z.infer<typeof RunView>

export type RunStory = {
  readonly run: Run
  /** Of its lineage. */
  readonly ledger: readonly Entry[]
  readonly chores: ReadonlyArray<Chore & { readonly isDone: boolean }>
  /** Undefined: its repository is not enrolled any more. */
  readonly limits: Limits | undefined
  readonly links: LinkOptions
  readonly now: number
}

export function runView({ run, ledger, chores, limits, links, now }: RunStory): View {
  const live = run.state === 'live' ? run : null
  const silentSince = live?.unreachableSince ?? null
  return {
    ...runSummary(run),
    issue: issueView(run),
    branch: oneLine(run.branch),
    threadId: oneLine(run.threadId),
    link: threadLink(run, links),
    continues: run.continues,
    unreachableSince: silentSince === null ? null : iso(silentSince),
    turn: live && turnView(live.turn),
    pushed: live?.pushed ? pushedView(live.pushed) : null,
    verdict: verdictView(run),
    budget: budgetView(budgetOf(ledger), limits, now),
    ledger: ledgerView(run.id, ledger),
    chores: chores.map(choreView),
  }
}

export function runSummary(run: Run): z.infer<typeof RunSummary> {
  const { title } = run.issue
  return {
    id: run.id,
    issueRef: refOf(run),
    title: title === undefined ? null : told(title),
    phase: phaseOf(run),
    says: standing(run),
    held: run.state === 'live' && run.isHeld,
    by: told(run.by),
    queuedAt: iso(run.queuedAt),
    endedAt: isEnded(run) ? iso(run.endedAt) : null,
  }
}

type Listed = z.infer<typeof RunPageView>['runs'][number]

/** `ledger`: of its lineage, where it has not ended; null: it has. */
export function listedRun(
  story: Omit<RunStory, 'chores' | 'ledger'> & { readonly ledger: readonly Entry[] | null },
): Listed {
  const { run, ledger } = story
  const live = ledger === null ? null : goingView({ ...story, ledger })
  return { ...runSummary(run), issue: issueView(run), live }
}

function goingView({ run, ledger, limits, links, now }: Omit<RunStory, 'chores'>): Listed['live'] {
  const live = run.state === 'live' ? run : null
  const silentSince = live?.unreachableSince ?? null
  return {
    threadId: oneLine(run.threadId),
    link: threadLink(run, links),
    unreachableSince: silentSince === null ? null : iso(silentSince),
    turn: live && turnView(live.turn),
    checks: live?.pushed ? checksWords(live.pushed.checks, live.pushed.tip) : null,
    budget: budgetView(budgetOf(ledger), limits, now),
  }
}

export function liveRunView(run: Run): z.infer<typeof LiveRun> {
  return { id: run.id, issue: refOf(run), phase: phaseOf(run) }
}

export function pauseView({ scope, at, by }: Pause): z.infer<typeof PauseView> {
  return { scope: oneLine(scope), at: iso(at), by: told(by) }
}

export function budgetView(
  budget: Budget,
  limits: Limits | undefined,
  now: number,
): z.infer<typeof BudgetView> {
  const { attempts, losses, costUsd, granted, isRunning } = budget
  const inMinutes = (ms: number) => Math.round(ms / 6_000) / 10
  const limitMinutes = limits && limits.fixForwardMs / 60_000
  return {
    attempts: allowance({
      used: attempts,
      limit: limits?.fixForwardAttempts,
      granted: granted.attempts,
    }),
    minutes: allowance({
      used: inMinutes(fixMsAt(budget, now)),
      limit: limitMinutes,
      granted: inMinutes(granted.ms),
    }),
    costUsd: allowance({
      used: cents(costUsd),
      limit: limits?.costUsd,
      granted: cents(granted.costUsd),
    }),
    losses,
    running: isRunning,
  }
}

type Spent = {
  readonly used: number
  readonly limit: number | undefined
  readonly granted: number
}

function allowance({ used, limit, granted }: Spent): View['budget']['attempts'] {
  const left = limit === undefined ? null : cents(Math.max(0, limit + granted - used))
  return { used, limit: limit ?? null, granted, left }
}

const cents = (amount: number) => Math.round(amount * 100) / 100

function refOf({ issue }: Run): string {
  return `${oneLine(issue.repo)}#${issue.number}`
}

function issueView({ issue: { repo, number, title, url } }: Run): View['issue'] {
  return {
    repo: oneLine(repo),
    number,
    ...(title !== undefined && { title: told(title) }),
    ...(url !== undefined && { url: oneLine(url) }),
  }
}

function turnView(turn: Turn): View['turn'] {
  return {
    number: turn.number,
    purpose: turn.purpose,
    state: turn.is,
    askedAt: iso(turn.askedAt),
    seenAt: turn.is === 'running' ? iso(turn.seenAt) : null,
    overAt: turn.is === 'over' ? iso(turn.overAt) : null,
    says: turnWords(turn),
  }
}

function pushedView({ commit, pushedAt, checks, tip, where }: Pushed): View['pushed'] {
  return {
    commit: oneLine(commit),
    where: where.is,
    pullRequest: pullView(where.request),
    pushedAt: iso(pushedAt),
    checks: checks.verdict,
    checkedAt: iso(checks.since),
    tip: tip === undefined ? null : oneLine(tip),
    waitsFor: checks.verdict === 'pending' ? checks.waitsFor : null,
    passed: checks.verdict === 'green' ? checks.passed.map(told) : [],
    failing: checks.verdict === 'red' ? checks.failing.map(failingView) : [],
    says: checksWords(checks, tip),
  }
}

const noFacts = {
  commit: null,
  pullRequest: null,
  cause: null,
  detail: null,
  ranOut: null,
  withdrawnBy: null,
  tip: null,
  passed: [],
  failing: [],
  next: null,
}

function verdictView(run: Run): View['verdict'] {
  switch (run.state) {
    case 'queued':
    case 'live':
      return null
    case 'done':
      return {
        ...noFacts,
        kind: run.state,
        commit: run.commit,
        pullRequest: pullView(run.request),
        tip: run.tip === undefined ? null : oneLine(run.tip),
        passed: run.passed.map(told),
      }
    case 'needs-human':
      return {
        ...noFacts,
        kind: run.state,
        commit: run.commit,
        pullRequest: pullView(run.where?.request ?? null),
        cause: run.cause,
        // Whole: it is what a person is called for.
        detail: oneLine(run.detail),
        next: nextOf(run, asTyped),
      }
    case 'frozen':
      return {
        ...noFacts,
        kind: run.state,
        commit: run.commit,
        pullRequest: pullView(run.where.request),
        ranOut: run.ranOut,
        tip: run.tip === undefined ? null : oneLine(run.tip),
        failing: run.failing.map(failingView),
        next: nextOf(run, asTyped),
      }
    case 'withdrawn':
      return { ...noFacts, kind: run.state, withdrawnBy: told(run.withdrawnBy) }
  }
}

const asTyped = (command: string) => command

function pullView(request: PullRequest | null): { number: number; url: string } | null {
  return request && { number: request.number, url: oneLine(request.url) }
}

function failingView({ name, url }: Failing): { name: string; url: string | null } {
  return { name: told(name), url: url === null ? null : oneLine(url) }
}

/** A grant is of no run: it is of all of its lineage, and shown with each. */
function ledgerView(id: string, ledger: readonly Entry[]): View['ledger'] {
  return ledger
    .filter(({ run }) => run === null || run === id)
    .map(({ what }) => ({ at: iso(what.at), type: what.type, says: entryWords(what) }))
}

function choreView({ kind, tries, detail, isDone }: RunStory['chores'][number]) {
  const state = isDone ? ('done' as const) : ('due' as const)
  const why = detail === null ? null : told(detail)
  return { kind, state, tries, detail: why, says: choreWords[kind] }
}
