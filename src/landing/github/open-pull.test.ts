/** A pull request that is opened, or is not: GitHub's refusals, and races with whoever else opens it. */
import { describe, expect, test } from 'vitest'

import { pullsGround } from '../../../test/github-pulls-ground.ts'
import { LandingError } from '../landing-error.ts'

const branch = 'afk/1-r1'
const offer = { branch, title: '#1 Mend it', body: 'Refs #1\n\nAFK-Run: run_1' }

async function pushed() {
  const ground = await pullsGround()
  return { ...ground, head: ground.repository.push(branch) }
}

const posts = ({ asked }: Pick<Awaited<ReturnType<typeof pullsGround>>, 'asked'>) =>
  asked('POST').length

test('it is opened into the landing branch with its title and its text, by whoever has the token', async () => {
  const { pulls, repository, bot, head } = await pushed()
  expect(await pulls.open(offer)).toMatchObject({ is: 'open', head })
  const issue = repository.record.issues.get(1)!
  expect(issue).toMatchObject({ title: offer.title, body: offer.body, author: { user: bot } })
  expect(issue.pull).toMatchObject({ base: 'main', head: branch, isDraft: false })
})

test('the one that its agent has opened, draft or not, is it', async () => {
  const ground = await pushed()
  const pull = ground.repository.pull({ head: branch, isDraft: true })
  const opened = await ground.pulls.open(offer)
  expect(opened).toMatchObject({ is: 'open', request: { number: pull.number } })
  expect(posts(ground)).toBe(0)
})

describe('nothing is offered', () => {
  test('where the branch is at the landing branch, or behind it', async () => {
    const { pulls, repository, base } = await pullsGround()
    repository.move(branch, base)
    expect(await pulls.open(offer)).toEqual({ is: 'nothing' })
    repository.push('main')
    expect(await pulls.open(offer)).toEqual({ is: 'nothing' })
  })

  test('where the branch is gone', async () => {
    const { pulls, repository } = await pushed()
    repository.removeBranch(branch)
    expect(await pulls.open(offer)).toEqual({ is: 'nothing' })
  })
})

test('where somebody was faster it throws, and the next look finds theirs', async () => {
  const { pulls, github, repository } = await pushed()
  github.meanwhile(() => void repository.pull({ head: branch }), { at: /^POST/ })
  await expect(pulls.open(offer)).rejects.toThrow(LandingError)
  expect(await pulls.open(offer)).toMatchObject({ is: 'open', request: { number: 1 } })
})

test.each(['reset, done', '502, done', 'cut short', 'malformed'] as const)(
  'an answer that is lost (%s) throws, and asked again it is opened once',
  async (fault) => {
    const ground = await pushed()
    const { pulls, github, repository } = ground
    github.fail(fault, { at: /^POST/ })
    await expect(pulls.open(offer)).rejects.toThrow(LandingError)
    expect(await pulls.open(offer)).toMatchObject({ is: 'open', request: { number: 1 } })
    expect([posts(ground), repository.record.issues.size]).toEqual([1, 1])
  },
)

describe('it is refused, in GitHub’s words,', () => {
  test('to a token that may only read pull requests', async () => {
    const { by, world, bot } = await pushed()
    const permissions = { contents: 'write', pull_requests: 'read' } as const
    const why =
      /403: Resource not accessible by personal access token \(it takes pull_requests=write\)/
    expect(await by(world.token(bot, { permissions })).open(offer)).toEqual({
      is: 'refused',
      why: expect.stringMatching(why),
    })
  })

  test('where there is no such landing branch', async () => {
    const { pulls, repository } = await pushed()
    repository.removeBranch('main')
    expect(await pulls.open(offer)).toMatchObject({
      is: 'refused',
      why: expect.stringContaining('422: Validation Failed'),
    })
  })

  test('where nobody may write any more', async () => {
    const { pulls, repository } = await pushed()
    repository.archive()
    expect(await pulls.open(offer)).toMatchObject({
      is: 'refused',
      why: expect.stringContaining('archived'),
    })
  })
})

test('a token that may not even read them throws with what it takes', async () => {
  const { by, world, bot } = await pushed()
  const pulls = by(world.token(bot, { permissions: { contents: 'write' } }))
  for (const asking of [pulls.of(branch), pulls.open(offer)])
    await expect(asking).rejects.toThrow(/it takes pull_requests=read/)
})

test.each(['502', '503', '500', 'reset', 'page', 'malformed', 'lost page'] as const)(
  'a GitHub that answers with %s throws',
  async (fault) => {
    const { pulls, github, repository } = await pushed()
    github.fail(fault, { at: /^GET .*\/pulls\?/ })
    await expect(pulls.open(offer)).rejects.toThrow(LandingError)
    expect(repository.record.issues.size).toBe(0)
    github.takeProblems()
  },
)

test('a limit throws, and nothing more is asked', async () => {
  const { pulls, github } = await pushed()
  github.limits.secondary({ retryAfter: 60 })
  await expect(pulls.open(offer)).rejects.toThrow(/wants to hear nothing until/)
  const before = github.requests.length
  await expect(pulls.open(offer)).rejects.toThrow(LandingError)
  expect(github.requests).toHaveLength(before)
})
