import { renameSync } from 'node:fs'
import { expect, test } from 'vitest'

import { repository } from '../../../test/repository.ts'
import { gitLanding } from './git-landing.ts'

async function side(branch = 'main') {
  const remote = await repository()
  const work = await remote.clone()
  return { remote, work, landing: gitLanding({ repo: work.path, branch }) }
}

test('the branch is told with its newest commit; whether agents may push to it is not known', async () => {
  const { work, landing } = await side()
  const commit = await work.commit('newest')
  await work.push('HEAD:main')
  const before = await work.git('for-each-ref')
  expect(await landing.check()).toEqual([
    { type: 'good', what: `origin answers, and its main is at ${commit.slice(0, 12)}` },
    {
      type: 'unproven',
      what: 'whether an agent may push to main',
      mend: expect.stringContaining('git push --dry-run origin HEAD:main'),
    },
  ])
  // Nothing was fetched.
  expect(await work.git('for-each-ref')).toBe(before)
})

test('a branch that is only the end of another’s name is not there', async () => {
  const { work, landing } = await side('next')
  await work.push('HEAD:refs/heads/x/refs/heads/next')
  expect(await landing.check()).toEqual([
    { type: 'bad', what: 'origin has no branch next', mend: 'push it, or correct landingBranch' },
  ])
})

test('a remote that does not answer is bad, with what git says of it and no secret', async () => {
  const { remote, work, landing } = await side()
  renameSync(remote.path, `${remote.path}-away`)
  expect(await landing.check()).toMatchObject([
    { type: 'bad', what: expect.stringMatching(/does not answer: fatal: '.*remote\.git'/) },
  ])
  await work.git('remote', 'set-url', 'origin', 'http://kim:hunter2-hunter2@127.0.0.1:1/x.git')
  const found = await landing.check()
  expect(found).toMatchObject([{ type: 'bad', what: expect.stringMatching(/does not answer/) }])
  expect(JSON.stringify(found)).not.toContain('hunter2')
})

test('a clone that is gone is bad', async () => {
  const { work, landing } = await side()
  renameSync(work.path, `${work.path}-away`)
  expect(await landing.check()).toEqual([
    { type: 'bad', what: `${work.path} is not there`, mend: 'clone the repository to it' },
  ])
})
