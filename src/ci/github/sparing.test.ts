import { describe, expect, test } from 'vitest'

import { ciGround, type CiGroundOptions } from '../../../test/github/ci-ground.ts'
import { green, pending, red } from '../../../test/github/ci-says.ts'
import { until } from '../../../test/until.ts'

describe('a commit that waits for what is required', () => {
  /** What each look says, ten seconds after the last, and how many requests it takes. */
  async function looking(options: CiGroundOptions = { required: ['test'] }) {
    const grounded = await ciGround(options)
    const { ci, commit, github, clock } = grounded
    return {
      ...grounded,
      async again(afterMs = 10_000) {
        clock.advance(afterMs)
        const before = github.requests.length
        const verdict = await ci.look(commit)
        return [verdict, github.requests.length - before]
      },
    }
  }

  test('is asked for its check runs alone, and for all once these have changed', async () => {
    const { repo, commit, again, asked } = await looking()
    const run = repo.workflowRun(commit, { jobs: ['test'] })
    expect(await again()).toEqual([pending, 3])
    for (let look = 0; look < 4; look += 1) expect(await again()).toEqual([pending, 1])
    expect(asked(/check-runs/)).toHaveLength(5)
    run.finish('failure')
    expect(await again()).toEqual([red('test'), 4])
  })

  test('is asked for its statuses alone where they are what is required', async () => {
    const { repo, commit, again, asked } = await looking()
    repo.status(commit, { context: 'test', state: 'pending' })
    expect([await again(), await again()]).toEqual([
      [pending, 3],
      [pending, 1],
    ])
    expect(asked(/\/status\?/)).toHaveLength(2)
    repo.status(commit, { context: 'test', state: 'success' })
    expect(await again()).toEqual([green('test'), 4])
  })

  test('is asked for all every sixth time: a check of the same name and the other kind is seen then', async () => {
    const { repo, commit, again } = await looking()
    repo.checkRun(commit, { name: 'test', status: 'in_progress' })
    await again()
    repo.status(commit, { context: 'test', state: 'failure' })
    for (let look = 0; look < 5; look += 1) expect(await again()).toEqual([pending, 1])
    expect(await again()).toEqual([{ ...red('test'), failing: [expect.anything()] }, 3])
  })

  test.each([
    ['one of them is not there yet', 3, { required: ['test', 'deploy'] }],
    ['nobody says what that is', 3, { required: null }],
    [
      'check runs may not be read',
      4,
      { required: ['test'], permissions: { actions: 'read', contents: 'read', statuses: 'read' } },
    ],
  ] as const)('is asked for all each time where %s', async (_, each, options) => {
    const { repo, commit, again } = await looking(options)
    repo.workflowRun(commit, { jobs: ['test'] })
    await again()
    expect(await again()).toEqual([pending, each])
  })

  test('is asked for all each time where they are of both kinds', async () => {
    const { repo, commit, again } = await looking({ required: ['test', 'deploy'] })
    repo.checkRun(commit, { name: 'test', status: 'in_progress' })
    repo.status(commit, { context: 'deploy', state: 'pending' })
    expect([await again(), await again()]).toEqual([
      [pending, 3],
      [pending, 3],
    ])
  })

  test('is asked for all at once when it is hastened', async () => {
    const { repo, commit, ci, again } = await looking()
    repo.checkRun(commit, { name: 'test', status: 'in_progress' })
    await again()
    ci.hasten(commit)
    expect(await again(0)).toEqual([pending, 3])
    expect(await again()).toEqual([pending, 1])
  })

  test('is asked for all when its branch has come to require something else', async () => {
    const { repo, commit, again } = await looking({ required: null })
    repo.require('main', ['test'])
    repo.checkRun(commit, { name: 'test', status: 'in_progress' })
    await again()
    expect(await again()).toEqual([pending, 1])
    repo.require('main', ['test', 'deploy'])
    // What is required holds for five minutes.
    for (let minute = 0; minute < 4; minute += 1) await again(59_000)
    expect(await again(45_000)).toEqual([pending, 3])
    expect(await again()).toEqual([pending, 5])
    expect(await again()).toEqual([pending, 3])
  })
})

describe('before all that waits for GitHub, a commit is read', () => {
  const elsewhere = '/repos/octo/infra'

  /** Read once, while it waited; since then others have asked for more than there is for a while. */
  async function busy() {
    const grounded = await ciGround({ required: ['test'], pointsPerMinute: 60 })
    const { repo, commit, ci, client, clock, github } = grounded
    const check = repo.checkRun(commit, { name: 'test', status: 'in_progress' })
    await ci.look(commit)
    clock.advance(30_000)
    const from = github.requests.length
    const asked = () => github.requests.slice(from).map(({ path }) => path)
    const others: Array<Promise<unknown>> = []
    const ask = () => others.push(...Array.from({ length: 12 }, () => client.get(elsewhere)))
    ask()
    const { waiting } = client.standing()
    return {
      ...grounded,
      check,
      /** Others have asked for as much again, behind it. */
      async outnumbered() {
        await until('it waits', () => client.standing().waiting > waiting)
        ask()
      },
      /** Time passes until everybody had their turn: how many of the others went before its last read. */
      async before() {
        await until('all had their turn', () => {
          clock.advance(1_000)
          return asked().filter((path) => path === elsewhere).length === others.length
        })
        await Promise.all(others)
        const last = asked().findLastIndex((path) => path.includes('/commits/'))
        return asked()
          .slice(0, last)
          .filter((path) => path === elsewhere).length
      },
    }
  }

  test('that somebody hastens, also where its read waits already', async () => {
    const { ci, commit, check, outnumbered, before } = await busy()
    const waiting = ci.look(commit)
    await outnumbered()
    check.finish('success')
    ci.hasten(commit)
    const judged = ci.look(commit)
    expect(await before()).toBeLessThan(8)
    expect(await Promise.all([waiting, judged])).toEqual([green('test'), green('test')])
  })

  test('whose one list has changed', async () => {
    const { ci, commit, check, outnumbered, before } = await busy()
    const judged = ci.look(commit)
    check.finish('success')
    await outnumbered()
    // In its turn for the first of its lists; some may go on while that is on its way.
    expect(await before()).toBeLessThan(20)
    expect(await judged).toEqual(green('test'))
  })

  test('and one of which nothing is known in its turn', async () => {
    const { ci, commit, outnumbered, before } = await busy()
    const looked = ci.look(commit)
    await outnumbered()
    expect(await before()).toBe(12)
    expect(await looked).toEqual(pending)
  })
})
