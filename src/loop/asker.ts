/**
 * Brings a turn that was written down to the agent.
 *
 * The turn is asked under the run's own ids, so that asking again after a crash finds it. A refusal ends
 * the run; an executor that cannot be asked is told as such, and the turn stays written down.
 */
import type { Clock } from '../clock.ts'
import type { In } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import { TrackerError } from '../trackers/tracker-error.ts'
import type { Driver } from './driver.ts'
import type { PromptFacts, Repository } from './repository.ts'

export type Asker = { ask(run: In<'live'>): Promise<void> }

export type AskerParts = {
  readonly driver: Driver
  readonly runs: Pick<Runs, 'ledger'>
  readonly repositories: ReadonlyMap<string, Repository>
  readonly clock: Clock
}

export function asker({ driver, repositories, clock }: AskerParts): Asker {
  return {
    async ask(run) {
      const repository = repositories.get(run.issue.repo)
      if (repository === undefined) return
      const { id, issue, branch, continues, turn } = run
      const prompt = await promptFor(run, repository)
      const { repo, number } = issue
      const order = {
        run: id,
        turn: turn.number,
        branch,
        prompt,
        continues,
        issue: { repo, number },
      }
      const asked = await repository.executor.ask(order)
      const at = clock.now()
      switch (asked.type) {
        case 'adopted':
          await driver.advance(id, { type: 'adopted', at, turn: turn.number, base: asked.base })
          return
        case 'refused':
          await driver.advance(id, { type: 'refused', at, turn: turn.number, detail: asked.detail })
          return
        case 'unreachable':
          await driver.advance(id, { type: 'unreachable', at })
      }
    },
  }
}

async function promptFor(run: In<'live'>, repository: Repository): Promise<string> {
  const { issue, id, branch, turn, pushed } = run
  const { tracker, landingBranch, prompts, ci, policy } = repository
  const read = await tracker.read(issue.number)
  if (read === null) throw new TrackerError('malformed', `${issue.repo}#${issue.number} is gone`)
  const facts: PromptFacts = {
    repo: issue.repo,
    number: issue.number,
    title: read.title,
    body: read.body,
    run: id,
    branch,
    landingBranch,
  }
  const red = pushed?.checks.verdict === 'red' ? pushed : null
  if (turn.purpose === 'implement' || red === null || red.checks.verdict !== 'red')
    return prompts.implement(facts)
  const { failing } = red.checks
  return prompts.fix({
    ...facts,
    commit: red.commit,
    failing: failing.map(({ name, url }) => (url === null ? name : `${name}: ${url}`)).join('\n'),
    logs: ci === null ? '' : await ci.logs(red.commit, failing),
    attempt: turn.number - 1,
    attempts: policy.limits.fixForwardAttempts,
  })
}
