import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

import { open } from '../../test/github/open.ts'
import type { GithubStandIn } from '../../test/github/stand-in.ts'
import { closedPort, listen } from '../../test/listen.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { until } from '../../test/until.ts'
import { githubClient, type GithubOptions } from './client.ts'
import type { GithubError } from './github-error.ts'

const issues = '/repos/octo/infra/issues'

async function far(options: Partial<GithubOptions> = {}) {
  const clock = manualClock(Date.parse('2026-11-24T10:00:00Z'))
  const { github, world, repository: repo, bot, token } = await open({ now: clock.now })
  const client = githubClient({
    baseUrl: github.url,
    token: () => token,
    clock,
    writeGapMs: 0,
    pointsPerMinute: 1_000_000,
    ...options,
  })
  onTestFinished(() => client.close())
  return { clock, github, world, bot, repo, token, client }
}

const statuses = ({ requests }: GithubStandIn) => requests.map(({ status }) => status)

async function failureOf(work: Promise<unknown>): Promise<GithubError> {
  try {
    await work
  } catch (error) {
    return error as GithubError
  }
  throw new Error('it did not fail')
}

const numbers = (items: readonly unknown[]) =>
  items.map((item) => (item as { readonly number: number }).number)

test('what has not changed is asked for once, and costs nothing more', async () => {
  const { github, client, repo, token } = await far()
  repo.issue({ title: 'One' })
  const first = await client.all(issues)
  const left = github.requests.at(-1)
  for (let look = 0; look < 3; look += 1) expect(await client.all(issues)).toEqual(first)
  expect(statuses(github)).toEqual([200, 304, 304, 304])
  expect(left?.token).toBe(token)
  repo.issue({ title: 'Two' })
  expect(numbers((await client.all(issues)).items)).toEqual([2, 1])
  expect(statuses(github).at(-1)).toBe(200)
})

test('points are spent by what is sent, and not by what waits for a connection', async () => {
  const { github, client } = await far({ pointsPerMinute: 600 })
  github.fail('hang', { times: 8 })
  const asked = Array.from({ length: 12 }, (_, page) => client.get(`${issues}?page=${page + 1}`))
  const all = Promise.allSettled(asked)
  await until('eight are on their way', () => github.requests.length === 8)
  expect(client.standing().waiting).toBe(4)
  await client.close()
  await all
})

test('each page has its own ETag: an old page is not asked for again, and a new one is', async () => {
  const { github, client, repo } = await far()
  for (let number = 1; number <= 5; number += 1) repo.issue({})
  const path = `${issues}?per_page=2&sort=created&direction=asc`
  expect(numbers((await client.all(path)).items)).toEqual([1, 2, 3, 4, 5])
  repo.record.issues.get(5)!.title = 'Another'
  expect((await client.all(path)).items.at(-1)).toMatchObject({ title: 'Another' })
  expect(statuses(github)).toEqual([200, 200, 200, 304, 304, 200])
})

test('pages are followed where GitHub says, which is not where they were asked for', async () => {
  const { github, client, repo } = await far()
  for (let number = 1; number <= 3; number += 1) repo.issue({})
  await client.all(`${issues}?per_page=2`)
  expect(github.requests.map(({ path }) => path)).toEqual([
    `${issues}?per_page=2`,
    `/repositories/${repo.id}/issues?per_page=2&page=2`,
  ])
})

test('a list whose next page is not there is no list', async () => {
  const { github, client, repo } = await far()
  repo.issue({})
  github.fail('lost page')
  const unreachable = { name: 'GithubError', code: 'unreachable' }
  await expect(client.all(issues)).rejects.toMatchObject(unreachable)
  expect(numbers((await client.all(issues)).items)).toEqual([1])
})

