/**
 * A doctor over HTTP: a node with two repositories, one of a folder and one on GitHub, and what it says of each
 * when something of it is broken. No secret is in any of it.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { DoctorView } from '../src/server/schemas.ts'
import { afk } from './afk.ts'
import { open } from './github/open.ts'
import { closedPort } from './listen.ts'
import { receiver, startedNode } from './node.ts'
import { repository } from './repository.ts'
import { temporaryFolder } from './temporary.ts'

const operator = 'operator-token-0123456789'

/** All that arms a loop with two repositories; nothing in either is ready. */
async function ground() {
  const { github, world, bot, token, repository: repo } = await open()
  const commit = repo.push('main')
  repo.workflowRun(commit).finish('success')
  repo.label('ready-for-agent')
  const remote = await repository()
  const clones = [await remote.clone(), await remote.clone()].map(({ path }) => path)
  const issues = join(temporaryFolder(), 'issues')
  mkdirSync(issues)
  const hook = await receiver()
  const loop = {
    killSwitch: false,
    defaults: {
      executor: { type: 'command', argv: [process.execPath, '--version'] },
      landing: 'push',
    },
    repos: {
      infra: {
        path: clones[0],
        tracker: { type: 'files', path: issues },
        ci: { type: 'command', argv: ['sh'] },
      },
      'octo/infra': {
        path: clones[1],
        tracker: { type: 'github', token, baseUrl: github.url },
        ci: { type: 'github' },
      },
    },
  }
  const more = { tokens: { operator }, loop }
  return {
    github,
    world,
    bot,
    token,
    remote,
    clones,
    issues,
    channels: { hook: hook.channel },
    more,
  }
}

/** Of the repositories, what stands first about each part that has anything of this kind. */
async function found(url: string, type: 'good' | 'bad') {
  const headers = { authorization: `Bearer ${operator}` }
  const response = await fetch(`${url}/v1/doctor`, { method: 'POST', headers })
  const { findings } = DoctorView.parse(await response.json())
  const text = JSON.stringify(findings)
  expect(text).not.toContain(operator)
  return { parts: partsOf(findings, type), text }
}

function partsOf(findings: ReturnType<typeof DoctorView.parse>['findings'], type: string) {
  const those = findings.filter((each) => each.type === type && each.about.includes('infra'))
  return [...new Set(those.map(({ about }) => about))]
}

const parts = ['tracker', 'executor', 'ci', 'landing']
const all = ['infra', 'octo/infra'].flatMap((name) => parts.map((part) => `${name} ${part}`))

test.each([
  ['armed', {}],
  ['disarmed', { killSwitch: true }],
])('an %s node tries every part of both repositories', async (_, change) => {
  const { channels, more, token } = await ground()
  const node = await startedNode({ channels, more: { ...more, loop: { ...more.loop, ...change } } })
  const { parts: good, text } = await found(node.url, 'good')
  expect(good).toEqual(all)
  expect(text).not.toContain(token)
  expect((await found(node.url, 'bad')).parts).toEqual([])
})

test('with pull requests those are tried, too, by what the token may', async () => {
  const { channels, more, world, bot } = await ground()
  const { repos } = more.loop
  const doctored = async (token: string, landing: object) => {
    const tracker = { ...repos['octo/infra'].tracker, token }
    const own = { ...repos['octo/infra'], tracker, ...landing }
    const loop = { ...more.loop, repos: { ...repos, 'octo/infra': own } }
    return startedNode({ channels, more: { ...more, loop } })
  }
  const offers = { landing: 'pull-request', merge: 'auto' }
  const about = 'octo/infra pull requests'
  const well = await doctored(world.token(bot), offers)
  expect((await found(well.url, 'good')).parts).toContain(about)
  const permissions = { issues: 'write', contents: 'write' } as const
  const less = await doctored(world.token(bot, { permissions }), offers)
  const { parts: bad, text } = await found(less.url, 'bad')
  expect(bad).toContain(about)
  expect(text).toContain('it takes pull_requests=read')
})

test('what is broken is bad, part by part, and the rest is as it was', async () => {
  const { channels, more, github, remote, clones, issues } = await ground()
  const node = await startedNode({
    channels,
    more: { ...more, loop: { ...more.loop, killSwitch: true } },
  })
  writeFileSync(join(issues, '0001-x.md'), '---\nnever ends')
  expect((await found(node.url, 'bad')).parts).toEqual(['infra tracker'])
  renameSync(clones[0]!, `${clones[0]}-away`)
  renameSync(remote.path, `${remote.path}-away`)
  github.fail('page', { at: /rate_limit/ })
  expect((await found(node.url, 'bad')).parts).toEqual([
    'infra tracker',
    'infra executor',
    'infra landing',
    'octo/infra tracker',
    'octo/infra landing',
  ])
})

test('without a node the command tries them from here, as the configuration says', async () => {
  const { channels, more, issues, token } = await ground()
  const folder = temporaryFolder()
  const config = join(folder, 'afk.yaml')
  const store = { type: 'sqlite', path: join(folder, '.afk/afk.db') }
  writeFileSync(config, JSON.stringify({ store, channels, ...more }))
  const env = { AFK_URL: await closedPort() }
  const { code, out } = await afk(['doctor', '--config', config], { env })
  expect(code).toBe(1)
  for (const part of all) expect(out).toMatch(new RegExp(`^ok {3}${part}: `, 'm'))
  expect(out).toContain(`ok   infra tracker: ${issues} can be read and written`)
  expect(out.match(/^BAD .*/gm)).toEqual(['BAD  node: no node answers -> afk up'])
  expect(out).not.toContain(token)
  expect(out).not.toContain(operator)
})
