/** What the tests of the loop with pull requests share: how CI answers, and how one looks at what came of it. */
import { expect } from 'vitest'

import type { RepositoryHandle } from './github/repository.ts'
import type { StageOptions, Stage } from './github-loop-stage.ts'
import { until } from './until.ts'

type Judges = NonNullable<StageOptions['landed']>

/** What CI says of the first, the second, ...; of all that come after the last as of that. */
export function judging(...verdicts: ReadonlyArray<'success' | 'failure' | 'nothing yet'>): Judges {
  return ({ sha }, nth, repository) => {
    const verdict = verdicts[nth - 1] ?? verdicts.at(-1)
    const check = repository.checkRun(sha, { name: 'test' })
    if (verdict === 'success' || verdict === 'failure') check.finish(verdict)
  }
}

/** The same one that stands there unfinished. */
export function finish({ record }: RepositoryHandle, sha: string) {
  const check = record.checkRuns.find((each) => each.suite.sha === sha)
  if (check === undefined) throw new Error(`no check of ${sha}`)
  check.status = 'completed'
  check.conclusion = 'success'
}

export const page = 'https://github.example/octo/infra'

/** Marked ready by somebody who may write; it is issue 1. */
export function marked({ repository, kim }: Stage) {
  const issue = repository.issue({ title: 'Mend it', body: 'work.txt is broken.', by: kim })
  issue.label('ready-for-agent', { by: kim })
  return issue
}

/** All of the repository, oldest first. */
export function pullsOf({ repository: { record } }: Stage) {
  return [...record.issues.values()].flatMap(({ pull, ...issue }) =>
    pull === null ? [] : [{ ...issue, ...pull, number: issue.number, state: issue.state }],
  )
}

/** How often it was asked to merge. */
export function mergesAsked({ github }: Stage): number {
  return github.requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/merge'))
    .length
}

export async function runsAre(stage: Stage, count: number) {
  await until(`there are ${count} runs`, async () => (await stage.runs()).length === count, 60_000)
}

/** Oldest first, as the phone got them. */
export async function rung({ phone, topic }: Stage, count: number) {
  await until(`${count} rings`, async () => (await phone.poll(topic)).length >= count, 60_000)
  const all = await phone.poll(topic)
  expect(all).toHaveLength(count)
  return all
}

/** Closed by us, with no label of ours and one comment, which says so. */
export function expectClosed({ repository, bot }: Stage, says: string) {
  const issue = repository.record.issues.get(1)!
  expect(issue).toMatchObject({ state: 'closed', stateReason: 'completed', closedBy: bot })
  expect(issue.labels).toEqual([])
  expect(issue.comments.map(({ body }) => body)).toEqual([expect.stringContaining(says)])
}
