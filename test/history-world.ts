/**
 * The world of a written history: its remote, its forge, its CI, its issue and its agents, as its steps change them.
 *
 * They are the parts in memory of a ground. What is below a run's base is none of its work here, too.
 */
import { CiError } from '../src/ci/ci-error.ts'
import type { Landing } from '../src/landing/landing.ts'
import { LandingError } from '../src/landing/landing-error.ts'
import type { Repository } from '../src/loop/repository.ts'
import { type Check, foldChecks } from '../src/run/checks.ts'
import { TrackerError } from '../src/trackers/tracker-error.ts'
import type { TrackedIssue } from '../src/trackers/tracker.ts'
import { historyExecutor } from './history-executor.ts'
import type { History, Step } from './history-schema.ts'
import { base, type InMemoryExecutor } from './in-memory-executor.ts'
import type { Ground } from './in-memory-loop.ts'
import { labels } from './loop-stand-ins.ts'

export type HistoryWorld = {
  readonly repository: Repository
  /** What a step says of everybody but a person and the machine. */
  happens(step: Step): void
}

export const issue = { repo: 'infra', number: 42 }

/** As it is on the landing branch: by its letter alone. */
const commitOf = (letter: string) => letter.charCodeAt(0).toString(16).repeat(20)
export const letterOf = (commit: string) => String.fromCharCode(parseInt(commit.slice(0, 2), 16))

export function historyWorld(ground: Ground, { required }: History): HistoryWorld {
  const { parts, ci } = ground
  const executor = historyExecutor(ground, parts.clock.now())
  const landing = historyLanding(ground)
  const tracker = historyTracker(ground)
  const fold = (checks: readonly Check[]) => foldChecks(checks, required ?? null)

  function remote(what: NonNullable<Step['remote']>) {
    const { push, offer, by = 'its own run', closing, forcedAway, down, back } = what
    if (offer !== undefined) {
      ground.pulls.push(branchOf(ground), commitOf(offer))
      ci.says(commitOf(offer), fold([]))
    }
    if (push !== undefined) {
      landing.push(runThat(by, ground.executor), commitOf(push))
      ci.says(commitOf(push), fold([]))
      if (closing) close(ground, { who: 'ada', commit: commitOf(push) })
    }
    if (forcedAway !== undefined) ground.landing.takeAway(commitOf(forcedAway))
    if (down || back) isUp(ground, 'landing', back === true)
  }

  function forge(what: NonNullable<Step['pull']>) {
    const { merged, mergesAs } = what
    const commit = merged ?? mergesAs
    if (commit !== undefined) ci.says(commitOf(commit), fold([]))
    pull(what, ground)
  }

  return {
    repository: { ...ground.repository, executor, landing, tracker },
    happens(step) {
      if (step.remote) remote(step.remote)
      if (step.pull) forge(step.pull)
      for (const [letter, checks] of Object.entries(step.checks ?? {}))
        ci.says(commitOf(letter), fold(checks.flatMap(checkOf)))
      if (step.ci) isUp(ground, 'ci', step.ci === 'back')
      if (step.tracker) tracker.says(step.tracker)
      if (step.costs !== undefined) executor.costs(step.costs)
      if (step.agent) executor.says(step.agent)
    },
  }
}

function pull(what: NonNullable<Step['pull']>, ground: Ground) {
  const { pulls } = ground
  const { merged, closed, reopened, conflicts, mergesAs, refuses, refusesToOpen } = what
  const { unsure, down, back } = what
  if (merged !== undefined) pulls.mergeAs(branchOf(ground), commitOf(merged))
  if (closed) pulls.closeOf(branchOf(ground))
  if (conflicts) pulls.conflict(branchOf(ground))
  if (reopened) pulls.reopenOf(branchOf(ground))
  if (mergesAs !== undefined) pulls.mergesAs(commitOf(mergesAs))
  if (refuses !== undefined) pulls.refuses('merge', refuses)
  if (refusesToOpen !== undefined) pulls.refuses('open', refusesToOpen)
  if (unsure || back) pulls.knows(back === true)
  if (back) for (const each of ['open', 'merge'] as const) pulls.refuses(each, null)
  if (down || back) isUp(ground, 'pulls', back === true)
}

