import { expect, onTestFinished, test } from 'vitest'

import { open } from '../../test/github/open.ts'
import { listen } from '../../test/listen.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { until } from '../../test/until.ts'
import { githubClient, type GithubOptions } from './client.ts'

const start = Date.parse('2026-11-24T10:00:00Z')

async function far(options: Partial<GithubOptions> & { readonly theirAheadMs?: number } = {}) {
  const { theirAheadMs = 0, ...rest } = options
  const clock = manualClock(start)
  const { github, token } = await open({ now: () => clock.now() + theirAheadMs })
  const client = githubClient({
    baseUrl: github.url,
    token: () => token,
    clock,
    writeGapMs: 0,
    pointsPerMinute: 1_000_000,
    ...rest,
  })
  onTestFinished(() => client.close())
  return { clock, github, token, client }
}

const limited = (until: number) => ({ name: 'GithubError', code: 'limited', until })

test.each([403, 429] as const)(
  'a primary limit told as %d holds until it is reset, and nothing is sent before',
  async (status) => {
    const { clock, github, client, token } = await far()
    github.limits.exhaust(token, { status, resetAt: start + 600_000 })
    for (let look = 0; look < 3; look += 1)
      await expect(client.get('/user')).rejects.toMatchObject(limited(start + 601_000))
    expect(github.requests).toHaveLength(1)
    expect(client.standing()).toMatchObject({ limitedUntil: start + 601_000 })
    clock.advance(601_000)
    expect(client.standing().limitedUntil).toBeNull()
    expect(await client.get('/user')).toMatchObject({ login: 'afk-bot' })
  },
)

test('when a budget is used up nothing more is sent, before GitHub has to say so', async () => {
  const { github, client } = await far()
  github.limits.budget(2)
  await client.get('/user')
  await client.get('/users/octo').catch(() => 'nobody')
  await expect(client.get('/user')).rejects.toMatchObject({ code: 'limited' })
  expect(github.requests.map(({ status }) => status)).not.toContain(403)
})

test.each([-3 * 3_600_000, -60_000, 90_000, 24 * 3_600_000])(
  'a clock that is wrong by %d ms waits no longer and no shorter',
  async (theirAheadMs) => {
    const { github, client, token } = await far({ theirAheadMs })
    github.limits.exhaust(token, { resetAt: start + theirAheadMs + 600_000 })
    await expect(client.get('/user')).rejects.toMatchObject(limited(start + 601_000))
  },
)

test('a secondary limit holds for as long as GitHub says', async () => {
  const { clock, github, client } = await far()
  github.limits.secondary({ retryAfter: 17 })
  await expect(client.get('/user')).rejects.toMatchObject(limited(start + 17_000))
  clock.advance(16_999)
  await expect(client.get('/user')).rejects.toMatchObject({ code: 'limited' })
  clock.advance(1)
  await client.get('/user')
  expect(github.requests).toHaveLength(2)
})

test('where it does not say, for a minute, then for two, for four, and from the start again', async () => {
  const { clock, github, client } = await far()
  github.limits.secondary({ retryAfter: null, times: 3 })
  for (const minutes of [1, 2, 4]) {
    const until = clock.now() + minutes * 60_000
    await expect(client.get('/user')).rejects.toMatchObject(limited(until))
    clock.advance(minutes * 60_000)
  }
  await client.get('/user')
  github.limits.secondary({ retryAfter: null, status: 429 })
  await expect(client.get('/user')).rejects.toMatchObject(limited(clock.now() + 60_000))
})

test('a limit that would hold for longer than an hour is asked about after one', async () => {
  const { client } = await far({
    baseUrl: await listen((_, res) => {
      const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' }
      res.writeHead(403, { ...headers, 'content-type': 'application/json' }).end('{}')
    }),
  })
  await expect(client.get('/user')).rejects.toMatchObject(limited(start + 3_600_000))
})

