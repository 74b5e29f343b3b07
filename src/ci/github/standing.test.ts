import { describe, expect, test } from 'vitest'

import { ciGround } from '../../../test/github/ci-ground.ts'
import { green, pending, red, rerun } from '../../../test/github/ci-says.ts'
import type { NewJob, NewWorkflowRun } from '../../../test/github/workflows.ts'

type Ended = NonNullable<NewJob['conclusion']> | 'running'
type Event = string | NewWorkflowRun
type Given = ReadonlyArray<readonly [Event, Ended]>

/** Runs of one workflow, the oldest first. */
async function after(runs: Given, required: readonly string[] | null) {
  const { repo, commit, look } = await ciGround({ required })
  for (const [given, ended] of runs) {
    const conclusion = ended === 'running' ? {} : ({ conclusion: ended } as const)
    const more = typeof given === 'string' ? { event: given } : given
    const run = repo.workflowRun(commit, { jobs: [{ name: 'test', ...conclusion }], ...more })
    if (ended === 'running') run.start()
  }
  return look()
}

const onMain = { event: 'push', branch: 'main' }
const onRelease = { event: 'push', branch: 'release' }
const byHandOnRelease = { event: 'workflow_dispatch', branch: 'release' }

describe.each([null, ['test']])('where %j is required,', (required) => {
  test.each<[string, Given, unknown]>([
    [
      'a red push',
      [
        ['push', 'failure'],
        ['pull_request', 'success'],
      ],
      red('test'),
    ],
    [
      'a red pull request',
      [
        ['pull_request', 'failure'],
        ['push', 'success'],
      ],
      red('test'),
    ],
    [
      'a running push',
      [
        ['push', 'running'],
        ['pull_request', 'success'],
      ],
      pending,
    ],
    [
      'a red nightly',
      [
        ['schedule', 'failure'],
        ['push', 'success'],
      ],
      red('test'),
    ],
    [
      'a red push of another branch',
      [
        [onMain, 'failure'],
        [onRelease, 'success'],
      ],
      red('test'),
    ],
    [
      'a red push elsewhere',
      [
        [onMain, 'failure'],
        [byHandOnRelease, 'success'],
      ],
      red('test'),
    ],
  ])('%s is not hidden by a newer run of its workflow', async (_, runs, verdict) => {
    expect(await after(runs, required)).toEqual(verdict)
  })

  test.each<[string, Given, unknown]>([
    [
      'red',
      [
        ['push', 'failure'],
        ['pull_request', 'skipped'],
      ],
      red('test'),
    ],
    [
      'red, of the same event',
      [
        ['push', 'failure'],
        ['push', 'skipped'],
      ],
      red('test'),
    ],
    [
      'green',
      [
        ['push', 'success'],
        ['pull_request', 'skipped'],
      ],
      green('test'),
    ],
    [
      'running',
      [
        ['push', 'running'],
        ['push', 'skipped'],
      ],
      pending,
    ],
    [
      'red, by hand',
      [
        ['push', 'failure'],
        ['workflow_dispatch', 'skipped'],
      ],
      red('test'),
    ],
  ])('what was skipped hides nothing that is %s', async (_, runs, verdict) => {
    expect(await after(runs, required)).toEqual(verdict)
  })

  test.each<[string, Given, unknown]>([
    [
      'the same event',
      [
        ['pull_request', 'failure'],
        ['pull_request', 'success'],
      ],
      green('test'),
    ],
    [
      'the same event, red',
      [
        ['push', 'success'],
        ['push', 'failure'],
      ],
      red('test'),
    ],
    [
      'somebody’s hand',
      [
        ['pull_request', 'failure'],
        ['workflow_dispatch', 'success'],
      ],
      green('test'),
    ],
    [
      'somebody’s hand, running',
      [
        ['push', 'success'],
        ['workflow_dispatch', 'running'],
      ],
      pending,
    ],
    [
      'what cancelled it',
      [
        ['push', 'cancelled'],
        ['pull_request', 'success'],
      ],
      green('test'),
    ],
    [
      'what cancelled it elsewhere',
      [
        [onMain, 'cancelled'],
        [onRelease, 'success'],
      ],
      green('test'),
    ],
  ])('a newer run by %s takes the place of an older one', async (_, runs, verdict) => {
    expect(await after(runs, required)).toEqual(verdict)
  })

  test('one that was cancelled takes the place of an older one: nobody knows', async () => {
    expect(
      await after(
        [
          ['push', 'success'],
          ['push', 'cancelled'],
        ],
        required,
      ),
    ).toEqual(rerun)
  })
})

test('one that was skipped and then run again counts as it ended then', async () => {
  const { repo, commit, look } = await ciGround({ required: ['test'] })
  const run = repo.workflowRun(commit, { jobs: [{ name: 'test', conclusion: 'failure' }] })
  run.rerun()
  run.finish('skipped')
  repo.status(commit, { context: 'test', state: 'success' })
  expect(await look()).toEqual(green('test'))
})

test('of runs of a workflow that is not listed yet each counts', async () => {
  const { repo, commit, look, github } = await ciGround({ required: ['test'] })
  repo.workflowRun(commit, { event: 'push' }).finish('failure')
  repo.workflowRun(commit, { event: 'pull_request' }).finish('success')
  const none = { total_count: 0, workflow_runs: [] }
  github.fail(
    { status: 200, headers: { 'content-type': 'application/json' }, text: JSON.stringify(none) },
    { at: /actions\/runs/, times: 2 },
  )
  expect(await look()).toEqual(red('test'))
})

test('a run that could not start is not hidden by one of another event', async () => {
  const { repo, commit, look } = await ciGround()
  const outcome = { status: 'completed', conclusion: 'startup_failure' } as const
  repo.workflowRun(commit, { event: 'push', outcome })
  repo.workflowRun(commit, { event: 'pull_request' }).finish('success')
  expect(await look()).toEqual(red('CI (workflow)'))
})
