/** A pull request that is merged at the head that was judged, or is not: why, and whether it is asked again. */
import { describe, expect, test } from 'vitest'

import { pullsGround } from '../../../test/github-pulls-ground.ts'
import { LandingError } from '../landing-error.ts'

const branch = 'afk/1-r1'

async function offered() {
  const ground = await pullsGround()
  const head = ground.repository.push(branch)
  const pull = ground.repository.pull({ head: branch, by: ground.bot })
  const { number } = pull
  const request = { number, url: `https://github.example/octo/infra/pull/${number}` }
  const merge = (at = head, { pulls } = ground) => pulls.merge(request, at)
  const bodies = () =>
    ground.github.requests.flatMap(({ method, body }) =>
      method === 'PUT' ? [JSON.parse(body) as { sha: string; merge_method: string }] : [],
    )
  return { ...ground, head, pull, request, merge, bodies }
}

const merged = { is: 'merged' }
const notYet = { is: 'not-yet' }
const refusedFor = (part: string | RegExp) => ({
  is: 'refused',
  why: expect.stringMatching(part) as string,
})
const put = { at: /^PUT .*\/merge$/ }
const says = (status: number, message: string) => ({
  status,
  text: JSON.stringify({ message }),
  headers: { 'content-type': 'application/json' },
})

test('it names the head, and is a merge commit', async () => {
  const { merge, bodies, repository, head, base } = await offered()
  expect(await merge()).toEqual(merged)
  expect(bodies()).toEqual([{ sha: head, merge_method: 'merge' }])
  const commit = repository.record.commits.get(repository.head('main'))!
  expect(commit.parents).toEqual([base, head])
})

describe('it is refused for good, in GitHub’s words, where', () => {
  test('it is a draft', async () => {
    const { merge, repository, pulls } = await offered()
    const head = repository.push('draft')
    const { number } = repository.pull({ head: 'draft', isDraft: true })
    const draft = await pulls.merge({ number, url: '' }, head)
    expect(draft).toEqual(refusedFor(/405: Pull Request is still a draft/))
    expect(await merge()).toEqual(merged)
  })

  test('it was led to another branch than the one where work lands', async () => {
    const { merge, pull, repository, bodies } = await offered()
    repository.push('release')
    Object.assign(pull.pull, { base: 'release' })
    expect(await merge()).toEqual(refusedFor(/leads to another branch now, and not to main/))
    expect(bodies()).toEqual([])
  })

  test('it conflicts', async () => {
    const { merge, pull } = await offered()
    pull.setMergeability({ mergeable: false, state: 'dirty' })
    expect(await merge()).toEqual(refusedFor(/405: Pull Request is not mergeable/))
  })

  test('a review is required', async () => {
    const { merge, repository } = await offered()
    repository.requireReview('main')
    expect(await merge()).toEqual(refusedFor(/At least 1 approving review is required/))
  })

  test('the token may not write contents', async () => {
    const { request, head, by, world, bot } = await offered()
    const permissions = { contents: 'read', pull_requests: 'write' } as const
    const pulls = by(world.token(bot, { permissions }))
    expect(await pulls.merge(request, head)).toEqual(refusedFor(/403: .*it takes contents=write/))
  })

  test('the account may not write', async () => {
    const { merge, repository, bot } = await offered()
    repository.grant(bot, 'read')
    expect(await merge()).toEqual(refusedFor(/403: Must have admin rights/))
  })

  test('a merge queue is in the way', async () => {
    const { merge, github } = await offered()
    github.fail(says(405, 'Changes must be made through the merge queue'), put)
    expect(await merge()).toEqual(refusedFor(/merge queue/))
  })
})

