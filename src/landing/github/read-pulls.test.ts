/** Which pull request of a branch counts, and how often GitHub is asked. */
import { expect, test } from 'vitest'

import { pullsGround } from '../../../test/github-pulls-ground.ts'

const branch = 'afk/1-r1'

async function offered() {
  const ground = await pullsGround()
  const head = ground.repository.push(branch)
  const pull = ground.repository.pull({ head: branch, by: ground.bot })
  return { ...ground, head, pull }
}

test('it is told with its number, its page and its head', async () => {
  const { pulls, head, pull } = await offered()
  const { number } = pull
  expect(await pulls.of(branch)).toEqual({
    is: 'open',
    request: { number, url: `https://github.example/octo/infra/pull/${number}` },
    head,
  })
})

test('what GitHub would merge it as is no commit of the landing branch', async () => {
  const { pulls, here, pull, fresh } = await offered()
  const told = async () => (await here(`/pulls/${pull.number}`)).json as Record<string, unknown>
  expect(await told()).toMatchObject({ merged: false, merge_commit_sha: expect.any(String) })
  expect(await pulls.of(branch)).not.toHaveProperty('commit')
  pull.close()
  fresh()
  expect(await told()).toMatchObject({ merged: false, merge_commit_sha: expect.any(String) })
  const found = await pulls.of(branch)
  expect([found!.is, 'commit' in found!]).toEqual(['closed', false])
})

test('auto-merge that is only enabled is not merged', async () => {
  const { pulls, pull } = await offered()
  pull.enableAutoMerge()
  expect(await pulls.of(branch)).toMatchObject({ is: 'open' })
})

test.each(['merge', 'squash', 'rebase'] as const)(
  'merged by a %s it is the commit that the landing branch is at',
  async (method) => {
    const { pulls, pull, repository, fresh } = await offered()
    repository.push(branch)
    pull.merge({ method })
    fresh()
    const commit = repository.head('main')
    expect(await pulls.of(branch)).toMatchObject({ is: 'merged', commit })
  },
)

test('the open one of several counts, and else the newest', async () => {
  const { pulls, repository, pull, fresh } = await offered()
  pull.close()
  const later = repository.pull({ head: branch })
  later.close()
  fresh()
  expect(await pulls.of(branch)).toMatchObject({ is: 'closed', request: { number: later.number } })
  pull.reopen()
  fresh()
  expect(await pulls.of(branch)).toMatchObject({ is: 'open', request: { number: pull.number } })
})

test('one into another branch does not count', async () => {
  const { pulls, repository, pull, fresh } = await offered()
  pull.close()
  repository.push('next')
  const other = repository.pull({ head: branch, base: 'next' })
  fresh()
  expect(await pulls.of(branch)).toMatchObject({ is: 'closed' })
  other.merge()
  fresh()
  expect(await pulls.of(branch)).toMatchObject({ is: 'closed' })
})

test.each(['mallory/infra', 'octo/infra-2'])(
  'one from the fork %s, of the same name, is nobody’s: neither open, nor merged, nor in the way',
  async (name) => {
    const { pulls, repository, world, base, fresh } = await pullsGround()
    const mallory = world.user('mallory')
    const fork = world.repository(name)
    fork.push('main', { sha: base })
    fork.push(branch)
    const theirs = repository.pull({ head: branch, from: fork, by: mallory })
    expect(await pulls.of(branch)).toBeNull()
    theirs.merge()
    fresh()
    expect(await pulls.of(branch)).toBeNull()
    const head = repository.push(branch)
    const opened = await pulls.open({ branch, title: 'ours', body: '' })
    expect(opened).toMatchObject({ is: 'open', head })
  },
)

test('a GitHub that lists those of all branches is not believed', async () => {
  const { pulls, github, here } = await offered()
  const { text } = await here('/pulls?state=all')
  github.fail({ status: 200, text, headers: { 'content-type': 'application/json' } })
  expect(await pulls.of('afk/2-r1')).toBeNull()
})

test.each(['afk/1/2/3', 'afk/ü-ß', 'a+b&c=d', '100%', 'x#1', 'what?', 'a;b,c'])(
  'a branch may be called %s',
  async (name) => {
    const { pulls, repository, fresh } = await pullsGround()
    const head = repository.push(name)
    const opened = await pulls.open({ branch: name, title: 'mended', body: '' })
    expect(opened).toMatchObject({ is: 'open', head })
    fresh()
    expect(await pulls.of(name)).toEqual(opened)
  },
)

test('a landing branch may be called release/2', async () => {
  const { pulls, repository, fresh } = await pullsGround({ branch: 'release/2' })
  const head = repository.push(branch, { parents: [repository.head('release/2')] })
  const opened = await pulls.open({ branch, title: 'mended', body: '' })
  if (opened.is !== 'open') throw new Error(`it is ${opened.is}`)
  expect(await pulls.merge(opened.request, head)).toEqual({ is: 'merged' })
  fresh()
  const commit = repository.head('release/2')
  expect(await pulls.of(branch)).toMatchObject({ is: 'merged', commit })
})

test('what was heard within ten seconds is not asked again, unless an earlier look does not count', async () => {
  const { pulls, clock, asked, pull } = await offered()
  const looks = () => asked('GET').length
  await pulls.of(branch)
  pull.close()
  clock.advance(9_000)
  expect(await pulls.of(branch)).toMatchObject({ is: 'open' })
  expect(looks()).toBe(1)
  expect(await pulls.of(branch, clock.monotonic())).toMatchObject({ is: 'closed' })
  expect(looks()).toBe(2)
  expect(await pulls.of(branch, clock.monotonic() - 1)).toMatchObject({ is: 'closed' })
  expect(looks()).toBe(2)
  clock.advance(10_001)
  await pulls.of(branch)
  expect(looks()).toBe(3)
})

test('a failure is not remembered, and an unchanged answer costs nothing', async () => {
  const { pulls, github, fresh } = await offered()
  github.fail('502')
  await expect(pulls.of(branch)).rejects.toThrow('502')
  expect(await pulls.of(branch)).toMatchObject({ is: 'open' })
  fresh()
  expect(await pulls.of(branch)).toMatchObject({ is: 'open' })
  expect(github.requests.map(({ isNotModified }) => isNotModified)).toEqual([false, false, true])
})

test('those of a repository that belongs to another owner now are found', async () => {
  const { pulls, repository, world, clock, fresh, asked } = await offered()
  await pulls.of(branch)
  repository.transfer(world.user('acme'))
  fresh()
  expect(await pulls.of(branch)).toMatchObject({ is: 'open' })
  repository.transfer(world.user('umbrella'))
  fresh()
  // Who it belongs to is not asked at each look.
  const before = asked('GET').length
  expect(await pulls.of(branch)).toBeNull()
  expect(asked('GET').length - before).toBeLessThanOrEqual(2)
  clock.advance(300_000)
  expect(await pulls.of(branch)).toMatchObject({ is: 'open' })
})
