/**
 * What people ask of the loop: hold, go on, start, continue, stop, grant, and why not.
 *
 * Each is written down before it is answered, with who asked. A refusal says why in one sentence and changes
 * nothing. Starting by hand keeps every gate but the poll's turn.
 */
import type { Clock } from '../clock.ts'
import type { Grant } from '../run/event.ts'
import { isEnded } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import type { Driver } from './driver.ts'
import type { Gatekeeper } from './gatekeeper.ts'
import type { Repository } from './repository.ts'
import { adoptRun, continueRun, type Started, startRun } from './start-run.ts'
import type { Tell } from './tell.ts'

export type IssueRef = { readonly repo: string; readonly number: number }

export type Answer =
  | { readonly type: 'done'; readonly run: string }
  | { readonly type: 'refused'; readonly why: string }

export type Desk = {
  start(issue: IssueRef, by: string): Promise<Answer>
  /** In the place and conversation of the issue's last run. */
  goOn(issue: IssueRef, by: string): Promise<Answer>
  /** Watches a conversation that a person began, from its newest turn on, as a run of the issue. */
  adopt(issue: IssueRef, thread: string, by: string): Promise<Answer>
  /** Ends the run as withdrawn, and its agent with it. */
  stop(run: string, by: string): Promise<Answer>
  grant(issue: IssueRef, grant: Omit<Grant, 'type' | 'at'>): Promise<Answer>
  /** Null: it may start. */
  whyNot(issue: IssueRef): Promise<string | null>
}

export type DeskParts = {
  readonly runs: Runs
  readonly driver: Driver
  readonly gatekeeper: Gatekeeper
  readonly repositories: ReadonlyMap<string, Repository>
  readonly clock: Clock
  readonly tell: Tell
  /** Something may have happened there. */
  readonly wake: (repo: string) => void
}

export function desk(parts: DeskParts): Desk {
  const { runs, gatekeeper, repositories, clock, tell, wake } = parts

  async function whyNot({ repo, number }: IssueRef): Promise<string | null> {
    const repository = repositories.get(repo)
    if (repository === undefined) return `${repo} is not enrolled`
    const issue = await repository.tracker.read(number)
    if (issue === null) return `there is no issue ${repo}#${number}`
    return gatekeeper.whyNot(repository, issue)
  }

  function answer(repo: string, started: Started): Answer {
    if (started.type === 'busy') return refused(`${repo} is busy with ${started.run}`)
    wake(repo)
    return { type: 'done', run: started.run }
  }

  return {
    whyNot,
    async start(ref, by) {
      const why = await whyNot(ref)
      if (why !== null) return refused(why)
      const repository = repositories.get(ref.repo)
      const issue = await repository?.tracker.read(ref.number)
      if (!repository || !issue) return refused(`there is no issue ${ref.repo}#${ref.number}`)
      return answer(ref.repo, await startRun({ repository, issue, by }, parts))
    },
    async goOn(ref, by) {
      const repository = repositories.get(ref.repo)
      if (repository === undefined) return refused(`${ref.repo} is not enrolled`)
      const last = await runs.lastRun(ref)
      if (last === undefined) return refused(`${ref.repo}#${ref.number} has no run to go on in`)
      if (!isEnded(last.run)) return refused(`${last.run.id} has not ended yet`)
      if (last.run.state === 'done')
        return refused('its last run is done: there is nothing to go on in')
      const issue = await repository.tracker.read(ref.number)
      if (issue === null) return refused(`there is no issue ${ref.repo}#${ref.number}`)
      const why = await gatekeeper.whyNotGoOn(repository, issue, last.run)
      if (why !== null) return refused(why)
      return answer(ref.repo, await continueRun({ repository, issue, by }, last.run, parts))
    },
    async adopt(ref, thread, by) {
      const adopted = await adopt({ ref, thread, by }, parts)
      return adopted.type === 'refused' ? adopted : answer(ref.repo, adopted)
    },
    stop: (id, by) => stop(id, by, parts),
    async grant({ repo, number }, grant) {
      const last = await runs.lastRun({ repo, number })
      if (last === undefined)
        return refused(`${repo}#${number} has no run yet, and its whole budget`)
      await runs.grant(last.run.lineage, { type: 'granted', at: clock.now(), ...grant })
      const { by, why } = grant
      tell({ event: 'budget-granted', issue: `${repo}#${number}`, by, why })
      wake(repo)
      return { type: 'done', run: last.run.id }
    },
  }
}

async function stop(id: string, by: string, { runs, driver, clock, wake }: DeskParts) {
  const stored = await runs.run(id)
  if (stored === undefined) return refused('no run has that id')
  if (isEnded(stored.run)) return refused('it has ended already')
  const now = await driver.advance(stored, { type: 'withdrawn', at: clock.now(), by })
  if (now?.run.state !== 'withdrawn') return refused('it has ended already')
  wake(stored.run.issue.repo)
  return { type: 'done', run: id } as const
}

type Adopting = { readonly ref: IssueRef; readonly thread: string; readonly by: string }

async function adopt({ ref, thread, by }: Adopting, parts: DeskParts): Promise<Started | Refused> {
  const repository = parts.repositories.get(ref.repo)
  if (repository === undefined) return refused(`${ref.repo} is not enrolled`)
  const issue = await repository.tracker.read(ref.number)
  if (issue === null) return refused(`there is no issue ${ref.repo}#${ref.number}`)
  if (!issue.isOpen) return refused('it is closed: reopen it first')
  const found = await repository.executor.find(thread)
  if (found === null) return refused(`${ref.repo} has no such conversation`)
  const { turn, branch } = found
  if (turn === null) return refused('nothing was asked in that conversation yet')
  if (branch === null || branch === repository.landingBranch) return refused(noBranch)
  return adoptRun({ repository, issue, by }, { threadId: thread, branch, turn }, parts)
}

const noBranch =
  'that conversation has no branch of its own: whose work its pushes are could not be told'

type Refused = Answer & { readonly type: 'refused' }

function refused(why: string): Refused {
  return { type: 'refused', why }
}