describe('it is asked again where', () => {
  test('its head moves at that very moment: nothing is merged', async () => {
    const { merge, github, repository, head, fresh, bodies, pulls } = await offered()
    expect(await pulls.of(branch)).toMatchObject({ head })
    github.meanwhile(() => repository.push(branch), put)
    expect(await merge()).toEqual(notYet)
    expect(github.requests.at(-1)).toMatchObject({ method: 'PUT', status: 409 })
    expect(await pulls.of(branch)).toMatchObject({ head: repository.head(branch) })
    fresh()
    expect([await merge(head), bodies().length]).toEqual([notYet, 1])
    expect(await merge(repository.head(branch))).toEqual(merged)
  })

  test('its head moves, and GitHub speaks of what the new one lacks', async () => {
    const { merge, github, repository, head } = await offered()
    repository.require('main', ['test'])
    repository.checkRun(head, { conclusion: 'success' })
    github.meanwhile(() => repository.push(branch), put)
    expect(await merge()).toEqual(notYet)
    expect(github.requests.find(({ method }) => method === 'PUT')?.status).toBe(405)
  })

  test('somebody closes it, or merges it, at that very moment', async () => {
    for (const [act, says] of [
      ['close', notYet],
      ['merge', merged],
    ] as const) {
      const { merge, github, pull } = await offered()
      github.meanwhile(() => void pull[act](), put)
      expect(await merge()).toEqual(says)
    }
  })

  test.each([
    [405, 'Base branch was modified. Review and try the merge again.'],
    [405, 'Merge already in progress'],
    [405, 'Repository is in an unstable state. Please wait and try again.'],
  ])('GitHub says %i %s', async (status, message) => {
    const { merge, github, fresh } = await offered()
    github.fail(says(status, message), put)
    expect(await merge()).toEqual(notYet)
    fresh()
    expect(await merge()).toEqual(merged)
  })

  test('GitHub does not know yet whether it can be merged', async () => {
    const { merge, pull, fresh, bodies } = await offered()
    pull.setMergeability({ mergeable: null, state: 'unknown' })
    expect([await merge(), bodies()]).toEqual([notYet, []])
    pull.setMergeability(null)
    fresh()
    expect(await merge()).toEqual(merged)
  })
})

describe('a required check that GitHub still waits for', () => {
  test('is waited for', async () => {
    const { merge, repository, head, fresh } = await offered()
    repository.require('main', ['test'])
    const check = repository.checkRun(head, { name: 'test' })
    expect(await merge()).toEqual(notYet)
    check.finish('success')
    fresh()
    expect(await merge()).toEqual(merged)
  })

  test('a minute at most: then a person is told which', async () => {
    const { merge, repository, clock, fresh } = await offered()
    repository.require('main', ['lint'])
    for (const began = clock.monotonic(); clock.monotonic() - began < 60_000; fresh())
      expect(await merge()).toEqual(notYet)
    expect(await merge()).toEqual(refusedFor(/Required status check "lint" is expected/))
  })
})

describe('a required check that still runs', () => {
  const overAMinute = async (message: string) => {
    const { merge, github, clock, fresh } = await offered()
    github.fail(says(405, message), { ...put, times: 20 })
    for (const began = clock.monotonic(); clock.monotonic() - began <= 60_000; fresh())
      expect(await merge()).toEqual(notYet)
    return merge()
  }

  test.each([
    'Required status check "test" is in progress.',
    'Required status check "test" is queued.',
    'Required status check "failing tests" is pending.',
    '2 of 2 required status checks are in progress.',
    '2 of 2 required status checks have not succeeded: 1 expected and 1 pending.',
    'Repository rule violations found\n\n3 of 5 required status checks are queued.\n\n',
  ])('is waited for, as long as its run may take: %s', async (message) => {
    expect(await overAMinute(message)).toEqual(notYet)
  })

  test.each([
    'Required status check "test" is failing.',
    'Required status check "is expected" is failing.',
    'Required status check "pending" was cancelled.',
    '2 of 2 required status checks have not succeeded: 1 failing and 1 pending.',
    '3 required status checks have not succeeded: 1 errored and 2 expected.',
  ])('is told from one that did not pass: %s', async (message) => {
    const { merge, github } = await offered()
    github.fail(says(405, message), put)
    expect(await merge()).toEqual(refusedFor(/status check/))
  })
})

