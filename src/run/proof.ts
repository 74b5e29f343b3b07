/**
 * What a ring says of a run that ended: its proof, in at most four short lines for a phone. Pure.
 *
 * Says only what is known; a zero that says nothing is left out. What an agent or a check wrote stands within
 * its own part of one line: its line breaks are folded, what could drive a terminal is dropped, and its length
 * is limited. A link that would have to be cut is left out: a cut link is another link.
 */
import { oneLine } from '../doorbell/text.ts'
import { folded } from './folded.ts'
import type { Cause, Done, Failing, Frozen, NeedsHuman, PullRequest, Terminal } from './run.ts'

export type ProofFacts = {
  /** Fix-forward turns of its lineage. */
  readonly attempts: number
  /** On the fix-forward clock. */
  readonly minutes: number
  readonly costUsd: number
  /** A person had given more. */
  readonly granted: boolean
  /** The path of what was kept; null: nothing was, or nobody knows where. */
  readonly worktree: string | null
}

export function detailOf(run: Terminal, facts: ProofFacts): string {
  const lines = linesOf(run, facts)
  return lines.filter((line) => line !== '').join('\n')
}

function linesOf(run: Terminal, facts: ProofFacts): readonly string[] {
  switch (run.state) {
    case 'done':
      return doneLines(run, facts)
    case 'needs-human':
      return humanLines(run, facts)
    case 'frozen':
      return frozenLines(run, facts)
  }
}

function doneLines(
  { issue, commit, passed, request, tip }: Terminal & Done,
  facts: ProofFacts,
): readonly string[] {
  const checks = passed.length === 0 ? 'no CI here' : `green${within(tip)}: ${named(passed)}`
  return [
    `commit ${short(commit)}${commitLink(issue, commit)}`,
    checks,
    [pullIn(request), usedIn(facts)].filter((part) => part !== '').join('; '),
  ]
}

function humanLines(run: Terminal & NeedsHuman, facts: ProofFacts): readonly string[] {
  const { cause, detail, commit, where: at } = run
  const request = at?.request ?? null
  const said = folded(detail, saidMax)
  const stays = commit === null ? '' : `commit ${short(commit)} stays`
  const where = request === null ? stays : pullIn(request)
  return [
    said === '' ? causeWords[cause] : `${causeWords[cause]}: ${said}`,
    [where, usedIn(facts)].filter((part) => part !== '').join('; '),
    kept(facts),
    `Next: ${actOf(run, asIs)}`,
  ]
}

function frozenLines(run: Terminal & Frozen, facts: ProofFacts): readonly string[] {
  const { issue, ranOut, commit, failing, tip } = run
  const { request } = run.where
  const used = usedIn(facts)
  const where = request === null ? commitLink(issue, commit) : ` in ${pullIn(request)}`
  const stays = `commit ${short(commit)} stays${where}`
  return [
    used === '' ? `${ranOut} used up` : `${ranOut} used up: ${used}`,
    failing.length === 0 ? '' : `red${within(tip)}: ${names(failing)}${linkOf(failing)}`,
    [kept(facts), stays].filter((part) => part !== '').join('; '),
    `Next: ${grantOf(run, ranOut, asIs)}`,
  ]
}

export const causeWords: Readonly<Record<Cause, string>> = {
  question: 'It asks',
  permission: 'It asks for a permission',
  'agent-error': 'The agent failed',
  'nothing-pushed': 'Nothing was pushed',
  'ci-stuck': 'CI is stuck',
  'no-ci': 'No CI',
  'executor-unreachable': 'Out of reach',
  lost: 'The turn was lost',
  'dispatch-failed': 'The executor refused it',
  stalled: 'The agent is silent',
  cost: 'No money left',
  review: 'Its pull request needs you',
}

/** How what a person types is shown. */
export type Typed = (command: string) => string

const asIs: Typed = (command) => command

/** What a person does next; null: nothing is left to do. */
export function nextOf(run: Terminal, typed: Typed): string | null {
  switch (run.state) {
    case 'done':
      return null
    case 'needs-human':
      return actOf(run, typed)
    case 'frozen':
      return grantOf(run, run.ranOut, typed)
  }
}

