import { describe, expect, onTestFinished, test } from 'vitest'

import { open } from '../../../test/github/open.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { githubClient } from '../../github/client.ts'
import { githubCi } from './github-ci.ts'

async function ground() {
  const clock = manualClock(Date.parse('2026-11-24T10:00:00Z'))
  const { github, world, repository: repo, token } = await open({ now: clock.now })
  const client = githubClient({
    baseUrl: github.url,
    token: () => token,
    clock,
    pointsPerMinute: 1_000_000,
  })
  onTestFinished(() => client.close())
  const ci = githubCi({ repo: 'octo/infra', client, required: null, branch: 'main', clock })
  const commit = repo.push('main')
  const logs = async (who = ci) => {
    await who.look(commit)
    clock.advance(30_000)
    const verdict = await who.look(commit)
    return who.logs(commit, verdict.verdict === 'red' ? verdict.failing : [])
  }
  return { clock, github, world, repo, ci, commit, logs }
}

const lines = (count: number, what: string) =>
  Array.from({ length: count }, (_, n) => `${what} ${n}`).join('\n')

describe('the logs', () => {
  test('of one job are its last lines, without their instants, and no token goes for them', async () => {
    const { repo, commit, logs } = await ground()
    repo.workflowRun(commit).finish('failure', `${lines(300, 'line')}\n\u001b[31mnot ok\u001b[0m`)
    const all = (await logs()).split('\n')
    expect(all).toHaveLength(200)
    expect(all.slice(-2)).toEqual(['line 299', 'not ok'])
  })

  test('are those of the failing jobs alone, each with its share', async () => {
    const { repo, commit, logs } = await ground()
    const run = repo.workflowRun(commit, { jobs: ['a', 'b', 'c'] })
    run.job('a').finish('failure', lines(300, 'a'))
    run.job('b').finish('success', 'fine')
    run.job('c').finish('failure', lines(300, 'c'))
    const all = await logs()
    expect(all.split('\n').length).toBeLessThanOrEqual(200)
    expect(all.startsWith('== a\n')).toBe(true)
    expect(all).toContain('a 299\n\n== c\n')
    expect(all.endsWith('c 299')).toBe(true)
    expect(all).not.toContain('fine')
  })

  test('of many jobs are those of five', async () => {
    const { repo, commit, logs } = await ground()
    const jobs = Array.from({ length: 9 }, (_, n) => `job ${n}`)
    repo.workflowRun(commit, { jobs }).finish('failure', '€'.repeat(40_000))
    const all = await logs()
    expect(all.match(/^== job \d$/gm)!.length).toBeLessThanOrEqual(5)
    expect(Buffer.byteLength(all)).toBeLessThanOrEqual(32 * 1024)
  })

  test('of a check of another app are what it wrote', async () => {
    const { repo, commit, logs, world } = await ground()
    const output = { title: 'Three errors', summary: 'in two files', text: 'a.ts:1 no' }
    const app = world.app('linter')
    repo.checkRun(commit, { conclusion: 'failure', app, output })
    expect(await logs()).toBe('Three errors\n\nin two files\n\na.ts:1 no')
  })

  test('of a status are its description', async () => {
    const { repo, commit, logs } = await ground()
    repo.status(commit, { state: 'failure', description: 'it broke' })
    expect(await logs()).toBe('it broke')
  })

  test('of a workflow that could not start say so', async () => {
    const { repo, commit, logs } = await ground()
    const outcome = { status: 'completed', conclusion: 'startup_failure' } as const
    repo.workflowRun(commit, { outcome })
    expect(await logs()).toMatch(/did not start: its file may have a mistake. See https:/)
  })

  test('that are missing are no failure: where to look is said', async () => {
    const { repo, commit, logs, github } = await ground()
    const run = repo.workflowRun(commit)
    run.finish('failure', 'gone soon')
    const nothing = /^test failed, and there is no log of it. See https:/
    run.job('test').forgetLog()
    expect(await logs()).toMatch(nothing)
    github.fail(
      {
        status: 404,
        headers: { 'content-type': 'application/json' },
        text: '{"message":"Not Found"}',
      },
      { at: /logs$/ },
    )
    expect(await logs()).toMatch(nothing)
  })

  test('that cannot be fetched from where GitHub keeps them are missing', async () => {
    const { repo, commit, logs, github } = await ground()
    repo.workflowRun(commit).finish('failure', 'far away')
    const nowhere = { status: 302, headers: { location: 'http://127.0.0.1:1/x?sig=secret' } }
    github.fail(nowhere, { at: /logs$/ })
    const said = await logs()
    expect(said).toMatch(/no log of it/)
    expect(said).not.toContain('sig')
  })

  test('of a token that may not read them are what the check says of itself', async () => {
    const { repo, world, github, clock, commit, logs } = await ground()
    const permissions = { checks: 'read', statuses: 'read', actions: 'read' } as const
    const weak = world.token(world.user('octo'), { permissions })
    const client = githubClient({ baseUrl: github.url, token: () => weak, clock })
    onTestFinished(() => client.close())
    const ci = githubCi({ repo: 'octo/infra', client, required: null, branch: 'main', clock })
    repo.workflowRun(commit).finish('failure', 'secret plans')
    const refused = {
      status: 403,
      headers: { 'content-type': 'application/json' },
      text: '{"message":"Resource not accessible by personal access token"}',
    }
    github.fail(refused, { at: /logs$/ })
    expect(await logs(ci)).toMatch(/no log of it/)
  })

  test('of an Enterprise Server, which keeps them on its own origin, are read there', async () => {
    const { repo, commit, logs, github } = await ground()
    repo.workflowRun(commit).finish('failure', 'far away')
    const text = '2026-11-24T10:00:00.0000000Z not ok\n'
    const headers = { 'content-type': 'text/plain' }
    github.fail({ status: 200, headers, text }, { at: /logs$/ })
    expect(await logs()).toBe('not ok')
  })

  test.each(['502', 'reset', 'page'] as const)(
    'that cannot be asked for (%s) keep nobody from what the check says of itself',
    async (fault) => {
      const { repo, commit, ci, logs, github } = await ground()
      repo.workflowRun(commit).finish('failure', 'later')
      github.fail(fault, { at: /logs$/ })
      expect(await logs()).toMatch(/^test failed, and there is no log of it. See https:/)
      expect(await ci.logs(commit, [])).toBe('later')
    },
  )

  test('throw where GitHub limits us, or refuses the token: they may be there later', async () => {
    const { repo, commit, ci, logs, github, clock } = await ground()
    repo.workflowRun(commit).finish('failure', 'later')
    const headers = { 'content-type': 'application/json' }
    const refused = { status: 401, headers, text: '{"message":"Bad credentials"}' }
    github.fail(refused, { at: /logs$/ })
    await expect(logs()).rejects.toMatchObject({ name: 'CiError', code: 'misconfigured' })
    clock.advance(60_000)
    expect(await ci.logs(commit, [])).toBe('later')
    const limited = { status: 429, headers: { ...headers, 'retry-after': '60' }, text: '{}' }
    github.fail(limited, { at: /logs$/ })
    await expect(ci.logs(commit, [])).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('of a commit where nothing failed are empty', async () => {
    const { repo, commit, ci, logs } = await ground()
    repo.workflowRun(commit).finish('success', 'fine')
    expect(await logs()).toBe('')
    expect(await ci.logs(commit, [{ name: 'other', url: null }])).toBe('')
  })
})
