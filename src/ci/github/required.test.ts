import { describe, expect, onTestFinished, test } from 'vitest'

import { approval, green, none, pending, red, rerun } from '../../../test/github/ci-says.ts'
import { open } from '../../../test/github/open.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { githubClient } from '../../github/client.ts'
import { githubCi } from './github-ci.ts'

async function ground(required: readonly string[] | null = null, branch = 'main') {
  const clock = manualClock(Date.parse('2026-11-24T10:00:00Z'))
  const { github, world, repository: repo, token } = await open({ now: clock.now })
  const client = githubClient({
    baseUrl: github.url,
    token: () => token,
    clock,
    pointsPerMinute: 1_000_000,
  })
  onTestFinished(() => client.close())
  const ci = githubCi({ repo: 'octo/infra', client, required, branch, clock })
  const asked = (what: RegExp) =>
    github.requests.filter(({ method, path }) => what.test(`${method} ${path}`))
  const commit = repo.push(branch)
  /** At once, as after a webhook. */
  const look = () => {
    ci.hasten(commit)
    return ci.look(commit)
  }
  return { clock, github, world, repo, ci, commit, look, asked }
}

describe('where nobody says which checks are required,', () => {
  test('a verdict takes two reads that agree and are thirty seconds apart', async () => {
    const { repo, commit, look, clock } = await ground()
    repo.workflowRun(commit).finish('success')
    expect(await look()).toEqual(pending)
    clock.advance(29_999)
    expect(await look()).toEqual(pending)
    clock.advance(1)
    expect(await look()).toEqual(green('test'))
    expect(await look()).toEqual(green('test'))
  })

  test('a check that comes late starts it over', async () => {
    const { repo, commit, look, clock, world } = await ground()
    repo.workflowRun(commit).finish('success')
    await look()
    clock.advance(20_000)
    const late = repo.checkRun(commit, { name: 'late', app: world.app('ci') })
    expect(await look()).toEqual(pending)
    clock.advance(20_000)
    late.finish('success')
    expect(await look()).toEqual(pending)
    clock.advance(30_000)
    expect(await look()).toEqual(green('late', 'test'))
  })

  test('a re-run that flips it between the two reads starts it over: what it was is never said', async () => {
    const { repo, commit, look, clock } = await ground()
    const run = repo.workflowRun(commit)
    run.finish('success')
    expect(await look()).toEqual(pending)
    clock.advance(20_000)
    run.rerun()
    run.finish('failure')
    clock.advance(10_000)
    expect(await look()).toEqual(pending)
    clock.advance(20_000)
    run.rerun()
    run.finish('success')
    clock.advance(10_000)
    expect(await look()).toEqual(pending)
    clock.advance(30_000)
    expect(await look()).toEqual(green('test'))
  })

  test('red, too, is said at the second read, while others still run', async () => {
    const { repo, commit, look, clock } = await ground()
    const run = repo.workflowRun(commit, { jobs: ['test', 'slow', 'slower'] })
    run.job('test').finish('failure')
    expect(await look()).toEqual(pending)
    clock.advance(30_000)
    run.job('slow').finish('success')
    expect(await look()).toEqual(red('test'))
  })

  test('what was read in the last ten seconds is not read again, unless it is hastened', async () => {
    const { repo, commit, ci, clock, asked } = await ground(['test'])
    const run = repo.workflowRun(commit)
    const reads = () => asked(/check-runs/).length
    await Promise.all([ci.look(commit), ci.look(commit)])
    run.finish('success')
    clock.advance(9_999)
    expect(await ci.look(commit)).toEqual(pending)
    expect(reads()).toBe(1)
    ci.hasten(commit)
    expect(await ci.look(commit)).toEqual(green('test'))
    expect(reads()).toBe(2)
    clock.advance(10_000)
    await ci.look(commit)
    expect(reads()).toBe(3)
  })

  test('the second read is asked for by itself, once', async () => {
    const { repo, commit, ci, clock } = await ground()
    repo.workflowRun(commit).finish('success')
    const woken: string[] = []
    const end = ci.watch((each) => woken.push(each))
    await ci.look(commit)
    await ci.look(commit)
    clock.advance(29_999)
    expect(woken).toEqual([])
    clock.advance(1)
    expect(woken).toEqual([commit])
    await ci.look(commit)
    end()
    expect(clock.nextAt()).toBeNull()
  })

  test('nobody is reminded who does not watch', async () => {
    const { repo, commit, ci, clock } = await ground()
    repo.workflowRun(commit).finish('success')
    await ci.look(commit)
    expect(clock.nextAt()).toBeNull()
    const end = ci.watch(() => expect.unreachable('it ended'))
    await ci.look(commit)
    end()
    clock.advance(60_000)
  })
})

