import { expect, onTestFinished, test } from 'vitest'

import { open } from '../../test/github/open.ts'
import { listen } from '../../test/listen.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { githubClient } from './client.ts'
import { graphqlData, graphqlUrl } from './graphql.ts'

test.each([
  ['https://api.github.com', 'https://api.github.com/graphql'],
  ['https://ghe.example/api/v3', 'https://ghe.example/api/graphql'],
  ['https://ghe.example/api/v3/', 'https://ghe.example/api/graphql'],
])('below %s queries are asked at %s', (base, url) => {
  expect(graphqlUrl(new URL(base)).href).toBe(url)
})

test.each([
  [{ data: null, errors: [{ type: 'NOT_FOUND' }] }, 'gone'],
  [{ data: { a: 1 }, errors: [{ type: 'FORBIDDEN' }] }, 'forbidden'],
  [{ errors: [{ message: 'Parse error' }] }, 'refused'],
  [{ message: 'not GraphQL' }, undefined],
  ['nothing', 'unreachable'],
])('%j fails as %s: with one error nothing counts', (said, code) => {
  if (code === undefined) return expect(graphqlData(said)).toBeUndefined()
  return expect(() => graphqlData(said)).toThrow(expect.objectContaining({ code }))
})

test('a query is answered, and costs one', async () => {
  const clock = manualClock()
  const { github, token } = await open({ now: clock.now })
  const options = { baseUrl: github.url, token: () => token, clock, pointsPerMinute: 40 }
  const client = githubClient(options)
  onTestFinished(() => client.close())
  const query = 'query { viewer { login } }'
  expect(await client.graphql(query, {})).toEqual({ viewer: { login: 'afk-bot' } })
  expect(client.standing().queueMs).toBe(0)
})

test('on a GitHub Enterprise Server all is below its path, next pages too', async () => {
  const asked: unknown[] = []
  const url = await listen((req, res) => {
    asked.push(req.url)
    const link = `<http://${req.headers.host ?? ''}/api/v3/repositories/1/x?page=2>; rel="next"`
    const isFirst = req.url === '/api/v3/repos/o/r/x'
    res.writeHead(200, { 'content-type': 'application/json', ...(isFirst && { link }) }).end('[1]')
  })
  const client = githubClient({
    baseUrl: `${url}/api/v3/`,
    token: () => 't',
    clock: manualClock(),
    pointsPerMinute: 1_000,
  })
  onTestFinished(() => client.close())
  expect(await client.all('/repos/o/r/x')).toEqual({
    items: [1, 1],
    total: null,
    isMoved: false,
  })
  expect(asked).toEqual(['/api/v3/repos/o/r/x', '/api/v3/repositories/1/x?page=2'])
})
