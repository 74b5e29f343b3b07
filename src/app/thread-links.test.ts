import { expect, test } from 'vitest'

import { closedPort } from '../../test/listen.ts'
import { open } from '../../test/t3/open.ts'
import { systemClock as clock } from '../clock.ts'
import { parseConfig } from '../config/load.ts'
import { serverFindings, t3Servers } from './thread-links.ts'

const said = async (url: string, links: object) => {
  const config = parseConfig(JSON.stringify({ links }), { file: null, env: {} })
  const findings = await serverFindings({ url, repos: ['infra'] }, config, clock)
  return findings.map(({ type, what }) => `${type}: ${what}`)
}

test('of the hosted app is said who sees a thread there, and nobody is asked', async () => {
  const links = { baseUrl: 'https://app.t3.codes', template: 't3' }
  expect(await said(await closedPort(), links)).toEqual([
    expect.stringMatching(/^unproven: links\.baseUrl is the hosted app: .* it has paired /),
  ])
})

test('a server that does not answer its node is bad, whatever links lead to', async () => {
  const { t3 } = await open()
  expect(await said(await closedPort(), { baseUrl: t3.url, template: 't3' })).toEqual([
    expect.stringMatching(/^bad: the T3 Code server of infra cannot be asked: .*ECONNREFUSED/),
  ])
})

test('links that do not begin at the base URL say nothing of it', async () => {
  const links = {
    baseUrl: 'https://t3.test',
    template: 'https://t3.test/{environmentId}/{threadId}',
  }
  expect(await said(await closedPort(), links)).toEqual([])
})

test('one server is asked once, for all of its repositories', () => {
  const executor = (port: number) => ({ type: 't3', url: `http://127.0.0.1:${port}`, token: 't' })
  const defaults = {
    tracker: { type: 'files', path: 'issues' },
    ci: { type: 'none' },
    landing: 'push',
    executor: executor(1),
  }
  const command = { type: 'command', argv: ['agent'] }
  const repos = {
    a: { path: '/srv/a' },
    b: { path: '/srv/b', executor: executor(2) },
    c: { path: '/srv/c' },
    d: { path: '/srv/d', executor: command },
  }
  const config = parseConfig(JSON.stringify({ loop: { defaults, repos } }), { file: null, env: {} })
  expect(t3Servers(config)).toEqual([
    { url: 'http://127.0.0.1:1', repos: ['a', 'c'] },
    { url: 'http://127.0.0.1:2', repos: ['b'] },
  ])
})
