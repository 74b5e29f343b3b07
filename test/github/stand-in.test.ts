import { expect, test } from 'vitest'

import { manualClock } from '../manual-clock.ts'
import { ask, careful } from './ask.ts'
import { open } from './open.ts'
import { githubStandIn } from './stand-in.ts'

const nextOf = (headers: Headers) =>
  /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? null

test('an unchanged answer is a 304 to the same token, empty and free of charge', async () => {
  const { github, world, repository, bot, here } = await open()
  const issue = repository.issue()
  const first = await here('/issues')
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
  const again = await here('/issues', { headers })
  expect([again.status, again.text]).toEqual([304, ''])
  expect(again.headers.get('x-ratelimit-used')).toBe(first.headers.get('x-ratelimit-used'))
  expect(github.requests.map(({ isNotModified }) => isNotModified)).toEqual([false, true])
  expect((await here('/issues', { headers, token: world.token(bot) })).status).toBe(200)
  issue.retitle('Another')
  expect((await here('/issues', { headers })).status).toBe(200)
})

test('a 304 to nobody is charged, and a tag says nothing of another page', async () => {
  const { repository, here } = await open()
  repository.issue()
  const first = await here('/issues', { token: null })
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
  const again = await here('/issues', { token: null, headers })
  expect([again.status, again.headers.get('x-ratelimit-used')]).toEqual([304, '2'])
  const third = await here('/issues?page=3')
  const empty = { 'if-none-match': third.headers.get('etag') ?? '' }
  expect((await here('/issues?page=2', { headers: empty })).status).toBe(200)
})

test('a list is cut into pages: 30, or 100 at most, with a Link in the numeric form', async () => {
  const { github, repository, here } = await open()
  for (let n = 0; n < 101; n += 1) repository.issue()
  expect((await here('/issues')).json).toHaveLength(30)
  const first = await here('/issues?per_page=500&labels=')
  expect(first.json).toHaveLength(100)
  const next = nextOf(first.headers) ?? ''
  expect(next).toBe(
    `${github.url}/repositories/${repository.id}/issues?per_page=500&labels=&page=2`,
  )
  const last = await here('/issues').then(() => ask(github, next))
  expect(last.json).toMatchObject([{ number: 1 }])
  expect(nextOf(last.headers)).toBeNull()
  expect(last.headers.get('link')).toContain('rel="first"')
})

test('the primary limit is 403 or 429 with nothing left, and is over at its reset', async () => {
  const clock = manualClock(1_700_000_000_000)
  const { github, world, bot, token, here } = await open({ now: clock.now })
  github.limits.budget(2)
  expect((await here('/issues')).headers.get('x-ratelimit-remaining')).toBe('1')
  await here('/issues', { token: world.token(bot) })
  const refused = await here('/issues')
  expect([refused.status, refused.headers.get('x-ratelimit-remaining')]).toEqual([403, '0'])
  expect(refused.json).toMatchObject({ message: expect.stringContaining('rate limit exceeded') })
  const reset = Number(refused.headers.get('x-ratelimit-reset')) * 1_000
  expect(reset).toBe(clock.now() + 3_600_000)
  expect((await here('/issues', { token: world.token(world.user('octo')) })).status).toBe(200)
  clock.advance(3_600_000)
  expect((await here('/issues')).status).toBe(200)
  github.limits.exhaust(token, { status: 429, resetAt: clock.now() + 5_000 })
  expect((await here('/issues')).status).toBe(429)
  expect((await ask(github, '/rate_limit', { token })).json).toMatchObject({
    rate: { limit: 2, remaining: 0, used: 2, reset: (clock.now() + 5_000) / 1_000 },
  })
})

test('the secondary limit comes unforeseen, with or without how long', async () => {
  const { github, here } = await open()
  github.limits.secondary({ status: 429, retryAfter: 7 })
  github.limits.secondary({ retryAfter: null })
  const [first, second, third] = [await here('/issues'), await here('/issues'), await here('')]
  expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7'])
  expect([second.status, second.headers.get('retry-after')]).toEqual([403, null])
  expect(second.json).toMatchObject({ message: expect.stringContaining('secondary rate limit') })
  expect(second.headers.get('x-ratelimit-remaining')).not.toBe('0')
  expect(third.status).toBe(200)
})