test('a page after a full one is found, though the full one has not changed', async () => {
  const { github, client, repo } = await far()
  for (let number = 1; number <= 2; number += 1) repo.issue({})
  const path = `${issues}?per_page=2&sort=created&direction=asc`
  await client.all(path)
  expect(numbers((await client.all(path)).items)).toEqual([1, 2])
  repo.issue({})
  expect(numbers((await client.all(path)).items)).toEqual([1, 2, 3])
  expect(numbers((await client.all(path)).items)).toEqual([1, 2, 3])
  expect(statuses(github).slice(-2)).toEqual([304, 304])
})

test.each([
  ['on another origin', (url: string) => url.replace('127.0.0.1', 'localhost')],
  ['the same again', (url: string) => url],
  ['no address', () => 'http://['],
])('a next page that is %s is not read', async (_, nextOf) => {
  let asked = 0
  const url = await listen((req, res) => {
    asked += 1
    const link = `<${nextOf(`http://${req.headers.host ?? ''}${req.url ?? ''}`)}>; rel="next"`
    res.writeHead(200, { 'content-type': 'application/json', link }).end('[]')
  })
  const { client } = await far({ baseUrl: url })
  await expect(client.all('/x')).rejects.toMatchObject({ code: 'unreachable' })
  expect(asked).toBe(1)
})

test('another token is asked for everything anew', async () => {
  let token = ''
  const { github, world, bot, client, repo } = await far({ token: () => token })
  repo.issue({})
  for (const each of [world.token(bot), world.token(bot)]) {
    token = each
    await client.all(issues)
    await client.all(issues)
  }
  expect(statuses(github)).toEqual([200, 304, 200, 304])
})

test('a repository that was renamed is found, and written to', async () => {
  const { github, client, repo } = await far()
  const issue = repo.issue({})
  repo.rename('platform')
  expect(numbers((await client.all(issues)).items)).toEqual([1])
  await client.send('PATCH', `${issues}/1`, { title: 'Renamed' })
  await client.send('POST', `${issues}/1/comments`, { body: 'here' })
  expect(issue.record).toMatchObject({ title: 'Renamed', comments: [{ body: 'here' }] })
  expect(statuses(github)).toEqual([301, 200, 307, 200, 307, 201])
})

test('no token goes to another origin', async () => {
  const seen: unknown[] = []
  const elsewhere = await listen((req, res) => {
    seen.push(req.headers.authorization)
    res.end('{}')
  })
  const url = await listen((_, res) => {
    res.writeHead(302, { location: `${elsewhere}/secret?sig=1` }).end()
  })
  const { client } = await far({ baseUrl: url })
  const failure = await failureOf(client.get('/x'))
  expect(failure).toMatchObject({ code: 'unreachable' })
  expect(failure.message).not.toContain('sig')
  expect(seen).toEqual([])
  expect(await client.tail('/x', 100)).toBe('{}')
  expect(seen).toEqual([undefined])
})

test('of a long text elsewhere the last bytes are read, and no half character', async () => {
  const elsewhere = await listen((_, res) => res.end(`${'x'.repeat(300_000)}€€end`))
  const url = await listen((_, res) => res.writeHead(302, { location: elsewhere }).end())
  const { client } = await far({ baseUrl: url })
  expect(await client.tail('/x', 8)).toBe('€end')
})

test('a text on the same origin is read with the token, as an Enterprise Server keeps it', async () => {
  const seen: unknown[] = []
  const url = await listen((req, res) => {
    seen.push(req.headers.authorization)
    if (req.url === '/x') return void res.writeHead(302, { location: '/_services/log' }).end()
    res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('€€end')
  })
  const { client } = await far({ baseUrl: url })
  expect(await client.tail('/x', 8)).toBe('€end')
  expect(new Set(seen).size).toBe(1)
  await expect(client.get('/x')).rejects.toMatchObject({ code: 'unreachable' })
})

test.each(['text/html', 'application/json'])('%s on the same origin is no text', async (type) => {
  const url = await listen((_, res) => res.writeHead(200, { 'content-type': type }).end('{}'))
  const { client } = await far({ baseUrl: url })
  await expect(client.tail('/x', 8)).rejects.toMatchObject({ code: 'unreachable' })
})