test('a 403 that is none of this is no limit', async () => {
  const { github, client } = await far()
  github.fail({
    status: 403,
    text: '{"message":"Must have admin rights to Repository."}',
    headers: { 'content-type': 'application/json' },
  })
  await expect(client.get('/user')).rejects.toMatchObject({ code: 'forbidden', until: null })
  expect(client.standing().limitedUntil).toBeNull()
})

test('GraphQL has a budget of its own', async () => {
  const spent = { data: null, errors: [{ type: 'RATE_LIMITED', message: 'x' }] }
  const headers = {
    'content-type': 'application/json',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(start / 1_000 + 60),
    'x-ratelimit-resource': 'graphql',
    date: new Date(start).toUTCString(),
  }
  let asked = 0
  const url = await listen((req, res) => {
    asked += 1
    if (req.url === '/graphql') res.writeHead(200, headers).end(JSON.stringify(spent))
    else res.writeHead(200, { 'content-type': 'application/json' }).end('{"id":1}')
  })
  const { client } = await far({ baseUrl: url })
  for (let look = 0; look < 2; look += 1)
    await expect(client.graphql('query { x }', {})).rejects.toMatchObject(limited(start + 61_000))
  expect(await client.get('/user')).toEqual({ id: 1 })
  expect(asked).toBe(2)
  expect(client.standing().limitedUntil).toBe(start + 61_000)
})

test('what is too much for a minute waits for its turn, and standing says for how long', async () => {
  const { clock, github, client } = await far({ pointsPerMinute: 40 })
  const asked = Array.from({ length: 4 }, () => client.get('/user'))
  await Promise.all(asked.slice(0, 2))
  expect(client.standing()).toMatchObject({ waiting: 2, queueMs: 4_737 })
  expect(github.requests).toHaveLength(2)
  clock.advance(3_800)
  await Promise.all(asked)
  expect(client.standing()).toMatchObject({ waiting: 0, queueMs: expect.closeTo(937, -1) })
})

test('who waited for a turn is not sent into a limit', async () => {
  const { clock, github, client } = await far({ pointsPerMinute: 40 })
  github.limits.secondary({ times: 9 })
  const asked = await Promise.allSettled([
    client.get('/user'),
    client.get('/user').finally(() => clock.advance(8_000)),
    client.get('/user'),
  ])
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(github.requests.length).toBeLessThan(3)
})

test('a write costs five, and a read one', async () => {
  const url = await listen((_, res) => {
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  const { client } = await far({ baseUrl: url, pointsPerMinute: 220 })
  await client.get('/x')
  expect(client.standing().queueMs).toBe(0)
  await client.send('PATCH', '/x', {})
  await client.send('DELETE', '/x')
  expect(client.standing().queueMs).toBe(Math.ceil(1 / (209 / 60_000)))
})

test('writes go one after the other, with a gap; reads do not wait for them', async () => {
  const open = new Set<string>()
  const most: number[] = []
  const sent: Array<readonly [string, number]> = []
  const answers: Array<() => void> = []
  const url = await listen((req, res) => {
    const what = `${req.method} ${req.url}`
    sent.push([what, clock.now() - start])
    open.add(what)
    most.push([...open].filter((each) => each.startsWith('PATCH')).length)
    answers.push(() => {
      open.delete(what)
      res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  const { client, clock } = await far({ baseUrl: url, writeGapMs: 1_000 })
  const writes = Promise.all([1, 2, 3].map((number) => client.send('PATCH', `/${number}`, {})))
  const read = client.get('/4')
  const answerNext = async (count: number) => {
    await until('it was sent', () => sent.length >= count)
    answers.shift()?.()
  }
  await answerNext(2)
  await answerNext(2)
  await read
  for (const count of [3, 4]) {
    await until('the gap is waited for', () => clock.nextAt() !== null)
    clock.advance(1_000)
    await answerNext(count)
  }
  await writes
  expect(Math.max(...most)).toBe(1)
  expect(sent.filter(([what]) => what.startsWith('PATCH')).map(([, at]) => at)).toEqual([
    0, 1_000, 2_000,
  ])
  expect(sent.find(([what]) => what === 'GET /4')?.[1]).toBe(0)
})
