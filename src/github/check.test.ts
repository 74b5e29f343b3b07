import { expect, test } from 'vitest'

import { open } from '../../test/github/open.ts'
import { closedPort, listen } from '../../test/listen.ts'
import { systemClock as clock } from '../clock.ts'
import { apiCheck } from './check.ts'
import { appToken } from './app-token.ts'

const token = 'ghp_hunter2hunter2'

/** What is found of a server; never the token. */
async function findingAt(baseUrl: string, secret = token) {
  const check = apiCheck({ baseUrl, token: () => secret, clock, timeoutMs: 300 })
  const { findings, scopes } = await check()
  expect(JSON.stringify(findings)).not.toContain(secret)
  expect(findings).toHaveLength(1)
  return { ...findings[0], scopes }
}

const json = (text: string, headers: object = {}) => {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  return { status: 200, text, headers: { ...type, ...headers } }
}

/** A server that answers everything so. */
const answering = (status: number, type: string, text: string) =>
  listen((_, res) => res.writeHead(status, { 'content-type': type }).end(text))

test('a token that GitHub takes is good, with what is left of its hour; asking costs nothing', async () => {
  const { github, token: good } = await open()
  const found = await findingAt(github.url, good)
  expect(found).toEqual({
    type: 'good',
    what: 'GitHub takes the token, and 5000 of 5000 requests are left this hour',
    scopes: ['repo'],
  })
  expect(await findingAt(`${github.url}/`, good)).toEqual(found)
})

test('a token that is wrong, revoked or expired is bad', async () => {
  const { github, world, bot } = await open()
  const bad = { type: 'bad', what: expect.stringMatching(/refuses the token: Bad credentials/) }
  expect(await findingAt(github.url)).toMatchObject(bad)
  const revoked = world.token(bot)
  world.revoke(revoked)
  expect(await findingAt(github.url, revoked)).toMatchObject(bad)
  const expired = world.token(bot, { expiresAt: Date.now() - 1_000 })
  expect(await findingAt(github.url, expired)).toMatchObject(bad)
  expect(await findingAt(github.url, 'two words')).toMatchObject({ type: 'bad' })
})

test('a token that GitHub repeats in a refusal is not in the finding', async () => {
  const { github } = await open()
  const refusal = json(JSON.stringify({ message: `${token} may not come from 192.0.2.1` }))
  github.fail({ ...refusal, status: 403 })
  expect(await findingAt(github.url)).toMatchObject({
    type: 'bad',
    what: expect.stringMatching(/refuses us: \*\*\* may not come from/),
  })
})

test.each([
  ['a page', 200, 'text/html', '<html>Sign in</html>'],
  ['a page that is not found', 404, 'text/html', '<html></html>'],
  ['another JSON', 200, 'application/json', '{"version":"1.22.0"}'],
  ['JSON that is none', 200, 'application/json', '{"resources":'],
  ['a refusal in another form', 404, 'application/json', '{"error":"no"}'],
  ['another API', 404, 'application/json', '{"message":"Not Found"}'],
])('%s is no GitHub API', async (_, status, type, text) => {
  expect(await findingAt(await answering(status, type, text))).toMatchObject({
    type: 'bad',
    what: expect.stringContaining(`is no GitHub API: it answered ${status}, ${type}`),
    mend: expect.stringContaining('check baseUrl'),
  })
})

test('a closed port, a hang and a gateway that fails are bad, each in its words', async () => {
  expect(await findingAt(await closedPort())).toMatchObject({
    type: 'bad',
    what: expect.stringMatching(/did not answer GET \/rate_limit: ECONNREFUSED/),
    mend: expect.stringContaining('check baseUrl, its name, port'),
  })
  const { github, token: good } = await open()
  github.fail('hang')
  expect(await findingAt(github.url, good)).toMatchObject({
    type: 'bad',
    what: expect.stringContaining('no answer in time'),
  })
  github.fail('502')
  const gateway = { type: 'bad', what: expect.stringContaining('answers 502') }
  expect(await findingAt(github.url, good)).toMatchObject(gateway)
})

test('a redirect to another origin is bad, and names no more than that origin', async () => {
  const location = 'https://github.example/api/v3/rate_limit?key=hunter3'
  const url = await listen((_, res) => res.writeHead(301, { location }).end())
  const found = await findingAt(url)
  expect(found).toMatchObject({
    type: 'bad',
    what: expect.stringContaining('leads to https://github.example'),
  })
  expect(JSON.stringify(found)).not.toContain('hunter3')
})

test('a budget that is almost spent, or a limit, is told as a warning', async () => {
  const { github, token: good } = await open()
  const core = { limit: 5_000, remaining: 400, reset: 1_795_600_000 }
  github.fail(json(JSON.stringify({ resources: { core } })))
  expect(await findingAt(github.url, good)).toMatchObject({
    type: 'unproven',
    what: '400 of 5000 requests are left until 2026-11-25T09:46:40.000Z',
  })
  const secondary = json('{"message":"You have exceeded a secondary rate limit."}')
  github.fail({ ...secondary, status: 403 })
  expect(await findingAt(github.url, good)).toMatchObject({
    type: 'unproven',
    what: expect.stringContaining('wants to hear nothing'),
  })
})

test('a server of one’s own that counts no requests is GitHub all the same', async () => {
  const { github, token: good } = await open()
  github.fail({ ...json('{"message":"Rate limiting is not enabled."}'), status: 404 })
  expect(await findingAt(github.url, good)).toMatchObject({ type: 'good' })
})

test('a classic token’s scopes are told, none among them, and nothing of a fine-grained one’s', async () => {
  const { github, world, bot } = await open()
  const scopesOf = async (options: Parameters<typeof world.token>[1]) =>
    (await findingAt(github.url, world.token(bot, options))).scopes
  expect(await scopesOf({ scopes: ['repo', 'read:org'] })).toEqual(['repo', 'read:org'])
  expect(await scopesOf({ scopes: [] })).toEqual([])
  expect(await scopesOf({ permissions: { issues: 'write' } })).toBeNull()
})

test('an App whose key is another’s is bad, and one that is right is good', async () => {
  const { github, world, owner } = await open()
  const [app, other] = [world.app('afk'), world.app('other')]
  const permissions = { issues: 'write' } as const
  const { id: installation } = world.install(app, { account: owner, permissions })
  const by = async (privateKey: string) => {
    const baseUrl = github.url
    const minted = appToken({ app: app.id, installation, privateKey, baseUrl, clock })
    const { findings } = await apiCheck({ baseUrl, token: minted.token, clock })()
    await minted.close()
    return findings
  }
  expect(await by(world.privateKey(app))).toMatchObject([{ type: 'good' }])
  expect(await by(world.privateKey(other))).toMatchObject([
    { type: 'bad', what: expect.stringMatching(/access_tokens with 401/) },
  ])
})
