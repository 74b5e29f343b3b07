/** How a closed issue was closed, as its events tell it. */
import { describe, expect, onTestFinished, test } from 'vitest'

import { open } from '../../../test/github/open.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { githubClient } from '../../github/client.ts'
import { githubTracker } from './tracker.ts'

async function ground() {
  const clock = manualClock(Date.parse('2026-11-24T10:00:00Z'))
  const { github, world, repository: repo, token } = await open({ now: clock.now })
  const timing = { writeGapMs: 0, pointsPerMinute: 1_000_000 }
  const client = githubClient({ baseUrl: github.url, token: () => token, clock, ...timing })
  onTestFinished(() => client.close())
  const tracker = githubTracker({ repo: 'octo/infra', client, readyLabel: 'ready', clock })
  const asked = (what: RegExp) =>
    github.requests.filter(({ method, path }) => what.test(`${method} ${path}`))
  return { clock, github, world, repo, tracker, asked }
}

describe('a closed issue was closed', () => {
  const sha = 'c'.repeat(40)

  test('by somebody with nothing behind it, or by a push', async () => {
    const { repo, world, tracker } = await ground()
    const kim = world.user('kim')
    const issue = repo.issue({})
    issue.close({ by: kim, commit: sha })
    expect(await tracker.read(1)).toMatchObject({ closedBy: { who: 'kim', commit: sha } })
    issue.reopen()
    issue.close({ by: kim, reason: 'not_planned' })
    expect(await tracker.read(1)).toMatchObject({ closedBy: { who: 'kim', commit: null } })
  })

  test('by a merge, whose commit is behind it', async () => {
    const { repo, clock, tracker } = await ground()
    repo.push('main')
    repo.issue({})
    repo.push('topic')
    const pull = repo.pull({ head: 'topic', body: 'Closes #1' })
    clock.advance(3_600_000)
    const commit = pull.merge({ method: 'squash' })
    expect(await tracker.read(1)).toMatchObject({ closedBy: { who: 'octo', commit } })
  })

  test('by hand, though a pull request that names it was merged at another time', async () => {
    const { repo, clock, tracker } = await ground()
    repo.push('main')
    const issue = repo.issue({})
    repo.push('topic')
    repo.pull({ head: 'topic', body: 'Refs #1' }).merge()
    clock.advance(3_600_000)
    issue.close()
    expect(await tracker.read(1)).toMatchObject({ closedBy: { who: 'octo', commit: null } })
  })

  test('which is looked up once, as long as nothing changes', async () => {
    const { repo, clock, tracker, asked } = await ground()
    repo.issue({}).close()
    for (let look = 0; look < 5; look += 1) {
      await tracker.read(1)
      clock.advance(30_000)
    }
    expect(asked(/timeline/)).toHaveLength(2)
  })

  test('by nobody, where the account is gone', async () => {
    const { repo, tracker, world } = await ground()
    const mallory = world.user('mallory')
    const issue = repo.issue({ by: mallory })
    issue.close({ by: mallory })
    issue.orphan()
    expect(await tracker.read(1)).toMatchObject({ closedBy: { who: null, commit: null } })
  })
})

describe('nobody knows how a closed issue was closed', () => {
  const json = { 'content-type': 'application/json' }
  const sha = 'c'.repeat(40)
  const events = /^GET .*\/issues\/1\/events/

  async function closed() {
    const opened = await ground()
    const issue = opened.repo.issue({})
    opened.clock.advance(3_600_000)
    issue.close({ commit: sha })
    return { ...opened, issue }
  }

  test('until its events tell of it, however long that takes', async () => {
    const { github, clock, tracker } = await closed()
    github.fail({ status: 200, headers: json, text: '[]' }, { at: events, times: 3 })
    for (let look = 0; look < 3; look += 1) {
      expect(await tracker.read(1)).toMatchObject({ isOpen: false, closedBy: null })
      clock.advance(30_000)
    }
    expect(await tracker.read(1)).toMatchObject({ closedBy: { who: 'octo', commit: sha } })
  })

  test('while the newest that they tell of is that it was opened again', async () => {
    const { github, issue, clock, tracker } = await closed()
    issue.reopen()
    const told = issue.record.events.map(({ name }) => ({
      event: name,
      created_at: new Date(clock.now()).toISOString(),
    }))
    issue.close({ commit: sha })
    const text = JSON.stringify(told)
    github.fail({ status: 200, headers: json, text }, { at: events, times: 1 })
    expect(await tracker.read(1)).toMatchObject({ isOpen: false, closedBy: null })
    expect(await tracker.read(1)).toMatchObject({ closedBy: { commit: sha } })
  })

  test('while one of its events cannot be understood', async () => {
    const { github, tracker } = await closed()
    const text = JSON.stringify([{ event: 'closed', created_at: 'yesterday' }])
    github.fail({ status: 200, headers: json, text }, { at: events, times: 1 })
    expect(await tracker.read(1)).toMatchObject({ isOpen: false, closedBy: null })
  })

  test('though they were read for its ready label before they told of it', async () => {
    const { github, repo, clock, tracker } = await ground()
    repo.issue({ labels: ['ready'] }).close({ commit: sha })
    github.fail({ status: 200, headers: json, text: '[]' }, { at: events, times: 4 })
    for (let look = 0; look < 2; look += 1) {
      expect(await tracker.read(1)).toMatchObject({ closedBy: null })
      clock.advance(30_000)
    }
    expect(await tracker.read(1)).toMatchObject({ closedBy: { commit: sha } })
  })
})
