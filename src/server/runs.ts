/**
 * The routes of the loop: its runs, and what a person asks of it: hold, go on, start, continue, adopt, stop, grant.
 *
 * What was answered with success is on disk. Pausing and resuming always work. The rest is refused where
 * the loop is disarmed, with what is missing; and where it says no, with its reason. A refusal changed
 * nothing. A grant is not once: who grants twice gives twice.
 */
import { Hono } from 'hono'

import type { LinkOptions } from '../doorbell/link.ts'
import { oneLine } from '../doorbell/text.ts'
import { ApiError } from '../errors.ts'
import type { Answer, Desk } from '../loop/desk.ts'
import type { Housekeeper } from '../loop/housekeeper.ts'
import { budgetOf } from '../run/budget.ts'
import type { Limits } from '../run/limits.ts'
import { isEnded, type Run } from '../run/run.ts'
import type { Runs } from '../store/runs.ts'
import type { Asked } from './auth.ts'
import { toCursor, toSeq } from './cursor.ts'
import type { NodeState } from './node-state.ts'
import { parseWith, readJson } from './read-body.ts'
import { AdoptBody, GrantBody, IssueBody, RunsQuery, ScopeBody, StopBody } from './run-schemas.ts'
import { budgetView, listedRun, pauseView, runSummary, runView } from './run-views.ts'

export type LoopRoutes = {
  readonly loop: {
    /** Null: the loop is disarmed. */
    readonly desk: Desk | null
    /** Null: the loop is disarmed. */
    readonly housekeeper: Housekeeper | null
    readonly runs: Pick<Runs, 'run' | 'listRuns' | 'ledger' | 'chores' | 'pauses'>
    /** `*` is everything, else a repository. */
    readonly pause: (scope: string, by: string) => Promise<void>
    readonly resume: (scope: string, by: string) => Promise<void>
    /** Undefined: the repository is not enrolled. */
    readonly limitsOf: (repo: string) => Limits | undefined
  }
  readonly state: Pick<NodeState, 'status'>
  readonly links: LinkOptions
  readonly now: () => number
}

export function loopRoutes(parts: LoopRoutes) {
  return new Hono<Asked>().route('/', runRoutes(parts)).route('/', deskRoutes(parts))
}

function runRoutes(parts: LoopRoutes) {
  return new Hono<Asked>()
    .get('/runs', async (c) => {
      const { live, issue, limit, cursor } = parseWith(RunsQuery, c.req.query(), 'invalid_query')
      const isLive = live === undefined ? null : live === 'true'
      const { runs } = parts.loop
      const page = await runs.listRuns({ isLive, issue, limit, before: toSeq(cursor) })
      const listed = await Promise.all(page.runs.map(({ run }) => listing(run, parts)))
      return c.json({ runs: listed, next: toCursor(page.next) })
    })
    .get('/runs/:id', async (c) => {
      const { runs, limitsOf } = parts.loop
      const run = await runOf(c.req.param('id'), parts)
      const [ledger, chores] = [await runs.ledger(run.lineage), await runs.chores(run.id)]
      const limits = limitsOf(run.issue.repo)
      const { links, now } = parts
      return c.json(runView({ run, ledger, chores, limits, links, now: now() }))
    })
    .post('/runs/:id/stop', async (c) => {
      const { by = c.get('source') } = parseWith(StopBody, await readJson(c), 'invalid_body')
      const { id } = await runOf(c.req.param('id'), parts)
      const stopped = await done((desk) => desk.stop(id, by), parts)
      return c.json(runSummary(stopped))
    })
}

function deskRoutes(parts: LoopRoutes) {
  return new Hono<Asked>()
    .post('/pause', async (c) => {
      const { repo } = parseWith(ScopeBody, await readJson(c), 'invalid_body')
      await parts.loop.pause(repo ?? '*', c.get('source'))
      return c.json(await pausesOf(repo, parts))
    })
    .post('/resume', async (c) => {
      const { repo } = parseWith(ScopeBody, await readJson(c), 'invalid_body')
      await parts.loop.resume(repo ?? '*', c.get('source'))
      return c.json(await pausesOf(repo, parts))
    })
    .post('/start', async (c) => {
      const body = parseWith(IssueBody, await readJson(c), 'invalid_body')
      const { by = c.get('source'), ...issue } = body
      return c.json(runSummary(await done((desk) => desk.start(issue, by), parts)), 202)
    })
    .post('/continue', async (c) => {
      const body = parseWith(IssueBody, await readJson(c), 'invalid_body')
      const { by = c.get('source'), ...issue } = body
      return c.json(runSummary(await done((desk) => desk.goOn(issue, by), parts)), 202)
    })
    .post('/adopt', async (c) => {
      const body = parseWith(AdoptBody, await readJson(c), 'invalid_body')
      const { by = c.get('source'), thread, ...issue } = body
      const run = await done((desk) => desk.adopt(issue, thread, by), parts)
      return c.json(runSummary(run), 202)
    })
    .post('/grants', async (c) => {
      const body = parseWith(GrantBody, await readJson(c), 'invalid_body')
      const { repo, number, by = c.get('source'), ...given } = body
      const issue = { repo, number }
      const run = await done((desk) => desk.grant(issue, { ...given, by }), parts)
      const budget = budgetOf(await parts.loop.runs.ledger(run.lineage))
      const limits = parts.loop.limitsOf(repo)
      const { id, phase } = runSummary(run)
      return c.json({ run: id, phase, budget: budgetView(budget, limits, parts.now()) })
    })
}

async function listing(run: Run, { loop, links, now }: LoopRoutes) {
  const ledger = isEnded(run) ? null : await loop.runs.ledger(run.lineage)
  return listedRun({ run, ledger, limits: loop.limitsOf(run.issue.repo), links, now: now() })
}

export async function runOf(id: string, { loop }: LoopRoutes): Promise<Run> {
  const stored = await loop.runs.run(id)
  if (stored === undefined) throw new ApiError('run_not_found')
  return stored.run
}

/** The run that was asked for, as it is once the desk has done it. */
async function done(ask: (desk: Desk) => Promise<Answer>, parts: LoopRoutes): Promise<Run> {
  const { desk } = parts.loop
  if (desk === null) throw new ApiError('loop_disarmed', await missing(parts))
  const answer = await ask(desk)
  if (answer.type === 'refused') throw refused(answer.why)
  return runOf(answer.run, parts)
}

export function refused(why: string): ApiError {
  return new ApiError('loop_refused', [{ path: '', message: oneLine(why) }])
}

export async function missing({ state }: LoopRoutes) {
  const { loop } = await state.status()
  return loop.missing.map((message) => ({ path: '', message }))
}

async function pausesOf(repo: string | undefined, { loop }: LoopRoutes) {
  return { pauses: (await loop.runs.pauses()).map(pauseView), enrolled: isEnrolled(repo, loop) }
}

/** Null: a disarmed loop does not know. */
function isEnrolled(repo: string | undefined, { desk, limitsOf }: LoopRoutes['loop']) {
  if (repo === undefined) return true
  return desk === null ? null : limitsOf(repo) !== undefined
}

/** Why an issue may not start; null: it may. A disarmed loop starts none. */
export async function whyNot(
  issue: { readonly repo: string; readonly number: number },
  parts: LoopRoutes,
): Promise<string | null> {
  const { desk } = parts.loop
  if (desk !== null) {
    const why = await desk.whyNot(issue)
    return why === null ? null : oneLine(why)
  }
  const found = (await missing(parts)).map(({ message }) => message)
  return `the loop is disarmed: ${found.join('; ')}`
}
