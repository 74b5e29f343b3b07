/**
 * Says which issue of a repository may start, and of any one why it may not. The rules are `run/dispatch.ts`.
 *
 * A blocker that is not there is not closed: it blocks. Where the ready label is on again after a run that
 * has ended, a person put it there: the loop takes it off when a run starts and when one ends.
 */
import {
  areAttemptsGone,
  areMinutesGone,
  type Budget,
  budgetAfter,
  budgetOf,
  isMoneyGone,
} from '../run/budget.ts'
import { inOrder, mayStart } from '../run/dispatch.ts'
import type { Limits } from '../run/limits.ts'
import type { Run } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import type { TrackedIssue } from '../trackers/tracker.ts'
import { freshBudget } from './fresh-budget.ts'
import { lineageOf } from './new-run.ts'
import type { Repository } from './repository.ts'

export type Gatekeeper = {
  /** The most urgent that may start; null: none may. */
  next(repository: Repository, issues: readonly TrackedIssue[]): Promise<TrackedIssue | null>

  /** Null: it may start. */
  whyNot(repository: Repository, issue: TrackedIssue): Promise<string | null>

  /** Whether a run may go on where its issue's last one ended, which gives no fresh budget. Null: it may. */
  whyNotGoOn(repository: Repository, issue: TrackedIssue, last: Run): Promise<string | null>
}

export type GatekeeperParts = {
  readonly runs: Pick<Runs, 'slots' | 'pauses' | 'ledger'>
  readonly isEnrolled: (repo: string) => boolean
}

export function gatekeeper({ runs, isEnrolled }: GatekeeperParts): Gatekeeper {
  /** It may be the same clone under another name: nothing is started beside it. Null: there is none. */
  function orphanIn(slots: ReadonlyMap<string, string>): string | null {
    const [repo, run] = [...slots].find(([name]) => !isEnrolled(name)) ?? []
    if (repo === undefined) return null
    return `${run} of ${repo}, which is not enrolled any more, is under way: enrol it again, or afk stop ${run}`
  }

  async function pausedBy(repo: string): Promise<string | null> {
    const pauses = await runs.pauses()
    return pauses.find(({ scope }) => scope === '*' || scope === repo)?.by ?? null
  }

  /** After what labelling it ready again gives. */
  async function hasNoMoney(repository: Repository, { number }: TrackedIssue): Promise<boolean> {
    const used = budgetOf(await runs.ledger(lineageOf(repository, number)))
    const grant = freshBudget(used, { at: used.asOf, by: '' })
    const left = grant === null ? used : budgetAfter(used, { run: null, what: grant })
    return isMoneyGone(left, repository.policy.limits)
  }

  async function whyNot(repository: Repository, issue: TrackedIssue): Promise<string | null> {
    const { name, labels, tracker } = repository
    if (!issue.labels.includes(labels.ready)) return `it is not labelled ${labels.ready}`
    const slots = await runs.slots()
    const orphan = orphanIn(slots)
    if (orphan !== null) return orphan
    const openBlockers: number[] = []
    for (const number of issue.blockedBy)
      if ((await tracker.read(number))?.isOpen !== false) openBlockers.push(number)
    const answer = mayStart(issue, {
      pausedBy: await pausedBy(name),
      isMoneyGone: await hasNoMoney(repository, issue),
      openBlockers,
      busyWith: slots.get(name) ?? null,
    })
    return answer.may ? null : answer.why
  }

  async function whyNotGoOn(repository: Repository, { number, isOpen }: TrackedIssue, last: Run) {
    const { name, policy } = repository
    const orphan = orphanIn(await runs.slots())
    if (orphan !== null) return orphan
    const by = await pausedBy(name)
    if (by !== null) return `paused by ${by}`
    if (!isOpen) return 'it is closed: reopen it first'
    const used = budgetOf(await runs.ledger(lineageOf(repository, number)))
    const gone = whatIsGone(used, policy.limits, last)
    return gone === null ? null : `${gone} used up: afk grant ${name}#${number} first`
  }

  return {
    whyNot,
    whyNotGoOn,
    async next(repository, issues) {
      for (const issue of inOrder(issues))
        if ((await whyNot(repository, issue)) === null) return issue
      return null
    },
  }
}

/** Null: of everything there is some left, or nothing of it was used. */
function whatIsGone(used: Budget, limits: Limits, last: Run): string | null {
  if (isMoneyGone(used, limits)) return 'its spending limit is'
  // Where no corrective turn is allowed, a run that came to none has used up nothing.
  const hasUsed = used.attempts > 0 || last.state === 'frozen'
  if (hasUsed && areAttemptsGone(used, limits)) return 'its attempts are'
  return areMinutesGone(used, limits, used.asOf) ? 'its minutes are' : null
}