test('GraphQL has a budget of its own, and says in a 200 that it is spent', async () => {
  const { github, repository, token, here } = await open()
  repository.issue()
  github.limits.exhaust(token, { resource: 'graphql' })
  const query = '{ repository(owner: "octo", name: "infra") { issue(number: 1) { nothing } } }'
  const spend = () => ask(github, '/graphql', { method: 'POST', token, body: { query } })
  const spent = await spend()
  expect(spent).toMatchObject({ status: 200, json: { errors: [{ type: 'RATE_LIMITED' }] } })
  expect(spent.headers.get('x-ratelimit-resource')).toBe('graphql')
  expect((await here('/issues')).status).toBe(200)
  expect((await ask(github, '/graphql', { method: 'POST', body: { query } })).status).toBe(401)
})

test('a bad, a revoked and an expired token are 401', async () => {
  const clock = manualClock()
  const { world, bot, token, here } = await open({ now: clock.now })
  const short = world.token(bot, { expiresAt: clock.now() + 1_000 })
  expect((await here('', { token: short })).status).toBe(200)
  clock.advance(1_000)
  world.revoke(token)
  for (const each of [short, token, 'ghp_nobody'])
    expect(await here('', { token: each })).toMatchObject({
      status: 401,
      json: { message: 'Bad credentials' },
    })
})

test('a classic token names its scopes, and reaches no farther; of other kinds nobody says', async () => {
  const { github, world, repository, bot, owner } = await open()
  const secret = world.repository('octo/secret', { isPrivate: true })
  secret.grant(bot, 'write')
  repository.issue()
  const scopesOf = async (token: string | null) =>
    (await ask(github, '/rate_limit', { token })).headers.get('x-oauth-scopes')
  const narrow = world.token(bot, { scopes: ['public_repo', 'gist'] })
  const none = world.token(bot, { scopes: [] })
  expect(await scopesOf(world.token(bot))).toBe('repo')
  expect([await scopesOf(narrow), await scopesOf(none)]).toEqual(['public_repo, gist', ''])
  const app = world.install(world.app('afk'), { account: owner, permissions: {} })
  const others = [world.token(bot, { permissions: {} }), world.installationToken(app), null]
  expect(await Promise.all(others.map(scopesOf))).toEqual([null, null, null])
  const statusOf = async (path: string, token: string, method = 'GET') =>
    (await ask(github, path, { token, method, ...(method === 'POST' && body) })).status
  const body = { body: { body: 'here' } }
  const comments = '/repos/octo/infra/issues/1/comments'
  expect(await statusOf('/repos/octo/secret', narrow)).toBe(404)
  expect(await statusOf('/repos/octo/infra', none)).toBe(200)
  expect(await statusOf(comments, narrow, 'POST')).toBe(201)
  expect(await statusOf(comments, none, 'POST')).toBe(404)
})

test('a private repository is 404 to whoever may not read it, and a missing permission is 403', async () => {
  const { github, world, bot, token, here } = await open()
  world.repository('octo/secret', { isPrivate: true }).issue()
  expect((await ask(github, '/repos/octo/secret/issues', { token })).status).toBe(404)
  const narrow = world.token(bot, { permissions: { issues: 'read' } })
  expect((await here('/issues', { token: narrow })).status).toBe(200)
  const body = { labels: ['x'] }
  expect(await here('/issues/1/labels', { method: 'POST', token: narrow, body })).toMatchObject({
    status: 403,
    json: { message: 'Resource not accessible by personal access token' },
  })
})

test('a renamed repository is 301 to a reader and 307 to a writer; a deleted one is 404', async () => {
  const { github, repository, token, here } = await open()
  repository.issue()
  repository.rename('platform')
  const moved = await here('/issues?state=all')
  const location = `${github.url}/repositories/${repository.id}/issues`
  expect([moved.status, moved.headers.get('location')]).toEqual([301, `${location}?state=all`])
  expect((await ask(github, `${location}?state=all`, { token })).json).toHaveLength(1)
  const body = { title: 'x' }
  const written = await here('/issues', { method: 'POST', body })
  expect([written.status, written.headers.get('location')]).toEqual([307, location])
  repository.remove()
  expect((await here('/issues')).status).toBe(404)
})

test('what the stand-in does not heed, and a value that GitHub does not know, are told to the test', async () => {
  const { github, here } = await open()
  await here('/issues?assignee=kim&state=shut')
  expect(github.takeProblems()).toEqual([
    'GET /repos/octo/infra/issues: the stand-in does not heed assignee',
    'GET /repos/octo/infra/issues: state=shut is none of open, closed, all',
  ])
})

test('an archived repository is read, and not written to', async () => {
  const { repository, here } = await open()
  repository.issue()
  repository.archive()
  expect((await here('/issues/1')).status).toBe(200)
  const body = { state: 'closed' }
  expect((await here('/issues/1', { method: 'PATCH', body })).status).toBe(403)
})

