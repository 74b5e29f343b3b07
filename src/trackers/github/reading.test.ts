import { describe, expect, onTestFinished, test } from 'vitest'

import { open } from '../../../test/github/open.ts'
import type { GithubOptions } from '../../../test/github/stand-in.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { githubClient } from '../../github/client.ts'
import { digestOf } from '../digest.ts'
import { githubTracker } from './tracker.ts'

const json = { 'content-type': 'application/json' }

async function ground(settings: GithubOptions = {}) {
  const clock = manualClock(Date.parse('2026-11-24T10:00:00Z'))
  const opened = await open({ now: clock.now, ...settings })
  const { github, world, repository: repo, bot, token } = opened
  const client = githubClient({
    baseUrl: github.url,
    token: () => token,
    clock,
    writeGapMs: 0,
    pointsPerMinute: 1_000_000,
  })
  onTestFinished(() => client.close())
  const tracker = githubTracker({ repo: 'Octo/Infra', client, readyLabel: 'ready', clock })
  const listed = async (...labels: string[]) => {
    const { issues, faults } = await tracker.list(labels)
    return { numbers: issues.map(({ number }) => number), faults }
  }
  const asked = (what: RegExp) =>
    github.requests.filter(({ method, path }) => what.test(`${method} ${path}`))
  return { clock, github, world, repo, bot, token, tracker, listed, asked }
}

const unreachable = { name: 'TrackerError', code: 'unreachable' }
const misconfigured = { name: 'TrackerError', code: 'misconfigured' }

describe('a listing', () => {
  test('asks for each label by itself, and costs nothing while nothing changes', async () => {
    const { repo, listed, github, clock } = await ground()
    for (const label of ['taken', 'ready', 'ready']) repo.issue({ labels: [label] })
    for (let look = 0; look < 4; look += 1) {
      expect((await listed('ready', 'taken')).numbers).toEqual([1, 2, 3])
      clock.advance(30_000)
    }
    const before = github.requests.length
    await listed('ready', 'taken')
    const last = github.requests.slice(before)
    expect(last.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('labels'))).toEqual([
      'ready',
      'taken',
    ])
    expect(last.every(({ isNotModified }) => isNotModified)).toBe(true)
  })

  test('has no pull requests, and reads every page', async () => {
    const { repo, listed } = await ground()
    repo.push('main')
    repo.push('topic')
    for (let number = 0; number < 120; number += 1) repo.issue({ labels: ['ready'] })
    repo.pull({ head: 'topic', labels: ['ready'] })
    const { numbers } = await listed('ready')
    expect(numbers).toEqual(Array.from({ length: 120 }, (_, index) => index + 1))
  })

  test('spells labels as they were asked for, whatever case GitHub has', async () => {
    const { repo, tracker } = await ground()
    repo.issue({ labels: ['Ready', 'BUG'] })
    const { issues } = await tracker.list(['ready'])
    expect(issues).toMatchObject([{ labels: ['ready', 'BUG'], readyBy: 'octo', isTrusted: true }])
    expect(await tracker.read(1)).toEqual(issues[0])
  })

  test('understands labels that are names alone', async () => {
    const { repo, tracker } = await ground({ labelsAsStrings: true })
    repo.issue({ labels: ['ready', 'P1'] })
    const { issues } = await tracker.list(['ready'])
    expect(issues).toMatchObject([{ labels: ['ready', 'P1'], priority: 1 }])
  })

  test('finds a label with a comma, which GitHub would take for two', async () => {
    const { repo, listed } = await ground()
    repo.issue({ labels: ['a', 'b'] })
    repo.issue({ labels: ['a,b'] })
    expect((await listed('a,b')).numbers).toEqual([2])
  })

  test('tells of an issue that cannot be understood, and lists the others', async () => {
    const { github, listed } = await ground()
    const malformed = [{ number: 7, title: null }, 'nothing', { title: 'x' }]
    const text = JSON.stringify(malformed)
    github.fail({ status: 200, headers: json, text }, { at: /labels=ready/ })
    expect(await listed('ready')).toEqual({
      numbers: [],
      faults: [
        { where: '#7', what: expect.stringContaining('another form') },
        { where: 'issue 2 of ready', what: expect.stringContaining('it is no object') },
        { where: 'issue 3 of ready', what: expect.stringContaining('another form') },
      ],
    })
  })

  test.each(['reset', '502', '500', 'page', 'malformed', 'cut short'] as const)(
    'that meets "%s" throws, and is no empty list',
    async (fault) => {
      const { repo, github, tracker } = await ground()
      repo.issue({ labels: ['ready'] })
      github.fail(fault)
      await expect(tracker.list(['ready'])).rejects.toMatchObject(unreachable)
      expect((await tracker.list(['ready'])).issues).toHaveLength(1)
    },
  )

  test('whose second page is lost throws', async () => {
    const { repo, github, tracker } = await ground()
    repo.issue({ labels: ['ready'] })
    github.fail('lost page')
    await expect(tracker.list(['ready'])).rejects.toMatchObject(unreachable)
  })

  test('while GitHub limits us throws', async () => {
    const { github, token, tracker } = await ground()
    github.limits.exhaust(token)
    await expect(tracker.list(['ready'])).rejects.toMatchObject(unreachable)
    await expect(tracker.read(1)).rejects.toMatchObject(unreachable)
    expect(github.requests).toHaveLength(1)
  })

  test('with a token that was revoked throws, and says that a person must mend it', async () => {
    const { github, world, token, tracker } = await ground()
    world.revoke(token)
    const message = 'GitHub refuses the token with 401: Bad credentials'
    for (const work of [tracker.list(['ready']), tracker.read(1), tracker.close(1)])
      await expect(work).rejects.toMatchObject({ ...misconfigured, message })
    expect(github.requests.map(({ status }) => status)).toContain(401)
  })

  test('with a token that may not read issues throws, and names what it takes', async () => {
    const { world, bot, github, clock } = await ground()
    const token = world.token(bot, { permissions: { contents: 'read' } })
    const client = githubClient({ baseUrl: github.url, token: () => token, clock })
    onTestFinished(() => client.close())
    const tracker = githubTracker({ repo: 'octo/infra', client, readyLabel: 'ready', clock })
    await expect(tracker.list(['ready'])).rejects.toMatchObject({
      ...misconfigured,
      message: expect.stringContaining('(it takes issues=read)'),
    })
  })
})

