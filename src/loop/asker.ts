/**
 * Brings a turn that was written down to the agent.
 *
 * The turn is asked under the run's own ids, so that asking again after a crash finds it. A refusal ends
 * the run, and so does what only a person can mend: a broken clone, an issue that cannot be read, a prompt
 * with a hole. What cannot be reached is told as such, and the turn stays written down. So does a fix while its
 * commit is not red any more; one whose commit was forced away is to do the work anew.
 */
import type { Clock } from '../clock.ts'
import type { Asked, Order } from '../executors/executor.ts'
import { type Budget, budgetOf } from '../run/budget.ts'
import type { RunEvent } from '../run/event.ts'
import { LandingError } from '../landing/landing-error.ts'
import { PromptError } from '../run/prompt.ts'
import { doesFixWait, type In, type Run } from '../run/run.ts'
import type { Runs, StoredRun } from '../store/runs.ts'
import { TrackerError } from '../trackers/tracker-error.ts'
import type { Driver } from './driver.ts'
import type { PromptFacts, Repository } from './repository.ts'

/** Of a live run whose turn is asked, and whose fix need not wait; of any other, nothing happens. The run as it is then. */
export type Asker = { ask(stored: StoredRun): Promise<StoredRun | undefined> }

export type AskerParts = {
  readonly driver: Driver
  readonly runs: Pick<Runs, 'run' | 'ledger'>
  readonly repositories: ReadonlyMap<string, Repository>
  readonly clock: Clock
}

export function asker({ driver, runs, repositories, clock }: AskerParts): Asker {
  return {
    async ask(stored) {
      const repository = repositories.get(stored.run.issue.repo)
      if (repository === undefined) return stored
      const asked = await bring(stored, repository)
      return asked === null ? stored : driver.advance(stored.run.id, asked)
    },
  }

  /** Null: it is not asked any more. */
  async function bring(stored: StoredRun, repository: Repository): Promise<RunEvent | null> {
    try {
      const { run } = await withBase(stored, repository)
      if (run.state !== 'live' || !isBased(run) || run.turn.is !== 'asked') return null
      if (doesFixWait(run)) return null
      const { turn } = run
      const budget = budgetOf(await runs.ledger(run.lineage))
      const order = await orderFor(run, { repository, budget })
      // Making the prompt may take a while: what was held or ended meanwhile is not asked.
      if (!(await isStillAsked(order))) return null
      const asked = await repository.executor.ask(order)
      return eventOf(asked, { at: clock.now(), turn: turn.number })
    } catch (error) {
      return eventOf(faultOf(error), { at: clock.now(), turn: turnOf(stored.run) })
    }
  }

  async function isStillAsked({ run: id, turn: number }: Order): Promise<boolean> {
    const run = (await runs.run(id))?.run
    if (run?.state !== 'live' || run.isHeld || doesFixWait(run)) return false
    return run.turn.is === 'asked' && run.turn.number === number
  }

  /** Written down before an agent could have written anything: what it says of its base is never asked. */
  async function withBase(stored: StoredRun, { landing }: Repository): Promise<StoredRun> {
    const { run } = stored
    if (run.state !== 'live' || run.base !== null) return stored
    const base = await landing.tip(clock.monotonic())
    return (await driver.advance(stored, { type: 'based', at: clock.now(), base })) ?? stored
  }
}

type Based = In<'live'> & { readonly base: string }

const isBased = (run: In<'live'>): run is Based => run.base !== null

const turnOf = (run: Run) => (run.state === 'live' ? run.turn.number : 0)

/** What cannot be asked may be later; what is broken is refused, until a person mends it. */
function faultOf(error: unknown): Asked {
  if (error instanceof PromptError) return { type: 'refused', detail: error.message }
  const isOf = error instanceof LandingError || error instanceof TrackerError
  if (!isOf) throw error
  return { type: mayHeal.includes(error.code) ? 'unreachable' : 'refused', detail: error.message }
}

/** A token that is refused is mended, and the turn is brought then. */
const mayHeal: readonly string[] = ['unreachable', 'misconfigured']

const changedText =
  'its text was changed, by its author who has no write access, since it was labelled ready: read it, and label it again'

type Around = { readonly repository: Repository; readonly budget: Budget }

async function orderFor(run: Based, around: Around): Promise<Order> {
  const { id, issue, branch, base, continues, turn, threadId: thread } = run
  const { repo, number } = issue
  const visit = turn.is === 'asked' ? turn.visit : null
  const prompt = visit === null ? await promptFor(run, around) : ''
  const title = [`#${number}`, issue.title].filter(Boolean).join(' ')
  const order = { run: id, turn: turn.number, branch, base, thread, title, prompt }
  return { ...order, continues, visit, issue: { repo, number } }
}

function eventOf(asked: Asked, facts: { readonly at: number; readonly turn: number }): RunEvent {
  switch (asked.type) {
    case 'adopted':
      return { ...facts, ...asked }
    case 'refused':
      return { ...facts, type: 'refused', detail: asked.detail }
    case 'unreachable':
      return { at: facts.at, type: 'unreachable', detail: asked.detail }
  }
}

async function promptFor(run: In<'live'>, { repository, budget }: Around): Promise<string> {
  const { issue, id, branch, turn, pushed } = run
  const { tracker, landingBranch, prompts, ci, policy } = repository
  const read = await tracker.read(issue.number)
  if (read === null) throw new TrackerError('malformed', `${issue.repo}#${issue.number} is gone`)
  if (read.digest !== run.digest && !read.isAuthorTrusted)
    throw new TrackerError('malformed', changedText)
  const facts: PromptFacts = {
    repo: issue.repo,
    number: issue.number,
    title: read.title,
    body: read.body,
    run: id,
    branch,
    landingBranch,
    merges: policy.merges,
  }
  if (turn.purpose === 'implement' || pushed?.checks.verdict !== 'red')
    return prompts.implement(facts)
  const { failing } = pushed.checks
  const commit = pushed.tip ?? pushed.commit
  return prompts.fix({
    ...facts,
    commit,
    failing: failing.map(({ name, url }) => (url === null ? name : `${name}: ${url}`)).join('\n'),
    logs: ci === null ? '' : await ci.logs(commit, failing),
    attempt: budget.attempts,
    attempts: policy.limits.fixForwardAttempts + budget.granted.attempts,
  })
}