test('a redirect over and over ends', async () => {
  const url = await listen((_, res) => res.writeHead(301, { location: '/again' }).end())
  const { client } = await far({ baseUrl: url })
  await expect(client.get('/x')).rejects.toMatchObject({ code: 'unreachable' })
})

test('a write that would lose its method is not repeated', async () => {
  const methods: unknown[] = []
  const url = await listen((req, res) => {
    methods.push(req.method)
    res.writeHead(301, { location: '/moved' }).end()
  })
  const { client } = await far({ baseUrl: url })
  await expect(client.send('PATCH', '/x', {})).rejects.toMatchObject({ code: 'refused' })
  expect(methods).toEqual(['PATCH'])
})

test.each(['hang', 'reset', 'cut short', '502', '503', '500', 'page', 'malformed'] as const)(
  '"%s" is unreachable, and the next request is well',
  async (fault) => {
    const { github, client, repo } = await far({ timeoutMs: fault === 'hang' ? 500 : 20_000 })
    repo.issue({})
    github.fail(fault)
    await expect(client.all(issues)).rejects.toMatchObject({ code: 'unreachable', until: null })
    expect(numbers((await client.all(issues)).items)).toEqual([1])
  },
)

test('nobody there is unreachable', async () => {
  const { client } = await far({ baseUrl: await closedPort() })
  await expect(client.get('/user')).rejects.toMatchObject({ code: 'unreachable' })
})

test('an answer a few bytes at a time is read whole', async () => {
  const { github, client, repo } = await far()
  repo.issue({})
  github.fail('slow')
  expect(numbers((await client.all(issues)).items)).toEqual([1])
})

test('what is gone, forbidden or refused is told apart', async () => {
  const { client, repo } = await far()
  const code = async (work: Promise<unknown>) => (await failureOf(work)).code
  expect(await code(client.get(`${issues}/7`))).toBe('gone')
  repo.issue({}).remove()
  expect(await code(client.get(`${issues}/1`))).toBe('gone')
  expect(await code(client.get('/repos/octo/nowhere'))).toBe('gone')
  repo.issue({})
  expect(await code(client.send('POST', `${issues}/2/comments`, { body: '' }))).toBe('refused')
})

test('a page that says 404 does not say that anything is gone', async () => {
  const url = await listen((_, res) => {
    res.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>')
  })
  const { client } = await far({ baseUrl: url })
  await expect(client.get('/x')).rejects.toMatchObject({ code: 'unreachable' })
})

test('what a token may not do is forbidden, and says what it takes', async () => {
  let token = ''
  const { world, bot, client, repo } = await far({ token: () => token })
  token = world.token(bot, { permissions: { issues: 'read' } })
  repo.issue({})
  const failure = await failureOf(client.send('POST', `${issues}/1/comments`, { body: 'x' }))
  expect(failure.code).toBe('forbidden')
  expect(failure.message).toContain('(it takes issues=write)')
})

test('a token that was revoked is not sent over and over', async () => {
  const { clock, github, world, client, token } = await far()
  world.revoke(token)
  for (let look = 0; look < 5; look += 1)
    await expect(client.get('/user')).rejects.toMatchObject({ code: 'unauthorized' })
  expect(statuses(github)).toEqual([401])
  clock.advance(60_000)
  await expect(client.get('/user')).rejects.toMatchObject({ code: 'unauthorized' })
  expect(statuses(github)).toEqual([401, 401])
})

