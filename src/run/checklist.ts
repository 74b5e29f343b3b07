/**
 * What a person sees of a run on its issue: one comment, edited in place. Pure.
 *
 * It holds what was observed, what is left of the budget and, at the end, the verdict with its proof and what to
 * do next, in the ring's words. A phase that nobody observed is left out, not ticked. What others wrote stands in it as
 * code alone (`markdown.ts`). It names no path of the machine, and nothing an agent said but its question: what a
 * program printed when it failed is for the ring, and an issue may be public.
 */
import { type Budget, budgetOf } from './budget.ts'
import type { Entry } from './event.ts'
import type { Policy } from './limits.ts'
import { code, leavesTraces, linked, quoted } from './markdown.ts'
import { type Milestone, milestonesOf } from './milestones.ts'
import { nowOf } from './now.ts'
import { causeWords, commitUrl, nextOf, short } from './proof.ts'
import {
  type Ended,
  type Failing,
  isEnded,
  isTerminal,
  type PullRequest,
  requestOf,
  type Run,
} from './run.ts'
import { usedAndLeft } from './used-and-left.ts'
import { utc } from './utc.ts'

export type ChecklistFacts = {
  readonly run: Run
  /** Of its lineage. */
  readonly ledger: readonly Entry[]
  readonly policy: Policy
  /** The link that opens its thread; null: nobody says where threads live. */
  readonly thread: string | null
  readonly now: number
}

export type Checklist = {
  readonly text: string
  /** The same without the minutes and the money: where this has not changed, nothing has that a person need be told. */
  readonly substance: string
}

export function checklist(facts: ChecklistFacts): Checklist {
  const { run, ledger, now } = facts
  const budget = budgetOf(ledger)
  const timeless: Budget = { ...budget, fixMs: 0, costUsd: 0, isRunning: false }
  return {
    text: page(facts, budget, isEnded(run) ? run.endedAt : now),
    substance: page(facts, timeless, 0),
  }
}

function page(facts: ChecklistFacts, budget: Budget, at: number): string {
  const { run, ledger, policy } = facts
  return [
    head(facts),
    ticked(facts),
    isEnded(run) ? [ending(run)] : [`Now: ${nowOf(run, policy)}`],
    [`Budget at ${utc(at)}:`],
    usedAndLeft(budget, policy.limits, at).map((line) => `- ${line}`),
    ...earlier(run.id, ledger),
  ]
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

function head({ run, thread }: ChecklistFacts): readonly string[] {
  const by = name(run.by)
  const request = requestOf(run)
  return [
    `AFK ${run.id}`,
    ...(run.continues === null
      ? []
      : [`Continued by ${by}, in the place of ${code(run.continues)}`]),
    ...(run.continues === null && run.by !== 'loop' ? [`Started by ${by}`] : []),
    ...(thread === null ? [] : [`Thread: ${linked(code(thread), thread)}`]),
    ...(request === null ? [] : [`Pull request: ${pull(request)}`]),
  ]
}

const pull = ({ number, url }: PullRequest) => linked(code(`#${number}`), url)

const most = 20

function ticked({ run, ledger }: ChecklistFacts): readonly string[] {
  const seen = milestonesOf(run.id, ledger)
  const more = seen.length - most
  return [
    ...(more > 0 ? [`- and ${more} before`] : []),
    ...seen.slice(-most).map((each) => `- [x] ${milestone(each, run)}`),
    ...(run.state === 'done' ? ['- [x] done'] : []),
  ]
}

function milestone(what: Milestone, run: Run): string {
  const { issue } = run
  switch (what.type) {
    case 'worktree':
      return 'worktree'
    case 'pushed':
      return `pushed: ${linked(code(short(what.commit)), commitUrl(issue, what.commit))}`
    case 'offered': {
      const { commit, request } = what
      return `offered: ${linked(code(short(commit)), commitUrl(issue, commit))} in ${pull(request)}`
    }
    case 'merged': {
      const { commit, request } = what
      const landed = linked(code(short(commit)), commitUrl(issue, commit))
      return `merged: ${pull(request)}, as ${landed}`
    }
    case 'declined':
      return `${pull(what.request)} was closed without a merge`
    case 'gone':
      return `${code(short(what.commit))} is gone: a force-push took it away`
    case 'red':
      return `CI red${within(what.tip, run)}: ${red(what.failing, namesMax, '')}`
    case 'green':
      return `CI green${within(what.tip, run)}: ${listed(what.passed, namesMax, name)}`
    case 'fix':
      return `fix-forward turn ${what.number} asked`
  }
}

/** Where it was judged, if not at itself. */
function within(tip: string | undefined, { issue }: Run): string {
  if (tip === undefined) return ''
  return ` at ${linked(code(short(tip)), commitUrl(issue, tip))}, which contains it`
}

const namesMax = 5
const proofMax = 10
const nameMax = 60

const name = (text: string) => code(text, nameMax)

/** The first with its link, which is whoever's wrote the check. */
function red(failing: readonly Failing[], max: number, how: string): string {
  return listed(failing, max, (each, index) => {
    const url = index === 0 && each.url !== null && !leavesTraces(each.url) ? each.url : null
    return `${linked(name(each.name), url)}${how}`
  })
}

type Shown<T> = (one: T, index: number) => string

function listed<T>(all: readonly T[], max: number, shown: Shown<T>): string {
  const more = all.length - max
  return `${all.slice(0, max).map(shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function ending(run: Extract<Run, Ended>): string {
  const next = isTerminal(run) ? nextOf(run, code) : null
  return next === null ? verdict(run) : `${verdict(run)}\n\nNext: ${next}`
}

function verdict(run: Extract<Run, Ended>): string {
  switch (run.state) {
    case 'done': {
      const passed = listed(run.passed, proofMax, (each) => `${name(each)} passed`)
      const where = within(run.tip, run)
      return `**done** at ${code(run.commit)}: ${passed === '' ? 'no CI here' : `${passed}${where}`}`
    }
    case 'needs-human': {
      const { cause, commit } = run
      const stays = commit === null ? '' : `; ${code(commit)} stays`
      const words = `**needs a human** (${cause}): ${causeWords[cause]}${stays}`
      const isAsked = cause === 'question' || cause === 'permission'
      return isAsked ? `${words}\n\n${quoted(run.detail)}` : words
    }
    case 'frozen': {
      const failed = red(run.failing, proofMax, ' failed')
      const why = failed === '' ? '' : `: ${failed}${within(run.tip, run)}`
      return `**frozen**: ${run.ranOut} used up; ${code(run.commit)} stays${why}`
    }
    case 'withdrawn':
      return `**withdrawn** by ${name(run.withdrawnBy)}`
  }
}

const mostRuns = 10

/** Of the same issue, newest last. */
function earlier(run: string, ledger: readonly Entry[]): ReadonlyArray<readonly string[]> {
  const mine = ledger.findIndex((entry) => entry.run === run)
  const before = mine === -1 ? ledger : ledger.slice(0, mine)
  const lines = before.flatMap(({ run: id, what }) =>
    what.type === 'ended' ? [`- ${code(id ?? '')}: ${states[what.state]}, ${utc(what.at)}`] : [],
  )
  const more = lines.length - mostRuns
  const shown = [...(more > 0 ? [`- and ${more} before`] : []), ...lines.slice(-mostRuns)]
  return lines.length === 0 ? [] : [['Earlier runs:'], shown]
}

const states: Readonly<Record<Ended['state'], string>> = {
  done: 'done',
  'needs-human': 'needed a human',
  frozen: 'frozen',
  withdrawn: 'withdrawn',
}
