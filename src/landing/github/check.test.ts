import { expect, test } from 'vitest'

import { pullsGround } from '../../../test/github-pulls-ground.ts'
import { closedPort } from '../../../test/listen.ts'

type Wish = Parameters<Awaited<ReturnType<typeof pullsGround>>['by']>[1]

async function ground() {
  const opened = await pullsGround()
  /** Each as one line, its type first. */
  async function checked(token = opened.token, wish: Wish = {}) {
    const findings = await opened.by(token, wish).check()
    expect(JSON.stringify(findings)).not.toContain(token)
    return findings.map((found) => {
      const mend = found.type === 'good' ? '' : ` -> ${found.mend}`
      return `${found.type}: ${found.what}${mend}`
    })
  }
  return { ...opened, checked }
}

const read = 'good: pull requests can be read'

test('what the account may is there; whether the token may, only a write shows', async () => {
  const { checked, github } = await ground()
  expect(await checked()).toEqual([
    read,
    'unproven: whether the token may open and merge one -> it needs Pull requests and Contents: write',
  ])
  expect(await checked(undefined, { merges: 'human' })).toEqual([
    read,
    'unproven: whether the token may open one -> it needs Pull requests: write',
  ])
  expect(github.requests.every(({ method }) => method === 'GET')).toBe(true)
})

test('a fine-grained token without Pull requests is bad, and named as GitHub names it', async () => {
  const { checked, world, bot } = await ground()
  const token = world.token(bot, { permissions: { contents: 'write', issues: 'write' } })
  expect(await checked(token)).toEqual([
    expect.stringMatching(
      /^bad: .* 403: .* \(it takes pull_requests=read\) -> give the token Pull requests and Contents: write$/,
    ),
  ])
})

test.each(['read', 'triage', null] as const)(
  'an account that may not write (%s) is bad',
  async (grant) => {
    const { checked, repository, bot } = await ground()
    repository.grant(bot, grant)
    expect(await checked()).toEqual([
      read,
      'bad: whoever has the token may not write to octo/infra -> give them write access',
    ])
  },
)

test('a repository that nobody may write to any more, or that the token does not see, is bad', async () => {
  const { checked, repository, world } = await ground()
  world.repository('octo/secret', { isPrivate: true })
  const stranger = world.token(world.user('mallory'))
  expect(await checked(stranger, { repo: 'octo/secret' })).toEqual([
    expect.stringMatching(/^bad: .* 404: Not Found -> give the token/),
  ])
  repository.archive()
  expect((await checked())[1]).toMatch(/^bad: octo\/infra is archived/)
})

test('an App is no account: what it may is unproven', async () => {
  const { checked, world, owner, github } = await ground()
  const permissions = { contents: 'write', pull_requests: 'write' } as const
  const app = world.app('afk')
  const token = world.installationToken(world.install(app, { account: owner, permissions }))
  // As GitHub tells an installation: it is no collaborator.
  const shown = { full_name: 'octo/infra', archived: false, permissions: { push: false } }
  const headers = { 'content-type': 'application/json' }
  github.fail({ status: 200, text: JSON.stringify(shown), headers })
  expect((await checked(token, { app: app.id }))[1]).toMatch(/^unproven: whether the App may open/)
})

test('a review that is required is told where AFK is to merge', async () => {
  const { checked, repository, github } = await ground()
  repository.requireReview('main')
  const told =
    'unproven: main requires a review, so AFK merges nothing: each run ends needs-human -> set merge: human, or let the token past that rule'
  expect(await checked()).toContain(told)
  expect(await checked(undefined, { merges: 'human' })).not.toContain(told)
  github.fail(
    {
      status: 404,
      text: '{"message":"Not Found"}',
      headers: { 'content-type': 'application/json' },
    },
    { at: /\/rules\// },
  )
  expect(await checked()).toHaveLength(2)
})

test('a bad token, a closed port and a GitHub that is away are bad', async () => {
  const { checked, github } = await ground()
  expect(await checked('ghp_nobody')).toEqual([
    expect.stringMatching(/^bad: .* 401: Bad credentials -> make a new one/),
  ])
  expect(await checked(undefined, { baseUrl: await closedPort() })).toEqual([
    expect.stringMatching(/^bad: .*ECONNREFUSED -> check baseUrl/),
  ])
  github.fail('502')
  expect(await checked()).toEqual([expect.stringMatching(/^bad: .* 502 -> check baseUrl/)])
})
