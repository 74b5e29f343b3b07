import { expect, onTestFinished, test } from 'vitest'

import { open } from '../../../test/github/open.ts'
import { closedPort } from '../../../test/listen.ts'
import { systemClock as clock } from '../../clock.ts'
import { githubClient } from '../../github/client.ts'
import { githubCi } from './github-ci.ts'

type Wish = {
  readonly token?: string
  readonly required?: readonly string[] | null
  readonly branch?: string
  readonly baseUrl?: string
  readonly repo?: string
}

async function ground() {
  const opened = await open()
  const { github, repository } = opened
  /** Each as one line, its type first. */
  async function checked(wish: Wish = {}) {
    const { token = opened.token, required = null, branch = 'main' } = wish
    const { baseUrl = github.url, repo = 'octo/infra' } = wish
    const client = githubClient({ baseUrl, token: () => token, clock })
    onTestFinished(() => client.close())
    const findings = await githubCi({ repo, client, required, branch, clock }).check()
    expect(JSON.stringify(findings)).not.toContain(token)
    return findings.map((found) => {
      const mend = found.type === 'good' ? '' : ` -> ${found.mend}`
      return `${found.type}: ${found.what}${mend}`
    })
  }
  return { ...opened, repo: repository, checked }
}

const twice = 'a verdict takes two reads that agree, 30 s apart'
const none = `unproven: main requires no check: all that are there count, and ${twice} -> name those that count in ci.required`

test('what a branch requires is told, by rules and by classic protection, and what was seen', async () => {
  const { repo, world, checked, github } = await ground()
  const commit = repo.push('main')
  repo.workflowRun(commit, { jobs: ['test', 'lint'] }).finish('success')
  repo.status(commit, { context: 'docs', state: 'success' })
  repo.checkRun(commit, { name: 'slow', app: world.app('ci') })
  repo.require('main', ['test'])
  repo.protect('main', ['docs', 'test'])
  const found = await checked()
  expect(found).toEqual([
    `good: main is at ${commit.slice(0, 12)} on GitHub`,
    'good: main requires test, docs',
    expect.stringMatching(/^good: seen on main: (?=.*test)(?=.*lint)(?=.*docs)(?=.*slow)/),
  ])
  expect(github.requests.every(({ method }) => method === 'GET')).toBe(true)
})

test('checks that are configured are told, and one that was not seen', async () => {
  const { repo, checked } = await ground()
  repo.workflowRun(repo.push('main')).finish('success')
  const found = await checked({ required: ['test', 'tets'] })
  expect(found[1]).toBe('good: ci.required names test, tets')
  expect(found.at(-1)).toBe(
    'unproven: the required tets was not among them -> correct its name, or see that it runs on a push',
  )
})

test('a branch without protection takes two reads', async () => {
  const { repo, checked } = await ground()
  repo.workflowRun(repo.push('main')).finish('success')
  expect((await checked())[1]).toBe(none)
})

test('so does one whose protection cannot be read', async () => {
  const { repo, checked, github } = await ground()
  repo.workflowRun(repo.push('main')).finish('success')
  repo.require('main', ['test'])
  const headers = { 'content-type': 'application/json' }
  const text = '{"message":"Resource not accessible by personal access token"}'
  github.fail({ status: 403, text, headers }, { at: /\/rules\/branches\// })
  expect((await checked())[1]).toBe(
    `unproven: what main requires cannot be read: ${twice} -> name those that count in ci.required`,
  )
  // It is read anew each time.
  expect((await checked())[1]).toBe('good: main requires test')
})

test('a repository that never had a check is a warning: its runs would end no-ci', async () => {
  const { repo, checked } = await ground()
  repo.push('main')
  repo.push('main')
  expect(await checked()).toEqual([
    expect.stringMatching(/^good: main is at/),
    none,
    'unproven: no check was ever seen at the newest commits of main, and there is no workflow: a run ends no-ci -> add one, or set ci: none',
  ])
  repo.workflowRun(repo.push('other'))
  expect((await checked()).at(-1)).toMatch(
    /^unproven: no check was ever seen at the newest commits of main: a run would end no-ci -> let/,
  )
})

test('where the newest commit has no check an older one tells', async () => {
  const { repo, checked, world } = await ground()
  repo.checkRun(repo.push('main'), { name: 'test', app: world.app('ci') })
  repo.push('main')
  repo.push('main')
  expect((await checked()).at(-1)).toBe('good: seen on main: test')
  repo.push('main')
  expect((await checked()).at(-1)).toMatch(/^unproven: no check was ever seen/)
})

test('what a fine-grained token may not read is named, and what is in it not guessed', async () => {
  const { repo, checked, world, bot } = await ground()
  repo.workflowRun(repo.push('main')).finish('success')
  const contents = { contents: 'read' } as const
  const found = await checked({ token: world.token(bot, { permissions: contents }) })
  expect(found.slice(2)).toEqual([
    expect.stringMatching(/^unproven: .*takes checks=read\).* stand for them -> .* Checks: read$/),
    expect.stringMatching(/^bad: .*takes statuses=read\) -> give the token Commit statuses: read$/),
    expect.stringMatching(/^bad: .*takes actions=read\) -> give the token Actions: read$/),
  ])
  const nothing = world.token(bot, { permissions: { issues: 'write' } })
  expect(await checked({ token: nothing })).toEqual([
    expect.stringMatching(/^bad: .*takes contents=read\) -> give the token Contents: read$/),
  ])
})

test('a token without check runs warns of no required check: it may be there', async () => {
  const { repo, checked, world, bot } = await ground()
  repo.workflowRun(repo.push('main')).finish('success')
  const permissions = { contents: 'read', statuses: 'read', actions: 'read' } as const
  const token = world.token(bot, { permissions })
  const found = await checked({ token, required: ['test'] })
  expect(found.join('\n')).not.toMatch(/not among them|bad:/)
})

test('a branch that is not there, and an empty or a hidden repository, are bad', async () => {
  const { repo, checked, world } = await ground()
  const missing = (branch: string) =>
    expect.stringMatching(new RegExp(`^bad: GitHub shows no branch ${branch} to the token -> push`))
  expect(await checked()).toEqual([missing('main')])
  repo.push('main')
  expect(await checked({ branch: 'release/2' })).toEqual([missing('release/2')])
  world.repository('octo/secret', { isPrivate: true }).push('main')
  const token = world.token(world.user('mallory'))
  expect(await checked({ token, repo: 'octo/secret' })).toEqual([missing('main')])
})

test('a closed port and a bad token are bad', async () => {
  const { repo, checked } = await ground()
  repo.push('main')
  expect(await checked({ baseUrl: await closedPort() })).toEqual([
    expect.stringMatching(/^bad: .*ECONNREFUSED -> check baseUrl/),
  ])
  expect(await checked({ token: 'ghp_nobody' })).toEqual([
    expect.stringMatching(/^bad: .* 401: Bad credentials -> make a new one/),
  ])
})