test('standing says why the token is refused, until GitHub takes one', async () => {
  let token = ''
  const { github, world, bot, client } = await far({ token: () => token })
  const refused = () => client.standing().refused
  expect(refused()).toBeNull()
  await failureOf(client.get('/user'))
  expect(refused()).toMatch(/^the GitHub token is empty/)
  token = world.token(bot)
  await client.get('/user')
  expect(refused()).toBeNull()
  world.revoke(token)
  await failureOf(client.get('/user'))
  expect(refused()).toBe('GitHub refuses the token with 401: Bad credentials')
  token = world.token(bot)
  github.fail('502')
  await failureOf(client.get('/user'))
  expect(refused()).not.toBeNull()
  await failureOf(client.get('/repos/octo/nowhere'))
  expect(refused()).toBeNull()
})

test('a source that has another token is asked once a token was refused', async () => {
  const asked: unknown[] = []
  let fresh = ''
  const { world, bot, client, github } = await far({
    token: (refused) => {
      asked.push(refused)
      return refused === undefined ? 'stale' : fresh
    },
  })
  fresh = world.token(bot)
  expect(await client.get('/user')).toMatchObject({ login: 'afk-bot' })
  expect(asked).toEqual([undefined, 'stale'])
  expect(statuses(github)).toEqual([401, 200])
})

test.each(['', '  \n', 'with space', 'wïth', 'line\nbreak'])(
  'with %j for a token nothing is sent',
  async (token) => {
    const { github, client } = await far({ token: () => token })
    await expect(client.get('/user')).rejects.toMatchObject({ code: 'unauthorized' })
    expect(github.requests).toEqual([])
  },
)

test('a token of any length is sent, without the blanks around it', async () => {
  const token = `ghs_${'A'.repeat(3_000)}`
  const { github, client } = await far({ token: async () => `${token}\n` })
  await expect(client.get('/user')).rejects.toMatchObject({ code: 'unauthorized' })
  expect(github.requests[0]?.token).toBe(token)
})

test('the token is in no error', async () => {
  const token = 'ghp_Very-Secret'
  const url = await listen((req, res) => {
    if (req.url === '/reset') return res.destroy()
    const said = { message: `you sent ${req.headers.authorization ?? ''}` }
    const status = Number(req.url?.slice(1))
    return res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
  })
  for (const path of ['reset', '401', '403', '404', '422', '500', '429']) {
    const { client } = await far({ baseUrl: url, token: () => token })
    const failure = await failureOf(client.send('POST', `/${path}`, { secret: token }))
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain(token)
  }
})

test('a token that cannot be had says so, and not how', async () => {
  const source = () => Promise.reject(new Error('ghp_Very-Secret is not good'))
  const { client } = await far({ token: source })
  const failure = await failureOf(client.get('/user'))
  expect(failure.code).toBe('unauthorized')
  expect(inspect(failure, { depth: 10 })).not.toContain('Secret')
})

test('an urgent read goes before those that wait, and so does the next page of it', async () => {
  const { github, client, clock, repo } = await far({ pointsPerMinute: 20 })
  for (let number = 1; number <= 2; number += 1) repo.issue({})
  await client.get('/repos/octo/infra')
  const waiting = [client.get(`${issues}/1`), client.get(`${issues}/2`)]
  const urgent = client.urgent(() => true).all(`${issues}?per_page=1`)
  const plain = client.urgent(() => false).get('/repos/octo/infra')
  const all = Promise.all([...waiting, urgent, plain])
  // The second page is asked for when the first has been read.
  for (const left of [4, 3, 2, 1, 0]) {
    clock.advance(3_158)
    await until(`${left} wait`, () => client.standing().waiting === left)
  }
  await all
  const asked = github.requests.map(({ path }) => path.replace(/^\/repos(itor)?[^?]*infra/, ''))
  expect(asked.slice(1).map((path) => path.replace(/^.*(?=\/issues)/, ''))).toEqual([
    '/issues?per_page=1',
    '/issues?per_page=1&page=2',
    '/issues/1',
    '/issues/2',
    '',
  ])
})

test('a client that was closed says so to whoever asks', async () => {
  const { client } = await far()
  await client.close()
  await expect(client.get('/user')).rejects.toMatchObject({ code: 'unreachable' })
})