/** Of the last run that has an agent. */
function branchOf({ executor: { orders } }: Ground): string {
  const { branch } = orders.at(-1) ?? {}
  if (branch === undefined) throw new Error('the agent was asked no turn yet')
  return branch
}

/** A commit below a run's base is not the run's. */
function historyLanding({ landing: below }: Ground) {
  const order: string[] = []
  const landing: Landing = {
    ...below,
    async pushedBy(run, since) {
      const commit = await below.pushedBy({ ...run, base }, since)
      return commit !== null && order.indexOf(commit) > order.indexOf(run.base) ? commit : null
    },
  }
  const push = (run: string, commit: string) => {
    order.push(commit)
    below.push(run, commit)
  }
  return { ...landing, push }
}

/** Behind, it shows an issue as it was before our label, and before it was said how it was closed. */
function historyTracker(ground: Ground) {
  const { tracker: below } = ground
  let isBehind = false
  const shown = (it: TrackedIssue): TrackedIssue => {
    if (!isBehind) return it
    const has = it.labels.filter((label) => label !== labels.inProgress)
    return it.isOpen ? { ...it, labels: has } : { ...it, closedBy: null }
  }
  return {
    ...below,
    async list(wanted: readonly string[]) {
      const { issues, faults } = await below.list(wanted)
      const isWanted = ({ labels: has }: TrackedIssue) => has.some((each) => wanted.includes(each))
      return { issues: issues.map(shown).filter(isWanted), faults }
    },
    async read(number: number) {
      const found = await below.read(number)
      return found && shown(found)
    },
    says(how: NonNullable<Step['tracker']>) {
      isBehind = how === 'behind'
      if (!isBehind) isUp(ground, 'tracker', how === 'back')
    },
  }
}

type Pusher = 'its own run' | NonNullable<NonNullable<Step['remote']>['by']>

function runThat(by: Pusher, { orders }: InMemoryExecutor): string {
  const runs = [...new Set(orders.map(({ run }) => run))]
  const run =
    by === 'another run' ? 'run_of_another_issue' : runs.at(by === 'its own run' ? -1 : -2)
  if (run === undefined) throw new Error(`nothing can be pushed by ${by} yet`)
  return run
}

const checkOf = (named: Readonly<Record<string, Check['state']>>): readonly Check[] =>
  Object.entries(named).map(([name, state]) => ({ name, state, url: null }))

const calls = {
  landing: ['tip', 'pushedBy', 'contains', 'read'],
  pulls: ['of', 'mayBeMerged', 'conflicts', 'open', 'merge'],
  ci: ['look', 'logs'],
  tracker: ['list', 'read', 'label', 'comment', 'close'],
} as const

const isAway = {
  landing: () => new LandingError('unreachable', 'the remote is away'),
  pulls: () => new LandingError('unreachable', 'the forge is away'),
  ci: () => new CiError('unavailable', 'CI is away'),
  tracker: () => new TrackerError('unreachable', 'the tracker is away'),
} as const

function isUp({ calls: asked }: Ground, part: keyof typeof calls, up: boolean) {
  for (const each of calls[part]) {
    const call = `${part} ${each}`
    if (up) asked.mend(call)
    else
      asked.during(call, () => {
        throw isAway[part]()
      })
  }
}

/** Whether this is how a part that is away answers. */
export const isOfAway = (error: unknown) =>
  error instanceof LandingError || error instanceof CiError || error instanceof TrackerError

type ClosedBy = { readonly who: string; readonly commit: string | null }

export function close({ tracker }: Pick<Ground, 'tracker'>, closedBy: ClosedBy): void {
  tracker.edit(issue.number, { isOpen: false, closedBy })
}

/** Without a word of the loop's own. */
export function relabel({ tracker }: Pick<Ground, 'tracker'>, added: readonly string[]): void {
  const ours: readonly string[] = Object.values(labels)
  const others = tracker.issue(issue.number).labels.filter((label) => !ours.includes(label))
  tracker.edit(issue.number, { labels: [...others, ...added] })
}
