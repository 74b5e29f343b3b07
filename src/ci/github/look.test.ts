import { describe, expect, test } from 'vitest'

import { ciGround as ground } from '../../../test/github/ci-ground.ts'
import { approval, green, none, pending, red, rerun } from '../../../test/github/ci-says.ts'
import type { Permissions } from '../../../test/github/model.ts'

type Ground = Awaited<ReturnType<typeof ground>>

describe('a commit', () => {
  test('without anything has no checks, though GitHub’s combined state is pending', async () => {
    const { ci, commit, repo } = await ground()
    // Of an app that never reports.
    repo.checkSuite(commit)
    expect(await ci.look(commit)).toEqual(none)
  })

  test('is green when all that is there is well, whoever says so', async () => {
    const { repo, commit, look, world } = await ground()
    repo.checkRun(commit, { name: 'lint', conclusion: 'success', app: world.app('linter') })
    repo.status(commit, { context: 'deploy', state: 'success' })
    repo.workflowRun(commit, { jobs: [{ name: 'test', conclusion: 'success' }] })
    repo.checkRun(commit, { name: 'docs', conclusion: 'skipped', app: world.app('linter') })
    expect(await look()).toEqual(green('deploy', 'lint', 'test'))
  })

  test.each([
    ['failure', red('test')],
    ['timed_out', red('test')],
    ['stale', red('test')],
    ['cancelled', rerun],
    ['action_required', approval],
    ['neutral', none],
    ['skipped', none],
    ['success', green('test')],
  ] as const)('whose check run ended as %s is %j', async (conclusion, verdict) => {
    const { repo, commit, look, world } = await ground()
    repo.checkRun(commit, {
      conclusion,
      app: world.app('ci'),
      detailsUrl: 'https://ci.example/1',
    })
    expect(await look()).toEqual(verdict)
  })

  test.each([
    ['queued', pending],
    ['in_progress', pending],
    ['requested', pending],
    ['pending', pending],
    ['waiting', approval],
  ] as const)('whose check run is %s is %j', async (status, verdict) => {
    const { repo, commit, look } = await ground()
    repo.checkRun(commit, { status })
    expect(await look()).toEqual(verdict)
  })

  test.each([
    ['success', green('ci/test')],
    ['failure', red('ci/test')],
    ['error', red('ci/test')],
    ['pending', pending],
  ] as const)('whose status is %s is %j', async (state, verdict) => {
    const { repo, commit, look } = await ground()
    repo.status(commit, { state: 'failure' })
    repo.status(commit, { state, targetUrl: 'https://ci.example/1' })
    expect(await look()).toEqual(verdict)
  })

  test('of which GitHub says a word that is not known is pending', async () => {
    const { commit, github, ci } = await ground({ required: ['test'] })
    const answer = {
      id: 1,
      name: 'test',
      status: 'completed',
      conclusion: 'approved_by_magic',
    }
    github.fail(
      {
        status: 200,
        headers: { 'content-type': 'application/json' },
        text: JSON.stringify({ total_count: 1, check_runs: [answer] }),
      },
      { at: /check-runs/ },
    )
    expect(await ci.look(commit)).toEqual(pending)
  })

  test('with more than a page of checks is red for the last of them', async () => {
    const { repo, commit, look, world } = await ground()
    const app = world.app('ci')
    const url = 'https://ci.example/1'
    repo.checkRun(commit, { name: 'broken', conclusion: 'failure', app, detailsUrl: url })
    for (let number = 0; number < 120; number += 1)
      repo.checkRun(commit, { name: `shard ${number}`, conclusion: 'success', app })
    expect(await look()).toEqual(red('broken'))
  })
})

describe('a workflow', () => {
  test('that could not start is red, though there is no check run', async () => {
    const { repo, commit, look } = await ground()
    const outcome = { status: 'completed', conclusion: 'startup_failure' } as const
    repo.workflowRun(commit, { outcome })
    expect(await look()).toEqual(red('CI (workflow)'))
  })

  test('that waits for somebody to approve it waits for approval', async () => {
    const { repo, commit, look } = await ground()
    const outcome = { status: 'completed', conclusion: 'action_required' } as const
    repo.workflowRun(commit, { outcome })
    expect(await look()).toEqual(approval)
  })

  test('that has more jobs to come is pending, though those that are there are well', async () => {
    const { repo, commit, look } = await ground()
    const run = repo.workflowRun(commit, { jobs: [{ name: 'build', conclusion: 'success' }] })
    run.setOutcome({ status: 'in_progress', conclusion: null })
    expect(await look()).toEqual(pending)
    run.setOutcome(null)
    expect(await look()).toEqual(green('build'))
  })

  test('that failed is red, though none of its jobs says so', async () => {
    const { repo, commit, look } = await ground()
    const run = repo.workflowRun(commit, { jobs: [{ name: 'build', conclusion: 'success' }] })
    run.setOutcome({ status: 'completed', conclusion: 'failure' })
    expect(await look()).toEqual(red('CI (workflow)'))
  })

  test('that is well without a job to show for it proves nothing', async () => {
    const { repo, commit, look } = await ground()
    repo.workflowRun(commit, { outcome: { status: 'completed', conclusion: 'success' } })
    expect(await look()).toEqual(none)
  })

  test('that was run again counts as it ended then', async () => {
    const { repo, commit, look } = await ground()
    const run = repo.workflowRun(commit)
    run.finish('failure')
    expect(await look()).toEqual(red('test'))
    run.rerun()
    expect(await look()).toEqual(pending)
    run.finish('success')
    expect(await look()).toEqual(green('test'))
  })

  test('that was started again by hand counts as it ended then', async () => {
    const { repo, commit, look } = await ground()
    repo.workflowRun(commit).finish('failure')
    repo.workflowRun(commit, { event: 'workflow_dispatch' }).finish('success')
    expect(await look()).toEqual(green('test'))
  })

  test('does not hide the job of another one that has the same name', async () => {
    const { repo, commit, look } = await ground()
    repo.workflowRun(commit, { workflow: repo.workflow('Build') }).finish('failure')
    repo.workflowRun(commit, { workflow: repo.workflow('Lint') }).finish('success')
    expect(await look()).toEqual(red('test'))
  })

  test('that was cancelled, mostly by a newer commit, says nothing of this one', async () => {
    const { repo, commit, look } = await ground()
    repo.workflowRun(commit).cancel()
    expect(await look()).toEqual(rerun)
  })
})

