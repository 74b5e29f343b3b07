import { expect, onTestFinished, test } from 'vitest'

import { open } from '../../../test/github/open.ts'
import { closedPort } from '../../../test/listen.ts'
import { systemClock as clock } from '../../clock.ts'
import { apiCheck } from '../../github/check.ts'
import { githubClient } from '../../github/client.ts'
import { githubTracker } from './tracker.ts'

const labels = { ready: 'ready', inProgress: 'at-it', human: 'human' }

type Asked = {
  readonly baseUrl: string
  readonly token: string
  readonly repo?: string
  /** Its id: the token is an App's. */
  readonly app?: number
}

/** Each as one line, its type first. */
async function checked({ baseUrl, token, repo = 'octo/infra', app }: Asked) {
  const credential = { baseUrl, token: () => token, clock }
  const client = githubClient({ ...credential, ...(app !== undefined && { app }) })
  onTestFinished(() => client.close())
  const api = apiCheck(credential)
  const tracker = githubTracker({ repo, client, readyLabel: 'ready', api, clock })
  const findings = await tracker.check(labels)
  expect(JSON.stringify(findings)).not.toContain(token)
  return findings.map((found) => {
    const mend = found.type === 'good' ? '' : ` -> ${found.mend}`
    return `${found.type}: ${found.what}${mend}`
  })
}

async function ground(options: Parameters<typeof open>[0] = {}) {
  const opened = await open(options)
  const { github, world, repository: repo } = opened
  const of = (token: string, more: Partial<Asked> = {}) =>
    checked({ baseUrl: github.url, token, ...more })
  const writes = () => github.requests.filter(({ method }) => method !== 'GET')
  return { ...opened, repo, world, of, writes }
}

const takes = expect.stringMatching(/^good: GitHub takes the token/)
const mayBe = expect.stringMatching(
  /^unproven: afk-bot may write to octo\/infra; .*Issues: read and write/,
)

test('a bot that may write: what is there is good, and what only a write shows is unproven', async () => {
  const { of, token, repo, writes, world, bot } = await ground()
  repo.issue().label('ready')
  for (const label of ['at-it', 'Human']) repo.label(label)
  const rest = ['good: 1 issue is labelled ready', 'good: the labels at-it and human are there']
  expect(await of(token)).toEqual([takes, 'good: afk-bot may write to octo/infra', ...rest])
  const fineGrained = world.token(bot, { permissions: { issues: 'write' } })
  expect(await of(fineGrained)).toEqual([takes, mayBe, ...rest])
  expect(writes()).toEqual([])
})

test('labels that are not there: the ready one is for a person to make', async () => {
  const { of, token } = await ground()
  expect((await of(token)).slice(2)).toEqual([
    'good: 0 issues are labelled ready',
    'unproven: there is no label ready -> make it, and give it to an issue',
    'good: made when first used: the label at-it, the label human',
  ])
})

test('a bad token is bad, and nothing more is asked', async () => {
  const { of, github } = await ground()
  expect(await of('ghp_nobody')).toEqual([
    expect.stringMatching(
      /^bad: 127\.0\.0\.1:\d+ refuses the token: Bad credentials -> make a new/,
    ),
  ])
  expect(github.requests.map(({ path }) => path)).toEqual(['/rate_limit'])
})

test('a closed port is bad', async () => {
  const { token } = await ground()
  expect(await checked({ baseUrl: await closedPort(), token })).toEqual([
    expect.stringMatching(/^bad: .*ECONNREFUSED -> check baseUrl/),
  ])
})

test('a private repository that the token does not see is bad, and named', async () => {
  const { of, world } = await ground()
  world.repository('octo/secret', { isPrivate: true })
  const stranger = world.token(world.user('mallory'))
  for (const repo of ['octo/secret', 'octo/nowhere'])
    expect(await of(stranger, { repo })).toEqual([
      takes,
      `bad: GitHub shows no repository ${repo} to mallory -> give the token access to it, or correct tracker.repo`,
    ])
})

