/** What the API takes and gives of runs, budgets and pauses. Every text in an answer is one line. */
import * as z from 'zod'

import { Instant, Repo } from './forms.ts'

export const PhaseName = z
  .enum([
    'queued',
    'dispatching',
    'working',
    'paused-for-limit',
    'checking',
    'fixing',
    'done',
    'needs-human',
    'frozen',
    'withdrawn',
  ])
  .meta({ id: 'Phase' })

const IssueNumber = z.int().min(1)
const By = z.string().min(1).max(200)

export const StopBody = z.strictObject({ by: By.optional() })

/** Without a repository: everything. */
export const ScopeBody = z.strictObject({ repo: Repo.optional() })

export const IssueBody = z.strictObject({ repo: Repo, number: IssueNumber, by: By.optional() })

export const AdoptBody = IssueBody.extend({
  thread: z.string().min(1).max(200).describe('the conversation, by the id its link has'),
})

const whole = (most: number) =>
  z
    .int('must be a whole number')
    .min(0, 'must not be negative')
    .max(most, `must be ${most} or less`)

export const GrantBody = z
  .strictObject({
    repo: Repo,
    number: IssueNumber,
    attempts: whole(100).describe('corrective turns'),
    minutes: whole(10_000).describe('of the fix-forward clock'),
    costUsd: z.number().min(0).max(1_000_000).default(0),
    why: z.string().max(2_000).regex(/\S/, 'must say why'),
    by: By.optional(),
  })
  .refine(({ attempts, minutes, costUsd }) => attempts + minutes + costUsd > 0, {
    error: 'must give something: attempts, minutes or costUsd',
  })
  .meta({ id: 'GrantBody' })