describe('an issue', () => {
  test('comes back as GitHub has it', async () => {
    const { repo, tracker } = await ground()
    repo.issue({ title: 'One', body: 'a\r\nb', labels: ['ready', 'priority/high'] })
    expect(await tracker.read(1)).toEqual({
      number: 1,
      title: 'One',
      body: 'a\nb',
      url: 'https://github.example/octo/infra/issues/1',
      labels: ['ready', 'priority/high'],
      priority: 1,
      blockedBy: [],
      isOpen: true,
      readyBy: 'octo',
      isTrusted: true,
      isEdited: false,
      isAuthorTrusted: true,
      digest: digestOf({ title: 'One', body: 'a\nb' }),
      closedBy: null,
    })
  })

  test('may have no body and no author', async () => {
    const { repo, tracker } = await ground()
    repo.issue({ body: null }).orphan()
    expect(await tracker.read(1)).toMatchObject({ body: '', isAuthorTrusted: false })
  })

  test('that is a pull request is none', async () => {
    const { repo, tracker } = await ground()
    repo.push('main')
    repo.push('topic')
    expect(await tracker.read(repo.pull({ head: 'topic' }).number)).toBeNull()
  })

  test('of a repository that was renamed is still there', async () => {
    const { repo, tracker } = await ground()
    repo.issue({ title: 'Here' })
    repo.rename('platform')
    expect(await tracker.read(1)).toMatchObject({ title: 'Here' })
    expect(await tracker.label(1, { add: ['taken'], remove: [] })).toBe('written')
    expect(repo.record.issues.get(1)).toMatchObject({ labels: [{ name: 'taken' }] })
  })

  test('that was transferred is gone from here, and nothing is written to where it is', async () => {
    const { world, repo, tracker } = await ground()
    const there = world.repository('octo/elsewhere')
    repo.issue({}).transfer(there)
    expect(await tracker.read(1)).toBeNull()
    expect(await tracker.close(1)).toBe('gone')
    expect(await tracker.comment(1, 'x')).toBe('gone')
    expect(there.record.issues.get(1)).toMatchObject({ state: 'open', comments: [] })
  })

  test.each(['the token lost its access', 'issues are disabled'])(
    'is not gone because %s',
    async (why) => {
      const { repo, bot, tracker } = await ground()
      repo.record.isPrivate = true
      repo.issue({})
      expect(await tracker.read(1)).not.toBeNull()
      if (why === 'issues are disabled') repo.record.hasIssues = false
      else repo.grant(bot, null)
      for (const work of [tracker.read(1), tracker.read(99), tracker.close(1)])
        await expect(work).rejects.toMatchObject(misconfigured)
      await expect(tracker.list(['ready'])).rejects.toThrow(/: it is not there for this token$/)
    },
  )

  test('that cannot be understood throws, and is not gone', async () => {
    const { github, tracker } = await ground()
    const malformed = { status: 200, headers: json, text: '{"number":1,"title":7}' }
    github.fail(malformed)
    await expect(tracker.read(1)).rejects.toMatchObject({ code: 'malformed' })
    github.fail({ status: 200, headers: json, text: '{"login":"captive portal"}' })
    await expect(tracker.read(1)).rejects.toMatchObject(unreachable)
  })
})