describe('the way is the first that is allowed', () => {
  test.each(['squash', 'rebase'] as const)('by a repository: %s', async (method) => {
    const { merge, repository, bodies } = await offered()
    repository.mergeBy(method)
    expect(await merge()).toEqual(merged)
    expect(bodies().map(({ merge_method }) => merge_method)).toEqual([method])
  })

  test('where the token is an App’s, which is not told', async () => {
    const { request, head, by, repository, world, owner, bodies } = await offered()
    repository.mergeBy('rebase')
    const permissions = { contents: 'write', pull_requests: 'write' } as const
    const app = world.install(world.app('afk'), { account: owner, permissions })
    const pulls = by(world.installationToken(app))
    expect(await pulls.merge(request, head)).toEqual(merged)
    const ways = bodies().map(({ merge_method }) => merge_method)
    expect(ways).toEqual(['merge', 'squash', 'rebase'])
  })

  test('where the branch must be linear', async () => {
    const { merge, repository, bodies } = await offered()
    repository.rule('main', { type: 'required_linear_history' })
    expect(await merge()).toEqual(merged)
    expect(bodies().at(-1)).toMatchObject({ merge_method: 'squash' })
  })

  test('and where there is none, a person is told', async () => {
    const { merge, repository } = await offered()
    repository.mergeBy('merge')
    repository.rule('main', { type: 'required_linear_history' })
    expect(await merge()).toEqual(refusedFor(/must not contain merge commits/))
    repository.mergeBy()
    const again = await offered()
    again.repository.mergeBy()
    expect(await again.merge()).toEqual(refusedFor(/no way to merge here/))
  })

  test('a refusal that is not of its way is told at once', async () => {
    const { request, head, by, repository, world, owner, bodies } = await offered()
    repository.requireReview('main')
    const permissions = { contents: 'write', pull_requests: 'write' } as const
    const app = world.install(world.app('afk'), { account: owner, permissions })
    await by(world.installationToken(app)).merge(request, head)
    expect(bodies()).toHaveLength(1)
  })
})

test.each(['reset, done', '502, done', '500, done', 'cut short', 'malformed'] as const)(
  'an answer that is lost (%s) throws; asked again, it is merged, and was once',
  async (fault) => {
    const { merge, github, fresh, repository, bodies } = await offered()
    github.fail(fault, put)
    await expect(merge()).rejects.toThrow(LandingError)
    const tip = repository.head('main')
    // Nobody asks again at once.
    expect(await merge()).toEqual(notYet)
    fresh()
    expect(await merge()).toEqual(merged)
    expect([bodies().length, repository.head('main')]).toEqual([1, tip])
  },
)

test.each(['502', 'reset', 'page'] as const)(
  'a GitHub that is away (%s) throws and merges nothing; it is merged when it is back',
  async (fault) => {
    for (const at of [/^GET .*\/pulls\/\d+$/, /^GET \/repos\/octo\/infra$/, put.at]) {
      const { merge, github, fresh, pulls, base, repository } = await offered()
      github.fail(fault, { at })
      await expect(merge()).rejects.toThrow(LandingError)
      expect(repository.head('main')).toBe(base)
      expect(await pulls.of(branch)).toMatchObject({ is: 'open' })
      fresh()
      expect(await merge()).toEqual(merged)
    }
  },
)

test('a token that is refused throws, and says nothing of the pull request', async () => {
  const { merge, world, token, repository, base } = await offered()
  world.revoke(token)
  await expect(merge()).rejects.toThrow('GitHub refuses the token with 401: Bad credentials')
  expect(repository.head('main')).toBe(base)
})