/** `infra#42`, as a person writes it. */
const IssueRef = z
  .string()
  .regex(/^[^#]+#[1-9]\d{0,14}$/, 'must be an issue, such as infra#42')
  .transform((text) => {
    const at = text.indexOf('#')
    return { repo: text.slice(0, at), number: Number(text.slice(at + 1)) }
  })
  .pipe(z.strictObject({ repo: Repo, number: IssueNumber }))

export const RunsQuery = z.strictObject({
  live: z.enum(['true', 'false']).optional(),
  issue: IssueRef.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(100).optional(),
})

export const StatusQuery = z.strictObject({ why: IssueRef.optional() })

export const PauseView = z
  .object({ scope: z.string().describe('a repository, or * for all'), at: Instant, by: z.string() })
  .meta({ id: 'Pause' })

export const PausesView = z
  .object({
    pauses: z.array(PauseView).describe('all that hold now'),
    enrolled: z
      .boolean()
      .nullable()
      .describe('whether the scope is everything or an enrolled repository; null: disarmed'),
  })
  .meta({ id: 'Pauses' })

export const LiveRun = z.object({ id: z.string(), issue: z.string(), phase: PhaseName })

export const RunSummary = z
  .object({
    id: z.string(),
    issueRef: z.string(),
    title: z.string().nullable(),
    phase: PhaseName,
    says: z.string().describe('where it is, or how it ended, in plain words'),
    held: z.boolean().describe('new turns wait: it is paused'),
    by: z.string().describe('who started it'),
    queuedAt: Instant,
    endedAt: Instant.nullable(),
  })
  .meta({ id: 'RunSummary' })

const FailingView = z.object({ name: z.string(), url: z.string().nullable() })

const TurnView = z.object({
  number: z.int(),
  purpose: z.enum(['implement', 'fix']),
  state: z.enum(['asked', 'running', 'over']),
  askedAt: Instant,
  seenAt: Instant.nullable().describe('its last sign of life, while it runs'),
  overAt: Instant.nullable(),
  says: z.string(),
})

const PullView = z.object({ number: z.int(), url: z.string() }).nullable()

const Tip = z
  .string()
  .nullable()
  .describe('whose checks these are, where its own were cancelled: a newer commit that contains it')

const PushedView = z.object({
  commit: z.string(),
  where: z.enum(['landed', 'offered', 'declined']),
  pullRequest: PullView.describe('that it is in; null: it was pushed to the landing branch'),
  pushedAt: Instant,
  checks: z.enum(['none', 'pending', 'green', 'red']),
  checkedAt: Instant.describe('since when CI says so'),
  tip: Tip,
  waitsFor: z
    .enum(['checks', 'approval', 'rerun'])
    .nullable()
    .describe('while they are pending; rerun: they were cancelled'),
  passed: z.array(z.string()),
  failing: z.array(FailingView),
  says: z.string(),
})

const VerdictView = z.object({
  kind: z.enum(['done', 'needs-human', 'frozen', 'withdrawn']),
  commit: z.string().nullable(),
  pullRequest: PullView,
  cause: z.string().nullable().describe('why a person is needed'),
  detail: z.string().nullable(),
  ranOut: z.enum(['attempts', 'minutes', 'money']).nullable(),
  withdrawnBy: z.string().nullable(),
  tip: Tip,
  passed: z.array(z.string()),
  failing: z.array(FailingView),
  next: z.string().nullable().describe('what a person does next, as its ring says it'),
})

const Allowance = z
  .object({
    used: z.number(),
    limit: z
      .number()
      .nullable()
      .describe('as configured; null: the loop does not have the repository'),
    granted: z.number().describe('on top, by persons'),
    left: z.number().nullable(),
  })
  .meta({ id: 'Allowance' })

export const BudgetView = z
  .object({
    attempts: Allowance.describe('corrective turns'),
    minutes: Allowance.describe('of the fix-forward clock'),
    costUsd: Allowance,
    losses: z.int().describe('turns asked again because the executor had lost one'),
    running: z.boolean().describe('whether the fix-forward clock runs now'),
  })
  .meta({ id: 'Budget' })

export const Granted = z
  .object({
    run: z.string().describe("the issue's last"),
    phase: PhaseName.describe('of that run: one that has ended does not go on by itself'),
    budget: BudgetView,
  })
  .meta({ id: 'Granted' })

const LedgerLine = z.object({
  at: Instant,
  type: z.string(),
  says: z.string().describe('what happened, in plain words'),
})

const ChoreView = z.object({
  kind: z.enum(['mark-issue', 'stop-agent', 'tell-issue', 'tidy-worktree', 'free-slot']),
  state: z.enum(['due', 'done']),
  tries: z.int(),
  detail: z.string().nullable(),
  says: z.string(),
})

const IssueView = z.object({
  repo: z.string(),
  number: IssueNumber,
  title: z.string().exactOptional(),
  url: z.string().exactOptional(),
})

const Thread = z.object({
  threadId: z.string(),
  link: z.string().nullable().describe('opens its thread, as in its ring; null: there is none'),
})

/** What a list tells more of a run that has not ended. */
const Going = Thread.extend({
  unreachableSince: Instant.nullable(),
  turn: TurnView.nullable(),
  checks: z.string().nullable().describe('what CI says of what it pushed; null: nothing is pushed'),
  budget: BudgetView,
})

export const RunPageView = z
  .object({
    runs: z.array(
      RunSummary.extend({
        issue: IssueView,
        live: Going.nullable().describe('null: it has ended'),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'RunPage' })

export const RunView = RunSummary.extend({
  issue: IssueView,
  branch: z.string(),
  ...Thread.shape,
  continues: z.string().nullable().describe('the run in whose place and thread it goes on'),
  unreachableSince: Instant.nullable().describe('since when the executor could not be asked'),
  turn: TurnView.nullable(),
  pushed: PushedView.nullable().describe(
    'what of it is on the landing branch, or offered to it, while it is live',
  ),
  verdict: VerdictView.nullable().describe('how it ended; null while it is live'),
  budget: BudgetView.describe('of the issue, over all of its runs'),
  ledger: z.array(LedgerLine).describe('of this run, and what was granted to its issue'),
  chores: z.array(ChoreView).describe('what must follow, one after the other'),
}).meta({ id: 'Run' })