test('what no sender should do is answered, and told to the test', async () => {
  const { github, here } = await open()
  expect((await here('/issues?labels=x&colour=red')).status).toBe(200)
  expect((await here('/nothing')).status).toBe(404)
  await here('/issues', { headers: { accept: null, 'x-github-api-version': null } })
  await here('/issues', { method: 'POST', body: { titel: 'x' } })
  expect(github.takeProblems()).toEqual([
    'GET /repos/octo/infra/issues: unknown query parameter colour',
    'no endpoint GET /repos/octo/infra/nothing',
    'GET /repos/octo/infra/issues: Accept is */*',
    'GET /repos/octo/infra/issues: X-GitHub-Api-Version is missing',
    "issues/create: body/ must have required property 'title'",
    'issues/create: body/ must NOT have additional properties',
  ])
})

test('whoever does not say who they are is 403', async () => {
  const { github, here } = await open()
  const refused = await here('/issues', { headers: { 'user-agent': '' } })
  expect(refused.status).toBe(403)
  expect(refused.headers.get('x-ratelimit-remaining')).not.toBe('0')
  expect(github.takeProblems()).toEqual(['GET /repos/octo/infra/issues: no User-Agent'])
})

test('problems fail the test: closing rejects with them', async () => {
  const github = await githubStandIn()
  await ask(github, '/nothing')
  await expect(github.close()).rejects.toThrow('no endpoint GET /nothing')
})

test('an answer of a shape that is not GitHub’s is not given, and fails the test', async () => {
  const { github, repository, here } = await open()
  const issue = repository.issue()
  Object.assign(issue.record, { title: 7 })
  expect((await here(`/issues/${issue.number}`)).status).toBe(500)
  expect(github.takeProblems()).toEqual(['answer of issues/get, 200: /title must be string'])
})

test('faults meet the requests they were ordered for, and what is done is done', async () => {
  const { github, repository, here } = await open()
  const issue = repository.issue()
  const comment = () => here('/issues/1/comments', { method: 'POST', body: { body: 'x' } })
  github.fail('reset, done', { at: /^POST .*\/comments$/ })
  github.fail('reset', { at: /^POST/ })
  expect((await here('/issues')).status).toBe(200)
  await expect(comment()).rejects.toThrow('fetch failed')
  await expect(comment()).rejects.toThrow('fetch failed')
  expect(issue.record.comments).toHaveLength(1)
  github.fail('502')
  github.fail('page')
  github.fail({ status: 500, text: '{}' })
  const said = [await here('/issues'), await here('/issues'), await here('/issues')]
  expect(said.map(({ status }) => status)).toEqual([502, 200, 500])
  expect(said[1]?.text).toContain('<html>')
})

test('bodies break in the middle, come slowly, or are half of a JSON', async () => {
  const { github, repository, here } = await open()
  repository.issue()
  github.fail('cut short')
  await expect(here('/issues')).rejects.toThrow('terminated')
  github.fail('slow')
  expect((await here('/issues')).json).toHaveLength(1)
  github.fail({ slowMs: 400 })
  const patient = AbortSignal.timeout(100)
  const slow = fetch(`${github.url}/repos/octo/infra/issues`, { headers: careful, signal: patient })
  await expect(slow.then((response) => response.text())).rejects.toThrow('timeout')
  github.fail('malformed')
  await expect(here('/issues')).rejects.toThrow(SyntaxError)
  github.fail('hang')
  const gone = fetch(`${github.url}/repos/octo/infra/issues`, { signal: AbortSignal.timeout(50) })
  await expect(gone).rejects.toThrow('timeout')
})

test('a page that the Link names is lost; a clock is wrong', async () => {
  const { github, repository, token, here } = await open()
  repository.issue()
  github.fail('lost page')
  const next = nextOf((await here('/issues')).headers) ?? ''
  expect((await ask(github, next, { token })).status).toBe(404)
  github.fail({ skewMs: 3_600_000 })
  const date = Date.parse((await here('/issues')).headers.get('date') ?? '')
  expect(date - Date.now()).toBeGreaterThan(3_500_000)
})

test('something happens just before an answer, also where the address is the numeric one', async () => {
  const { github, repository, token } = await open()
  const issue = repository.issue()
  github.meanwhile(() => issue.label('late'), { at: /^GET \/repos\/octo\/infra\/issues\/1$/ })
  const at = `/repositories/${repository.id}/issues/1`
  expect((await ask(github, at, { token })).json).toMatchObject({ labels: [{ name: 'late' }] })
})
