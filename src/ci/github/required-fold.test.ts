import { describe, expect, test } from 'vitest'

import { ciGround } from '../../../test/github/ci-ground.ts'
import { green, pending, red, rerun } from '../../../test/github/ci-says.ts'

const job = (name: string, conclusion: 'success' | 'failure' | 'cancelled' | 'skipped') => ({
  name,
  conclusion,
})

describe('a required check that was skipped', () => {
  test.each([
    ['alone', ['test']],
    ['beside one that passed', ['lint', 'test']],
  ])(
    'because a job before it failed is red (%s), and the log is that job’s',
    async (_, required) => {
      const { repo, commit, look, ci } = await ciGround({ required })
      const jobs = [{ ...job('build', 'failure'), log: 'no such type\n' }, job('test', 'skipped')]
      repo.workflowRun(commit, { workflow: repo.workflow('CI'), jobs })
      repo.workflowRun(commit, { workflow: repo.workflow('Lint'), jobs: [job('lint', 'success')] })
      expect(await look()).toEqual(red('build'))
      expect(await ci.logs(commit, [])).toBe('no such type')
    },
  )

  test('because a job before it was cancelled is pending', async () => {
    const { repo, commit, look } = await ciGround({ required: ['lint', 'test'] })
    const jobs = [job('build', 'cancelled'), job('test', 'skipped'), job('lint', 'success')]
    repo.workflowRun(commit, { jobs })
    expect(await look()).toEqual(rerun)
  })

  test('proves nothing, and spoils nothing, where no job of its run failed', async () => {
    const { repo, commit, look } = await ciGround({ required: ['lint', 'test'] })
    const jobs = [job('build', 'success'), job('test', 'skipped'), job('lint', 'success')]
    repo.workflowRun(commit, { workflow: repo.workflow('CI'), jobs })
    repo.workflowRun(commit, { workflow: repo.workflow('Docs'), jobs: [job('docs', 'failure')] })
    expect(await look()).toEqual(green('lint'))
  })

  test('in one run, and passed in another, passed', async () => {
    const { repo, commit, look } = await ciGround({ required: ['test'] })
    repo.workflowRun(commit, { event: 'push', jobs: [job('test', 'success')] })
    const jobs = [job('optional', 'failure'), job('test', 'skipped')]
    repo.workflowRun(commit, { event: 'pull_request', jobs })
    expect(await look()).toEqual(green('test'))
  })
})

describe('a required check that passed in one run of its workflow', () => {
  test.each(['pull_request', 'workflow_dispatch'])(
    'is awaited in another (%s) that has not got so far',
    async (event) => {
      const { repo, commit, look } = await ciGround({ required: ['test'] })
      repo.workflowRun(commit, { jobs: [job('build', 'success'), job('test', 'success')] })
      const run = repo.workflowRun(commit, { event, jobs: ['build'] })
      run.start()
      expect(await look()).toEqual(pending)
      run.finish('success')
      expect(await look()).toEqual(green('test'))
    },
  )

  test('is not where that one has made it, whatever else runs there', async () => {
    const { repo, commit, look } = await ciGround({ required: ['test'] })
    repo.workflowRun(commit, { jobs: [job('test', 'success')] })
    const slow = { name: 'slow', status: 'in_progress' } as const
    repo.workflowRun(commit, { event: 'pull_request', jobs: [job('test', 'success'), slow] })
    repo.workflowRun(commit, { workflow: repo.workflow('Nightly'), jobs: [slow] })
    expect(await look()).toEqual(green('test'))
  })
})