describe('where required checks are known,', () => {
  const test1 = { jobs: [{ name: 'test', conclusion: 'success' }] } as const

  test('one read is a verdict', async () => {
    const { repo, commit, look } = await ground(['test'])
    repo.workflowRun(commit, test1)
    repo.status(commit, { context: 'other', state: 'failure' })
    expect(await look()).toEqual(green('test'))
  })

  test.each(['classic protection', 'a ruleset'])('by %s, one read is a verdict', async (by) => {
    const { repo, commit, look, asked, clock } = await ground(null, 'release/1')
    if (by === 'a ruleset') repo.require('release/1', ['test'])
    else repo.protect('release/1', ['test'])
    repo.rule('release/1', { type: 'non_fast_forward' })
    repo.workflowRun(commit, test1)
    repo.status(commit, { context: 'other', state: 'failure' })
    expect(await look()).toEqual(green('test'))
    clock.advance(5 * 60_000 - 1)
    await look()
    expect(asked(/rules\/branches/)).toHaveLength(1)
    clock.advance(1)
    await look()
    expect(asked(/rules\/branches/)).toHaveLength(2)
  })

  test('all of both kinds are', async () => {
    const { repo, commit, look } = await ground()
    repo.protect('main', ['lint'])
    repo.require('main', ['test'], 'Organization')
    repo.workflowRun(commit, test1)
    expect(await look()).toEqual(pending)
    repo.status(commit, { context: 'lint', state: 'success' })
    expect(await look()).toEqual(green('lint', 'test'))
  })

  test('one that never appears is pending', async () => {
    const { commit, look, repo } = await ground(['test', 'deploy'])
    repo.workflowRun(commit, test1)
    expect(await look()).toEqual(pending)
  })

  test('a status that anybody could write does not stand for the check of an app', async () => {
    const { repo, commit, look, world } = await ground()
    const app = world.app('ci')
    repo.require('main', [{ context: 'test', appId: app.id }])
    repo.status(commit, { context: 'test', state: 'success' })
    repo.checkRun(commit, { conclusion: 'success', app: world.app('stranger') })
    expect(await look()).toEqual(pending)
    repo.checkRun(commit, { conclusion: 'success', app })
    expect(await look()).toEqual(green('test'))
  })

  test('a check that two apps must report is missing until both did', async () => {
    const { repo, commit, look, world } = await ground()
    const apps = [world.app('one'), world.app('two')]
    repo.require(
      'main',
      apps.map(({ id }) => ({ context: 'test', appId: id })),
    )
    expect(await look()).toEqual(none)
    repo.checkRun(commit, { conclusion: 'success', app: apps[0]! })
    expect(await look()).toEqual(pending)
    repo.checkRun(commit, { conclusion: 'success', app: apps[1]! })
    expect(await look()).toEqual(green('test'))
  })

  test('a workflow that could not start is red where it is why they are missing', async () => {
    const { repo, commit, look } = await ground(['test'])
    const outcome = { status: 'completed', conclusion: 'startup_failure' } as const
    const broken = repo.workflowRun(commit, { workflow: repo.workflow('Test'), outcome })
    expect(await look()).toEqual(red('Test (workflow)'))
    broken.setOutcome({ status: 'completed', conclusion: 'action_required' })
    expect(await look()).toEqual(approval)
    broken.setOutcome({ status: 'completed', conclusion: 'startup_failure' })
    repo.workflowRun(commit, test1)
    expect(await look()).toEqual(green('test'))
  })

  test('a workflow that was cancelled before it began is why they are missing, if no other can bring them', async () => {
    const { repo, commit, look } = await ground(['test'])
    const outcome = { status: 'completed', conclusion: 'cancelled' } as const
    repo.workflowRun(commit, { workflow: repo.workflow('Test'), jobs: [], outcome })
    expect(await look()).toEqual(rerun)
    repo.workflowRun(commit, { workflow: repo.workflow('Build'), jobs: [] })
    expect(await look()).toEqual(pending)
  })

  test('rules that require whole workflows make it unknown', async () => {
    const { repo, commit, look } = await ground()
    repo.require('main', ['test'])
    repo.rule('main', { type: 'workflows', parameters: { workflows: [] } })
    repo.workflowRun(commit, test1)
    expect(await look()).toEqual(pending)
  })

  test('a branch that demands nothing is as if it were unknown', async () => {
    const { repo, commit, look, clock } = await ground()
    repo.workflowRun(commit, test1)
    expect(await look()).toEqual(pending)
    clock.advance(30_000)
    expect(await look()).toEqual(green('test'))
  })

  test('a branch that was deleted requires nothing that is known: one read is not enough', async () => {
    const { repo, commit, look, clock } = await ground()
    repo.require('main', ['test'])
    repo.workflowRun(commit)
    expect(await look()).toEqual(pending)
    repo.workflowRun(commit, test1)
    expect(await look()).toEqual(green('test'))
    repo.removeBranch('main')
    clock.advance(5 * 60_000)
    repo.checkRun(commit, { name: 'late' }).finish('success')
    expect(await look()).toEqual(pending)
    clock.advance(30_000)
    expect(await look()).toEqual(green('late', 'test'))
  })

  test('more than GitHub lists are counted: one read is not enough', async () => {
    const { repo, commit, look, github } = await ground(['test'])
    repo.workflowRun(commit, test1)
    const one = { id: 1, name: 'test', status: 'completed', conclusion: 'success' }
    github.fail(
      {
        status: 200,
        headers: { 'content-type': 'application/json' },
        text: JSON.stringify({ total_count: 2, check_runs: [one] }),
      },
      { at: /check-runs/ },
    )
    expect(await look()).toEqual(pending)
    expect(await look()).toEqual(green('test'))
  })
})