/** The smallest that unblocks it. The agent of a command hears nobody: what it is to know stands in the issue. */
function actOf(run: Terminal & NeedsHuman, typed: Typed): string {
  const { issue, cause, environmentId } = run
  const goOn = typed(`afk continue ${refOf(run)}`)
  switch (cause) {
    case 'question':
      if (environmentId !== null) return inThread
      return `write the answer into the issue, then ${goOn}`
    case 'permission':
      if (environmentId !== null) return inThread
      return `allow it in the agent's settings, then ${goOn}`
    case 'agent-error':
    case 'nothing-pushed':
    case 'stalled':
      return `look at what it left, then ${goOn}`
    case 'ci-stuck':
      return 'look at CI: approve its checks, or run them again'
    case 'no-ci':
      return `look at CI, or set ${typed('ci: none')} for ${typed(oneLine(issue.repo))}`
    case 'executor-unreachable':
      return `mend what did not answer, then ${goOn}`
    case 'lost':
      return `look at the executor, then ${goOn}`
    case 'dispatch-failed':
      return 'mend what it refused, then label the issue ready again'
    case 'cost':
      return grantOf(run, 'money', typed)
    case 'review':
      return `merge it, and AFK waits for its checks; or ${goOn}`
  }
}

/** Whose agents have conversations that go on. */
const inThread = 'answer it in its thread, and the run goes on'

function grantOf(run: Terminal, ranOut: Frozen['ranOut'], typed: Typed): string {
  const ref = refOf(run)
  const grant = typed(`afk grant ${ref} ${more[ranOut]} --why TEXT`)
  return `${grant}, then ${typed(`afk continue ${ref}`)}`
}

const more: Readonly<Record<Frozen['ranOut'], string>> = {
  attempts: '--attempts 2',
  minutes: '--minutes 30',
  money: '--cost 20',
}

function refOf({ issue }: Terminal): string {
  return `${oneLine(issue.repo)}#${issue.number}`
}

/** Only what says something. */
function usedIn({ attempts, minutes, costUsd, granted }: ProofFacts): string {
  const whole = Math.round(minutes)
  return [
    ...(attempts > 0 ? [`${attempts} fix-forward ${attempts === 1 ? 'turn' : 'turns'}`] : []),
    ...(whole > 0 ? [`${whole} min`] : []),
    ...(costUsd >= 0.005 ? [`$${costUsd.toFixed(2)}`] : []),
    ...(granted ? ['after a grant'] : []),
  ].join(', ')
}

function kept({ worktree }: ProofFacts): string {
  return worktree === null ? '' : `kept: ${oneLine(worktree)}`
}

const saidMax = 600
const nameMax = 40
const namesMax = 5
const linkMax = 300

function named(names: readonly string[]): string {
  const shown = names.slice(0, namesMax).map((name) => folded(name, nameMax))
  const more = names.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const names = (failing: readonly Failing[]) => named(failing.map(({ name }) => name))

const within = (tip: string | undefined) => (tip === undefined ? '' : ` at ${atTip(tip)}`)

function linkOf([first]: readonly Failing[]): string {
  const url = first?.url ?? ''
  return isLink(url) ? ` ${url}` : ''
}

function pullIn(request: PullRequest | null): string {
  if (request === null) return ''
  return `pull request #${request.number}${isLink(request.url) ? ` ${request.url}` : ''}`
}

const isLink = (url: string) => /^https?:\/\/[!-~]+$/.test(url) && url.length <= linkMax

function commitLink(issue: Terminal['issue'], commit: string): string {
  const url = commitUrl(issue, commit)
  return url === null ? '' : ` ${url}`
}

/** Where a forge shows it, beside its issues: GitHub, Gitea and Forgejo alike. Null: nobody knows. */
export function commitUrl({ url = '' }: Terminal['issue'], commit: string): string | null {
  const [, repository] = /^(https?:\/\/[!-~]{1,200})\/issues\/\d+$/.exec(url) ?? []
  return repository === undefined ? null : `${repository}/commit/${commit}`
}

/** Another commit than the one that is told of, and was judged in its place. */
export function atTip(tip: string): string {
  return `${short(tip)}, which contains it`
}

export function short(commit: string): string {
  return commit.slice(0, 12)
}
