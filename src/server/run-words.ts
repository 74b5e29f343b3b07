/**
 * What a run is, how it ended and what happened to it, in plain words. Pure.
 *
 * Each is one line, whatever an agent, a tracker or a CI wrote: what could drive a terminal or break a
 * line is dropped, and a long text is cut.
 */
import { cut } from '../doorbell/cut.ts'
import { oneLine } from '../doorbell/text.ts'
import type { Entry, Grant, Verdict } from '../run/event.ts'
import { pendingWords } from '../run/now.ts'
import {
  type Cause,
  type Done,
  type Ended,
  type Failing,
  type Frozen,
  isEnded,
  type Phase,
  phaseOf,
  type PullRequest,
  type Run,
  type Turn,
  type TurnEnd,
} from '../run/run.ts'
import type { ChoreKind } from '../run/transition.ts'
import { utc } from '../run/utc.ts'

const maxBytes = 500

/** Somebody else's text, in one line that is short enough to be read. */
export function told(text: string): string {
  return cut(oneLine(text).trim(), maxBytes)
}

const phaseWords: Readonly<Record<Phase, string>> = {
  queued: 'waits to be started',
  dispatching: 'its first turn is on its way to the agent',
  working: 'the agent works',
  'paused-for-limit': 'the agent met a usage limit, and goes on after it',
  checking: 'CI checks what it pushed',
  fixing: 'the agent mends what CI found',
  done: 'done',
  'needs-human': 'needs a human',
  frozen: 'frozen',
  withdrawn: 'withdrawn',
}

const causeWords: Readonly<Record<Cause, string>> = {
  question: 'the agent asks a question',
  permission: 'the agent asks for a permission',
  'agent-error': 'the agent failed',
  'nothing-pushed': 'the agent ended without a push',
  'ci-stuck': 'CI comes to no end',
  'no-ci': 'no check appeared',
  'executor-unreachable': 'the executor could not be asked',
  lost: 'the executor lost its turns',
  'dispatch-failed': 'its turn was refused',
  stalled: 'the agent gave no sign of life',
  cost: 'its money is used up',
  review: 'its pull request needs a person',
}

const ranOutWords: Readonly<Record<Frozen['ranOut'], string>> = {
  attempts: 'its corrective turns are used up',
  minutes: 'its minutes of mending are used up',
  money: 'its money is used up',
}

export const choreWords: Readonly<Record<ChoreKind, string>> = {
  'mark-issue': 'mark the issue as worked on',
  'stop-agent': 'end all of the agent',
  'tell-issue': 'tell the issue how it ended',
  'tidy-worktree': 'remove the worktree, unless a person is called to it',
  'free-slot': 'let the next run of the repository start',
}

/** Where a run is, or how it ended. */
export function standing(run: Run): string {
  return isEnded(run) ? verdictWords(run) : phaseWords[phaseOf(run)]
}

function verdictWords(run: Ended): string {
  switch (run.state) {
    case 'done':
      return `done: ${short(run.commit)} landed${by(run.request)}, ${passedWords(run)}`
    case 'needs-human':
      return `needs a human: ${causeWords[run.cause]}: ${told(run.detail)}`
    case 'frozen':
      return `frozen: ${ranOutWords[run.ranOut]} at ${short(run.commit)}${because(run.failing)}${within(run.tip)}`
    case 'withdrawn':
      return `withdrawn by ${told(run.withdrawnBy)}`
  }
}

const by = (request: PullRequest | null) =>
  request === null ? '' : ` by pull request #${request.number}`

function passedWords({ passed, tip }: Done): string {
  if (passed.length === 0) return 'and there is no CI here'
  return `and CI is green${within(tip)}: ${names(passed)}`
}

/** Where it was judged, if not at itself. */
const within = (tip: string | undefined) =>
  tip === undefined ? '' : ` at ${short(tip)}, which contains it`

export function turnWords(turn: Turn): string {
  if (turn.number === 0) return 'no turn was needed: a person merged its pull request'
  const name = `turn ${turn.number}, to ${purposeWords[turn.purpose]}`
  switch (turn.is) {
    case 'asked':
      return `${name}, is on its way to the agent`
    case 'running':
      return `${name}, is with the agent`
    case 'over':
      return `${name}, ${endWords(turn.end)}`
  }
}

const purposeWords: Readonly<Record<Turn['purpose'], string>> = {
  implement: 'do the work',
  fix: 'mend what CI found',
}