test('a missing permission of a fine-grained token is bad, and named as GitHub names it', async () => {
  const { of, world, bot } = await ground()
  const token = world.token(bot, { permissions: { contents: 'read' } })
  expect(await of(token)).toEqual([
    takes,
    mayBe,
    expect.stringMatching(/^bad: .* 403: .* \(it takes issues=read\) -> .*Issues: read and write$/),
  ])
})

test('a classic token without the scope is bad, and one with it is good', async () => {
  const { of, world, bot } = await ground()
  const rightsWith = async (scopes: readonly string[], repo: string) =>
    (await of(world.token(bot, { scopes }), { repo }))[1]
  world.repository('octo/secret', { isPrivate: true }).grant(bot, 'write')
  const may = (name: string) => `good: afk-bot may write to ${name}`
  expect(await rightsWith(['public_repo'], 'octo/infra')).toBe(may('octo/infra'))
  expect(await rightsWith(['repo'], 'octo/secret')).toBe(may('octo/secret'))
  expect(await rightsWith(['read:org', 'gist'], 'octo/infra')).toBe(
    'bad: the token lacks the scope repo or public_repo: it has read:org, gist -> add it to the token',
  )
  expect(await rightsWith([], 'octo/infra')).toMatch(/^bad: .* it has none/)
  expect(await rightsWith(['public_repo'], 'octo/secret')).toBe(
    'bad: GitHub shows no repository octo/secret to afk-bot, whose token lacks the scope repo: it has public_repo' +
      ' -> add it to the token if the repository is private, else correct tracker.repo',
  )
})

test.each(['read', 'triage'] as const)('an account that may only %s is bad', async (grant) => {
  const { of, token, repo, bot } = await ground()
  repo.grant(bot, grant)
  expect(await of(token)).toContainEqual(
    expect.stringMatching(/^bad: afk-bot may not write to octo\/infra -> give that account write/),
  )
})

test('the owner’s own token is a warning: owner, agent and AFK are one', async () => {
  const { of, world, owner, bot, repo } = await ground()
  const shared = (who: string) =>
    expect.stringMatching(
      new RegExp(`^unproven: the token is of ${who} the repository: .*share one identity.* App`),
    )
  expect(await of(world.token(owner))).toContainEqual(shared('octo, who owns'))
  const token = world.token(bot)
  expect((await of(token)).join()).not.toMatch(/identity/)
  repo.grant(bot, 'admin')
  expect(await of(token)).toContainEqual(shared('afk-bot, who administers'))
})

test('an App is nobody’s, and what it may write is unproven', async () => {
  const { of, world, owner } = await ground()
  const app = world.app('afk')
  const installed = world.install(app, { account: owner, permissions: { issues: 'write' } })
  const found = await of(world.installationToken(installed), { app: app.id })
  expect(found[1]).toMatch(/^unproven: whether the App may write issues of octo\/infra -> its/)
  expect(found.join()).not.toMatch(/identity|bad/)
})

test('an archived repository, and issues that are turned off, are bad', async () => {
  const { of, token, repo, world, bot } = await ground()
  repo.archive()
  expect(await of(token)).toContainEqual(expect.stringMatching(/^bad: octo\/infra is archived/))
  world.repository('octo/shut', { hasIssues: false }).grant(bot, 'write')
  const found = await of(token, { repo: 'octo/shut' })
  expect(found.slice(1)).toEqual([
    expect.stringMatching(/^bad: octo\/shut has its issues turned off/),
    'good: afk-bot may write to octo/shut',
  ])
})

test('a repository that has another name now is told', async () => {
  const { of, token, repo } = await ground()
  repo.rename('platform')
  expect(await of(token)).toContainEqual(
    'unproven: octo/infra is called octo/platform now -> correct tracker.repo',
  )
})

test('a limit in the middle of it is no fault of the token', async () => {
  const { of, token, github } = await ground()
  const headers = { 'content-type': 'application/json', 'retry-after': '60' }
  const text = '{"message":"You have exceeded a secondary rate limit."}'
  github.fail({ status: 403, text, headers }, { at: /\/labels\// })
  expect((await of(token)).at(-1)).toMatch(/^unproven: GitHub wants to hear nothing until/)
})