describe('an issue waits for', () => {
  test('its open dependencies, and not for those that are closed', async () => {
    const { repo, tracker, asked } = await ground()
    const [open, closed, issue] = [repo.issue({}), repo.issue({}), repo.issue({})]
    issue.blockBy(open)
    issue.blockBy(closed)
    closed.close()
    expect(await tracker.read(issue.number)).toMatchObject({ blockedBy: [open.number] })
    expect(await tracker.read(open.number)).toMatchObject({ blockedBy: [] })
    expect(asked(/blocked_by/)).toHaveLength(1)
  })

  test('what its text says it is blocked by', async () => {
    const { repo, tracker } = await ground()
    const [first, done] = [repo.issue({}), repo.issue({})]
    done.close()
    const body = `Do it.\n\nBlocked by #${first.number}, #${done.number} and OCTO/infra#77`
    const issue = repo.issue({ body, labels: ['ready'] })
    expect(await tracker.read(issue.number)).toMatchObject({ blockedBy: [first.number, 77] })
  })

  test('a pull request that its text names, until that is merged', async () => {
    const { repo, tracker } = await ground()
    repo.push('main')
    repo.push('topic')
    const pull = repo.pull({ head: 'topic' })
    const issue = repo.issue({ body: `Blocked by #${pull.number}`, labels: ['ready'] })
    expect(await tracker.read(issue.number)).toMatchObject({ blockedBy: [pull.number] })
    expect(await tracker.read(pull.number)).toBeNull()
    pull.merge()
    expect(await tracker.read(issue.number)).toMatchObject({ blockedBy: [] })
  })

  test('what leads out of the repositories, and does not follow it', async () => {
    const { repo, tracker, github } = await ground()
    repo.issue({ body: 'Blocked by ../user#1', labels: ['ready'] })
    expect(await tracker.read(1)).toMatchObject({ blockedBy: [0] })
    expect(github.requests.every(({ path }) => /^\/repos\/octo/i.test(path))).toBe(true)
  })

  test('nothing that the text of a stranger names, and no more than twenty of anybody’s', async () => {
    const { world, repo, tracker, asked } = await ground()
    const body = `Blocked by ${Array.from({ length: 30 }, (_, n) => `#${n + 100}`).join(', ')}`
    repo.issue({ body, labels: ['ready'], by: world.user('mallory') })
    expect(await tracker.read(1)).toMatchObject({ blockedBy: [] })
    expect(asked(/issues\/1\d\d$/)).toHaveLength(0)
    repo.issue({ body, labels: ['ready'] })
    expect((await tracker.read(2))?.blockedBy).toHaveLength(21)
    expect((await tracker.read(2))?.blockedBy).toContain(0)
    expect(asked(/issues\/1\d\d$/)).toHaveLength(40)
  })

  test('what is elsewhere, which has no number here and is named among the faults', async () => {
    const { world, repo, tracker } = await ground()
    const there = world.repository('octo/lib')
    const [one, other] = [there.issue({}), there.issue({})]
    const issue = repo.issue({ labels: ['ready'], body: `Blocked by octo/lib#${other.number}` })
    issue.blockBy(one)
    const look = async () => {
      const { issues, faults } = await tracker.list(['ready'])
      return { blockedBy: issues[0]?.blockedBy, faults }
    }
    expect(await look()).toEqual({
      blockedBy: [0],
      faults: [{ where: '#1', what: 'waits for octo/lib#1, octo/lib#2' }],
    })
    expect(await tracker.read(0)).toBeNull()
    one.close()
    expect(await look()).toMatchObject({ blockedBy: [0] })
    other.close()
    expect(await look()).toEqual({ blockedBy: [], faults: [] })
  })

  test('what the token may not see', async () => {
    const { world, repo, github, tracker } = await ground()
    const hidden = world.repository('octo/secret', { isPrivate: true }).issue({})
    const issue = repo.issue({ labels: ['ready'] })
    issue.blockBy(hidden)
    github.fail({ status: 200, headers: json, text: '[]' }, { at: /blocked_by/ })
    expect(await tracker.list(['ready'])).toMatchObject({
      issues: [{ blockedBy: [0] }],
      faults: [{ where: '#1', what: 'waits for a blocker that the token may not see' }],
    })
    issue.unblockBy(hidden)
    issue.rewrite('Blocked by octo/secret#9')
    expect(await tracker.read(1)).toMatchObject({ blockedBy: [0] })
  })

  test('nothing where the server knows no dependencies, and says so', async () => {
    const { repo, tracker } = await ground({ hasSummaries: false, hasDependencies: false })
    repo.issue({})
    expect(await tracker.read(1)).toMatchObject({ blockedBy: [] })
  })

  test('its dependencies also where there is no summary of them', async () => {
    const { repo, tracker } = await ground({ hasSummaries: false })
    const [blocker, issue] = [repo.issue({}), repo.issue({})]
    issue.blockBy(blocker)
    expect(await tracker.read(issue.number)).toMatchObject({ blockedBy: [1] })
  })
})

test('what is no owner/name is no repository', () => {
  const clock = manualClock()
  const client = githubClient({ token: () => 't', clock })
  for (const repo of [
    'infra',
    'a/b/c',
    'octo/..',
    '../infra',
    'octo/ infra',
    '/infra',
    'octo/in?fra',
  ])
    expect(() => githubTracker({ repo, client, readyLabel: 'ready', clock })).toThrow(TypeError)
})