describe('a token', () => {
  const most: Permissions = { actions: 'read', contents: 'read', statuses: 'read' }

  test('that may not read check runs reads the jobs, which have their names', async () => {
    const { repo, commit, look, asked } = await ground({ required: ['test'], permissions: most })
    const run = repo.workflowRun(commit, { jobs: ['test'] })
    expect(await look()).toEqual(pending)
    run.finish('success')
    expect(await look()).toEqual(green('test'))
    expect(asked(/check-runs/).every(({ status }) => status === 403)).toBe(true)
  })

  test('that may not read jobs either goes by the workflows', async () => {
    const { repo, commit, look, github } = await ground({ permissions: most })
    const refused = {
      status: 403,
      headers: { 'content-type': 'application/json' },
      text: '{"message":"Resource not accessible by personal access token"}',
    }
    github.fail(refused, { at: /jobs/, times: 9 })
    const run = repo.workflowRun(commit)
    expect(await look()).toEqual(pending)
    run.finish('success')
    expect(await look()).toEqual(green('CI (workflow)'))
  })

  test.each([
    ['workflows', { ...most, actions: undefined }, 'actions=read'],
    ['statuses', { ...most, statuses: undefined }, 'statuses=read'],
  ])('that may not read %s is misconfigured, and says what it takes', async (_, some, takes) => {
    const permissions = Object.fromEntries(
      Object.entries(some).filter(([, access]) => access !== undefined),
    )
    const { commit, ci } = await ground({ required: ['test'], permissions })
    const looked = ci.look(commit)
    await expect(looked).rejects.toMatchObject({ name: 'CiError', code: 'misconfigured' })
    await expect(looked).rejects.toThrow(takes)
  })

  test('that was revoked, or lost the repository, is misconfigured', async () => {
    const { commit, ci, world, token, repo } = await ground({ required: ['test'] })
    repo.remove()
    await expect(ci.look(commit)).rejects.toMatchObject({ code: 'misconfigured' })
    world.revoke(token)
    ci.hasten(commit)
    await expect(ci.look(commit)).rejects.toMatchObject({ code: 'misconfigured' })
  })
})

describe('a GitHub', () => {
  test.each(['reset', '502', '500', 'page', 'malformed', 'cut short'] as const)(
    'that answers "%s" is unavailable, and nothing is said of the commit',
    async (fault) => {
      const { repo, commit, ci, github, clock } = await ground({ required: ['test'] })
      repo.workflowRun(commit).finish('failure')
      github.fail(fault, { at: /check-runs/ })
      for (let times = 0; times < 2; times += 1)
        await expect(ci.look(commit)).rejects.toMatchObject({ code: 'unavailable' })
      clock.advance(10_000)
      expect(await ci.look(commit)).toEqual(red('test'))
    },
  )

  test.each(['check-runs', 'status', 'actions'])(
    'whose list of %s loses its last page is unavailable: the rest of it is no verdict',
    async (list) => {
      const { repo, commit, ci, github, clock } = await ground({ required: ['test'] })
      repo.workflowRun(commit).finish('success')
      github.fail('lost page', { at: new RegExp(`/${list}[?/]`) })
      await expect(ci.look(commit)).rejects.toMatchObject({ code: 'unavailable' })
      clock.advance(10_000)
      expect(await ci.look(commit)).toEqual(green('test'))
    },
  )

  test.each([
    ['renamed', ({ repo }: Ground) => repo.rename('platform')],
    ['transferred', ({ repo, world }: Ground) => repo.transfer(world.user('acme'))],
  ])('where the repository was %s says the same of the commit', async (_, move) => {
    const opened = await ground()
    const { repo, commit, ci, clock, bot } = opened
    repo.require('main', ['test'])
    repo.grant(bot, 'write')
    const run = repo.workflowRun(commit)
    expect(await ci.look(commit)).toEqual(pending)
    move(opened)
    clock.advance(10_000)
    expect(await ci.look(commit)).toEqual(pending)
    run.finish('failure', 'not ok\n')
    clock.advance(10_000)
    expect(await ci.look(commit)).toEqual(red('test'))
    expect(await ci.logs(commit, [])).toBe('not ok')
  })

  test('that limits us is unavailable, and is not asked', async () => {
    const { commit, ci, github, token, clock } = await ground({ required: ['test'] })
    github.limits.exhaust(token)
    await expect(ci.look(commit)).rejects.toMatchObject({ code: 'unavailable' })
    const asked = github.requests.length
    clock.advance(10_000)
    await expect(ci.look(commit)).rejects.toMatchObject({ code: 'unavailable' })
    expect(github.requests.length).toBe(asked)
  })

  test('where nothing changes is asked at no cost', async () => {
    const { repo, commit, ci, github, clock } = await ground()
    repo.workflowRun(commit)
    await ci.look(commit)
    const before = github.requests.length
    clock.advance(10_000)
    await ci.look(commit)
    const again = github.requests.slice(before)
    expect(again).toHaveLength(3)
    expect(again.every(({ isNotModified }) => isNotModified)).toBe(true)
  })
})
