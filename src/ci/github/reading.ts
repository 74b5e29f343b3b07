/**
 * All that GitHub says of one commit: check runs, commit statuses and runs of workflows, every page of each.
 *
 * GitHub's combined state is not among it: it is pending for ever where there are no statuses. A token that may
 * not read check runs reads the jobs of the workflows instead, which have the same names and ids.
 */
import * as z from 'zod'

import type { GithubReader } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { understood } from '../../github/understood.ts'

const CheckRun = z.object({
  id: z.int(),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  html_url: z.string().nullish(),
  details_url: z.string().nullish(),
  app: z.object({ id: z.int(), slug: z.string().nullish() }).nullish(),
  check_suite: z.object({ id: z.int() }).nullish(),
  output: z
    .object({
      title: z.string().nullish(),
      summary: z.string().nullish(),
      text: z.string().nullish(),
    })
    .nullish(),
})

const CommitStatus = z.object({
  id: z.int(),
  context: z.string(),
  state: z.string(),
  target_url: z.string().nullish(),
  description: z.string().nullish(),
})

const WorkflowRun = z.object({
  id: z.int(),
  name: z.string().nullish(),
  path: z.string(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  html_url: z.string(),
  workflow_id: z.int(),
  event: z.string(),
  head_branch: z.string().nullish(),
  check_suite_id: z.int().nullish(),
})

const Job = CheckRun.omit({ details_url: true, app: true, check_suite: true, output: true })

export type CheckRun = z.infer<typeof CheckRun>
export type CommitStatus = z.infer<typeof CommitStatus>
export type WorkflowRun = z.infer<typeof WorkflowRun>

export type Reading = {
  readonly checkRuns: readonly CheckRun[]
  readonly statuses: readonly CommitStatus[]
  readonly workflowRuns: readonly WorkflowRun[]
  /** Each list is as long as GitHub counts it. */
  readonly isWhole: boolean
  /** False: of the workflows no more can be read than how each of them stands. */
  readonly hasCheckRuns: boolean
  /** The token may not read check runs: these are jobs of workflows. */
  readonly areJobs: boolean
}

/** GitHub Actions, on github.com. */
const actions = { id: 15_368, slug: 'github-actions' }

type List<T> = { readonly items: readonly T[]; readonly isWhole: boolean }

export type Reads = {
  readonly far: GithubReader
  /** The repository's path with what is below it. */
  readonly at: (below: string) => string
}

/** Each list by itself. @throws {GithubError} */
export function readsOf(commit: string, { far, at }: Reads) {
  const list = async <T>(schema: z.ZodType<T>, path: string, key: string): Promise<List<T>> => {
    const { items, total } = await far.all(at(path), key)
    const read = understood(z.array(schema), items, `GET ${at(path)}`)
    return { items: read, isWhole: read.length >= (total ?? 0) }
  }
  return {
    checkRuns: () =>
      list(CheckRun, `/commits/${commit}/check-runs?filter=latest&per_page=100`, 'check_runs'),
    statuses: () => list(CommitStatus, `/commits/${commit}/status?per_page=100`, 'statuses'),
    workflowRuns: () =>
      list(WorkflowRun, `/actions/runs?head_sha=${commit}&per_page=100`, 'workflow_runs'),
    async jobsOf({ id, check_suite_id: suite }: WorkflowRun): Promise<List<CheckRun>> {
      const jobs = await list(Job, `/actions/runs/${id}/jobs?filter=latest&per_page=100`, 'jobs')
      const check_suite = suite == null ? null : { id: suite }
      return { ...jobs, items: jobs.items.map((job) => ({ ...job, app: actions, check_suite })) }
    },
  }
}

/** @throws {GithubError} */
export async function readingOf(commit: string, from: Reads): Promise<Reading> {
  const reads = readsOf(commit, from)
  const [checks, statuses, runs] = await Promise.all([
    unlessForbidden(reads.checkRuns),
    reads.statuses(),
    reads.workflowRuns(),
  ])
  const jobs = checks ?? (await unlessForbidden(() => joined(runs.items.map(reads.jobsOf))))
  return {
    checkRuns: jobs?.items ?? [],
    statuses: statuses.items,
    workflowRuns: runs.items,
    isWhole: [jobs, statuses, runs].every((each) => each?.isWhole !== false),
    hasCheckRuns: jobs !== null,
    areJobs: checks === null,
  }
}

async function joined<T>(lists: ReadonlyArray<Promise<List<T>>>): Promise<List<T>> {
  const all = await Promise.all(lists)
  return {
    items: all.flatMap(({ items }) => items),
    isWhole: all.every(({ isWhole }) => isWhole),
  }
}

/** Null: the token may not. */
export async function unlessForbidden<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof GithubError && error.code === 'forbidden') return null
    throw error
  }
}
