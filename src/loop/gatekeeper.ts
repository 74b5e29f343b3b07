/**
 * Says which issue of a repository may start, and of any one why it may not. The rules are `run/dispatch.ts`.
 *
 * A blocker that is not there is not closed: it blocks. Where the ready label is on again after a run that
 * has ended, a person put it there: the loop takes it off when a run starts and when one ends.
 */
import { budgetAfter, budgetOf, isMoneyGone } from '../run/budget.ts'
import { inOrder, mayStart } from '../run/dispatch.ts'
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

  /** Of a run that goes on, which gives no fresh budget. Null: it may. */
  whyNotGoOn(repository: Repository, issue: TrackedIssue): Promise<string | null>
}

export type GatekeeperParts = { readonly runs: Pick<Runs, 'slots' | 'pauses' | 'ledger'> }

export function gatekeeper({ runs }: GatekeeperParts): Gatekeeper {
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
    const openBlockers: number[] = []
    for (const number of issue.blockedBy)
      if ((await tracker.read(number))?.isOpen !== false) openBlockers.push(number)
    const answer = mayStart(issue, {
      killSwitch: false,
      isEnrolled: true,
      pausedBy: await pausedBy(name),
      isMoneyGone: await hasNoMoney(repository, issue),
      openBlockers,
      busyWith: (await runs.slots()).get(name) ?? null,
      lastRun: null,
      trustedDigest: null,
    })
    return answer.may ? null : answer.why
  }

  async function whyNotGoOn(repository: Repository, { number }: TrackedIssue) {
    const { name, policy } = repository
    const by = await pausedBy(name)
    if (by !== null) return `paused by ${by}`
    const used = budgetOf(await runs.ledger(lineageOf(repository, number)))
    return isMoneyGone(used, policy.limits)
      ? `its spending limit is used up: afk grant ${name}#${number} first`
      : null
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
