import { describe, expect, onTestFinished, test } from 'vitest'

import { open as standIn } from '../../../test/github/open.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { githubClient, type GithubOptions } from '../../github/client.ts'
import { marker } from './own-comment.ts'
import { githubTracker } from './tracker.ts'

async function ground() {
  const clock = manualClock(Date.parse('2026-11-24T10:00:00Z'))
  const stand = await standIn({ now: clock.now })
  const { github, world, repository: repo, bot, token: botToken } = stand
  const mallory = world.user('mallory')
  const open = (options: Partial<GithubOptions> = {}) => {
    const client = githubClient({
      baseUrl: github.url,
      token: () => botToken,
      clock,
      writeGapMs: 0,
      pointsPerMinute: 1_000_000,
      ...options,
    })
    onTestFinished(() => client.close())
    return githubTracker({ repo: 'octo/infra', client, readyLabel: 'ready', clock })
  }
  const issue = repo.issue({ labels: ['ready'] })
  const comments = () => issue.record.comments.map(({ body }) => body)
  const writes = () =>
    github.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.replace(/^.*\/infra/, '')}`)
  return { clock, github, world, repo, bot, mallory, open, issue, comments, writes }
}

const said = (words: string) => `${marker(1)}\n${words}`

describe('our comment', () => {
  test('is found again by who comes later, and edited', async () => {
    const { open, comments, writes, issue } = await ground()
    await open().comment(1, 'one')
    const { id } = issue.record.comments[0]!
    await open().comment(1, 'two')
    expect(comments()).toEqual([said('two')])
    expect(writes()).toEqual(['POST /issues/1/comments', `PATCH /issues/comments/${id}`])
  })

  test('is not what somebody else marked as ours', async () => {
    const { open, comments, issue, mallory } = await ground()
    issue.comment(said('forged'), { by: mallory })
    await open().comment(1, 'ours')
    expect(comments()).toEqual([said('forged'), said('ours')])
  })

  test('is none that we wrote without the mark, or with it somewhere below', async () => {
    const { open, comments, issue, bot } = await ground()
    issue.comment('by hand', { by: bot })
    issue.comment(`quoted:\n${said('x')}`, { by: bot })
    issue.comment(said('x').replace('issue=1', 'issue=11'), { by: bot })
    await open().comment(1, 'ours')
    expect(comments().at(-1)).toBe(said('ours'))
    expect(comments()).toHaveLength(4)
  })

  test('is the older one where there are two', async () => {
    const { open, comments, issue, bot } = await ground()
    issue.comment(said('first'), { by: bot })
    issue.comment(said('second'), { by: bot })
    await open().comment(1, 'ours')
    expect(comments()).toEqual([said('ours'), said('second')])
  })

  test('is found on the second page', async () => {
    const { open, comments, issue, bot, mallory } = await ground()
    for (let number = 0; number < 120; number += 1) issue.comment('noise', { by: mallory })
    issue.comment(said('before'), { by: bot })
    await open().comment(1, 'after')
    expect(comments().at(-1)).toBe(said('after'))
  })

  test('that somebody deleted is made anew', async () => {
    const { open, comments, issue } = await ground()
    const tracker = open()
    await tracker.comment(1, 'one')
    issue.removeComment(issue.record.comments[0]!)
    expect(await tracker.comment(1, 'two')).toBe('written')
    expect(comments()).toEqual([said('two')])
  })

  test('that is deleted at the very moment is made anew', async () => {
    const { open, github, comments, issue } = await ground()
    const tracker = open()
    await tracker.comment(1, 'one')
    github.meanwhile(() => issue.removeComment(issue.record.comments[0]!), { at: /^PATCH/ })
    expect(await tracker.comment(1, 'two')).toBe('written')
    expect(comments()).toEqual([said('two')])
  })

  test('whose answer was lost is not made twice', async () => {
    const { open, github, comments } = await ground()
    const tracker = open()
    github.fail('reset, done', { at: /^POST/ })
    await expect(tracker.comment(1, 'one')).rejects.toMatchObject({ code: 'unreachable' })
    expect(await tracker.comment(1, 'one')).toBe('written')
    expect(comments()).toEqual([said('one')])
  })

  test('is made once, also by two at the same time', async () => {
    const { open, comments } = await ground()
    const tracker = open()
    await Promise.all([tracker.comment(1, 'one'), tracker.comment(1, 'two')])
    expect(comments()).toEqual([said('two')])
  })

  test('that is too long for GitHub is cut, and never within a character', async () => {
    const { open, comments } = await ground()
    expect(await open().comment(1, `${'x'.repeat(64_999)}😀${'y'.repeat(1_000)}`)).toBe('written')
    const [body] = comments()
    expect(body).toBe(said(`${'x'.repeat(64_999)}…`))
  })

  test('on an issue that is removed at the very moment is gone', async () => {
    const { open, github, issue } = await ground()
    github.meanwhile(() => issue.remove(), { at: /^POST/ })
    expect(await open().comment(1, 'one')).toBe('gone')
  })

  test('of an App is its bot’s, and not what it writes for a person', async () => {
    const { world, repo, issue, open, comments, mallory } = await ground()
    const app = world.app('afk')
    const installation = world.install(app, {
      account: repo.record.owner,
      permissions: { issues: 'write', contents: 'read', metadata: 'read' },
    })
    const token = () => world.installationToken(installation)
    issue.comment(said('forged'), { by: mallory, via: app })
    for (const [words, id] of [
      ['one', app.id],
      ['two', app.clientId],
    ] as const)
      await open({ token, app: id }).comment(1, words)
    expect(comments()).toEqual([said('forged'), said('two')])
    await open({ token, app: 4_711 }).comment(1, 'of another App')
    expect(comments()).toHaveLength(3)
  })

  test('on a locked issue is written by whoever may, and else throws', async () => {
    const { world, issue, open, comments, mallory } = await ground()
    issue.lock()
    expect(await open().comment(1, 'one')).toBe('written')
    const token = world.token(mallory)
    const locked = open({ token: () => token }).comment(1, 'one')
    await expect(locked).rejects.toThrow('because issue is locked')
    expect(comments()).toEqual([said('one')])
  })
})

describe('labels', () => {
  test('are added first, in one request, and then removed', async () => {
    const { open, writes, issue } = await ground()
    issue.label('stale')
    await open().label(1, { add: ['taken', 'afk'], remove: ['ready', 'stale', 'nowhere'] })
    expect(writes()).toEqual([
      'POST /issues/1/labels',
      'DELETE /issues/1/labels/ready',
      'DELETE /issues/1/labels/stale',
    ])
    expect(issue.record.labels.map(({ name }) => name)).toEqual(['taken', 'afk'])
  })

  test('compare without regard to case', async () => {
    const { open, writes, issue } = await ground()
    issue.label('Taken')
    await open().label(1, { add: ['taken'], remove: ['READY'] })
    expect(writes()).toEqual(['DELETE /issues/1/labels/READY'])
    expect(issue.record.labels.map(({ name }) => name)).toEqual(['Taken'])
  })

  test('that somebody takes off at the very moment are off', async () => {
    const { open, github, issue } = await ground()
    github.meanwhile(() => issue.unlabel('ready'), { at: /^DELETE/ })
    expect(await open().label(1, { add: [], remove: ['ready'] })).toBe('written')
  })

  test('of an issue that is removed at the very moment are gone', async () => {
    const { open, github, issue } = await ground()
    github.meanwhile(() => issue.remove(), { at: /^DELETE/ })
    expect(await open().label(1, { add: [], remove: ['ready'] })).toBe('gone')
  })

  test('that a token may not write throw, and say what it takes', async () => {
    const { world, bot, open } = await ground()
    const weak = world.token(bot, { permissions: { issues: 'read' } })
    const label = open({ token: () => weak }).label(1, { add: ['taken'], remove: [] })
    await expect(label).rejects.toThrow('(it takes issues=write)')
  })
})

test('an issue that is closed is completed', async () => {
  const { open, issue } = await ground()
  await open().close(1)
  expect(issue.record).toMatchObject({ state: 'closed', stateReason: 'completed' })
})

test('a write whose answer was lost is so already when it is written again', async () => {
  const { open, github, issue, writes } = await ground()
  const tracker = open()
  github.fail('reset, done', { at: /^PATCH/ })
  await expect(tracker.close(1)).rejects.toMatchObject({ code: 'unreachable' })
  expect(await tracker.close(1)).toBe('written')
  expect(writes()).toHaveLength(1)
  expect(issue.record.state).toBe('closed')
})