/** `tip`: where, if not at the commit itself. */
export function checksWords(checks: Verdict, tip?: string): string {
  const where = within(tip)
  switch (checks.verdict) {
    case 'none':
      return `CI has said nothing yet${where}`
    case 'pending':
      return `${pendingWords[checks.waitsFor]}${where}`
    case 'green':
      return `CI is green${where}: ${names(checks.passed)}`
    case 'red':
      return `CI is red${where}${because(checks.failing)}`
  }
}

/** What happened, of one line of a ledger. */
export function entryWords(what: Entry['what']): string {
  switch (what.type) {
    case 'started':
      return 'it starts'
    case 'asked':
      return `turn ${what.turn} is asked, to ${purposeWords[what.purpose]}${chargeWords(what.charge)}`
    case 'based':
      return `it works off ${short(what.base)}`
    case 'adopted':
      return `turn ${what.turn} is with the agent`
    case 'refused':
      return `turn ${what.turn} was refused: ${told(what.detail)}`
    case 'alive':
      return `turn ${what.turn} shows a sign of life`
    case 'turn-over':
      return `turn ${what.turn} ${endWords(what.end)}${what.commit === null ? '' : `; ${short(what.commit)} landed`}`
    case 'spent':
      return `turn ${what.turn} has cost ${dollars(what.costUsd)} so far`
    case 'slept':
      return `the machine slept for ${Math.round(what.ms / 60_000)} min, which no limit counts`
    case 'unreachable':
      return what.detail === undefined
        ? 'the executor cannot be asked'
        : `it cannot go on: ${told(what.detail)}`
    case 'reached':
      return 'the executor answers again'
    case 'pushed':
      return `${short(what.commit)} is on the landing branch`
    case 'offered':
      return `${short(what.commit)} is offered in pull request #${what.request.number}`
    case 'merging':
      return `its pull request is to be merged at ${short(what.commit)}`
    case 'merged':
      return `pull request #${what.request.number} is merged, as ${short(what.commit)}`
    case 'declined':
      return `pull request #${what.request.number} is closed without a merge`
    case 'blocked':
      return `its pull request needs a person: ${told(what.why)}`
    case 'unpushed':
      return `${short(what.commit)} is on the landing branch no more`
    case 'checked':
      return `${checksWords(what.checks, what.tip)} (${short(what.commit)})`
    case 'withdrawn':
      return `withdrawn by ${told(what.by)}`
    case 'held':
      return 'paused: no further turn is asked'
    case 'released':
      return 'no longer paused'
    case 'tick':
      return 'a time limit has passed'
    case 'ended':
      return `it ended: ${phaseWords[what.state]}`
    case 'granted':
      return grantWords(what)
  }
}

function endWords(end: TurnEnd): string {
  switch (end.how) {
    case 'finished':
      return end.said.trim() === '' ? 'is over' : `is over; the agent says: ${told(end.said)}`
    case 'failed':
      return `failed: ${told(end.detail)}`
    case 'asking':
      return `is over; the agent asks for ${asksFor[end.for]}: ${told(end.question)}`
    case 'lost':
      return 'is lost: the executor knows it no more'
    case 'limited':
      return `met a usage limit, until ${utc(end.until)}`
  }
}

const asksFor = { answer: 'an answer', permission: 'a permission' } as const

function chargeWords(charge: 'attempt' | 'loss' | null): string {
  if (charge === null) return ''
  return charge === 'attempt' ? '; it counts as a corrective turn' : '; the executor had lost it'
}

function grantWords({ by, why, attempts, minutes, costUsd }: Grant): string {
  const given = [
    ...(attempts > 0 ? [`${attempts} corrective ${attempts === 1 ? 'turn' : 'turns'}`] : []),
    ...(minutes > 0 ? [`${Math.round(minutes * 10) / 10} min`] : []),
    ...(costUsd > 0 ? [dollars(costUsd)] : []),
  ]
  return `${told(by)} granted ${given.join(', ') || 'nothing'}: ${told(why)}`
}

const dollars = (costUsd: number) =>
  costUsd > 0 && costUsd < 0.01 ? 'less than $0.01' : `$${costUsd.toFixed(2)}`

const short = (commit: string) => Array.from(told(commit)).slice(0, 12).join('')

function because(failing: readonly Failing[]): string {
  return failing.length === 0 ? '' : `: ${names(failing.map(({ name }) => name))}`
}

function names(all: readonly string[]): string {
  return told(all.map((name) => oneLine(name)).join(', '))
}
