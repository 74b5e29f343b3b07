/**
 * Brings a turn that was written down to the agent.
 *
 * The turn is asked under the run's own ids, so that asking again after a crash finds it. A refusal ends
 * the run; an executor that cannot be asked is told as such, and the turn stays written down.
 */
import type { Clock } from '../clock.ts'
import type { Asked, Order } from '../executors/executor.ts'
import type { RunEvent } from '../run/event.ts'
import { PromptError } from '../run/prompt.ts'
import type { In } from '../run/run.ts'
import type { StoredRun } from '../store/runs.ts'
import { TrackerError } from '../trackers/tracker-error.ts'
import type { Driver } from './driver.ts'
import type { PromptFacts, Repository } from './repository.ts'

/** Of a live run whose turn is asked; of any other, nothing happens. */
export type Asker = { ask(stored: StoredRun): Promise<void> }

export type AskerParts = {
  readonly driver: Driver
  readonly repositories: ReadonlyMap<string, Repository>
  readonly clock: Clock
}

export function asker({ driver, repositories, clock }: AskerParts): Asker {
  return {
    async ask(stored) {
      const { run } = stored
      const repository = repositories.get(run.issue.repo)
      if (repository === undefined || run.state !== 'live') return
      const { id, issue, branch, continues, turn } = run
      const { repo, number } = issue
      const order = { run: id, turn: turn.number, branch, continues, issue: { repo, number } }
      const asked = await bring(run, order, repository)
      await driver.advance(stored, eventOf(asked, { at: clock.now(), turn: turn.number }))
    },
  }
}

function eventOf(asked: Asked, facts: { readonly at: number; readonly turn: number }): RunEvent {
  switch (asked.type) {
    case 'adopted':
      return { ...facts, type: 'adopted', base: asked.base, place: asked.place }
    case 'refused':
      return { ...facts, type: 'refused', detail: asked.detail }
    case 'unreachable':
      return { at: facts.at, type: 'unreachable' }
  }
}

type Placed = Omit<Order, 'prompt'>

/** A prompt that cannot be made is refused, until its file is mended. */
async function bring(run: In<'live'>, order: Placed, repository: Repository): Promise<Asked> {
  try {
    const prompt = await promptFor(run, repository)
    return await repository.executor.ask({ ...order, prompt })
  } catch (error) {
    if (error instanceof PromptError) return { type: 'refused', detail: error.message }
    throw error
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
