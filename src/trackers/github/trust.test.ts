import { describe, expect, onTestFinished, test } from 'vitest'

import type { Grant, User } from '../../../test/github/model.ts'
import { open } from '../../../test/github/open.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { githubClient } from '../../github/client.ts'
import { githubTracker } from './tracker.ts'

const second = 1_000

async function ground(owners: readonly number[] = []) {
  const clock = manualClock(Date.parse('2026-11-24T10:00:00Z'))
  const { github, world, repository: repo, token } = await open({ now: clock.now })
  const client = githubClient({
    baseUrl: github.url,
    token: () => token,
    clock,
    writeGapMs: 0,
    pointsPerMinute: 1_000_000,
  })
  onTestFinished(() => client.close())
  const tracker = githubTracker({ repo: 'octo/infra', client, readyLabel: 'ready', owners, clock })
  const trust = async (number = 1) => {
    const issue = await tracker.read(number)
    return { readyBy: issue?.readyBy, isTrusted: issue?.isTrusted }
  }
  const asked = (what: RegExp) =>
    github.requests.filter(({ method, path }) => what.test(`${method} ${path}`)).length
  return { clock, github, world, repo, tracker, trust, asked, mallory: world.user('mallory') }
}

const nobody = { readyBy: null, isTrusted: false }

describe('who labelled it', () => {
  const grants: ReadonlyArray<readonly [Grant | null, boolean]> = [
    ['admin', true],
    ['maintain', true],
    ['write', true],
    [{ base: 'write', name: 'release-captain' }, true],
    [{ base: 'triage', name: 'gardener' }, false],
    ['triage', false],
    ['read', false],
    [null, false],
  ]
  test.each(grants)('with the role %j is trusted: %j', async (grant, isTrusted) => {
    const { repo, world, trust } = await ground()
    const kim = world.user('kim')
    repo.grant(kim, grant)
    repo.issue({}).label('ready', { by: kim })
    expect(await trust()).toEqual({ readyBy: 'kim', isTrusted })
  })

  test('is whoever did so last, with no later removal', async () => {
    const { repo, trust, mallory, clock } = await ground()
    const issue = repo.issue({})
    issue.label('ready')
    clock.advance(second)
    issue.unlabel('ready', { by: mallory })
    clock.advance(second)
    issue.label('ready', { by: mallory })
    expect(await trust()).toEqual({ readyBy: 'mallory', isTrusted: false })
    clock.advance(second)
    issue.unlabel('ready')
    expect(await trust()).toEqual(nobody)
    clock.advance(second)
    issue.label('ready')
    expect(await trust()).toEqual({ readyBy: 'octo', isTrusted: true })
  })

  test('is its author where a template did: a stranger’s label is a stranger’s word', async () => {
    const { repo, trust, mallory } = await ground()
    repo.issue({ by: mallory, labels: ['ready'] })
    expect(await trust()).toEqual({ readyBy: 'mallory', isTrusted: false })
  })

  test('is asked of this label alone', async () => {
    const { repo, trust, mallory, clock } = await ground()
    const issue = repo.issue({ by: mallory, labels: ['ready'] })
    clock.advance(second)
    issue.label('bug')
    issue.label('already')
    expect(await trust()).toMatchObject({ readyBy: 'mallory' })
  })

  test('without the label is nobody, and no events are asked for', async () => {
    const { repo, trust, asked } = await ground()
    repo.issue({ labels: ['bug'] })
    expect(await trust()).toEqual(nobody)
    expect(asked(/events/)).toBe(0)
  })

  test('is nobody where the account is gone', async () => {
    const { repo, trust, mallory } = await ground()
    repo.issue({ by: mallory, labels: ['ready'] }).orphan()
    expect(await trust()).toEqual(nobody)
  })

  test('is not whoever took the login since', async () => {
    const { repo, world, trust } = await ground()
    const kim = world.user('kim')
    repo.issue({}).label('ready', { by: kim })
    world.rename(kim, 'kim-old')
    repo.grant(world.user('kim'), 'admin')
    const event = repo.record.issues.get(1)!.events.at(-1)!
    event.actor = { user: { ...kim, login: 'kim' }, app: null }
    expect(await trust()).toEqual({ readyBy: 'kim', isTrusted: false })
  })

  test('is no bot, unless its id is allow-listed', async () => {
    const owners: number[] = []
    const { repo, world, trust, asked } = await ground(owners)
    const triager: User = world.user('triager[bot]', 'Bot')
    repo.issue({}).label('ready', { by: triager })
    expect(await trust()).toEqual({ readyBy: 'triager[bot]', isTrusted: false })
    owners.push(triager.id)
    expect(await trust()).toEqual({ readyBy: 'triager[bot]', isTrusted: true })
    expect(asked(/triager/)).toBe(0)
  })

  test('is nobody where events are of a form that is not known', async () => {
    const { repo, github, trust } = await ground()
    repo.issue({ labels: ['ready'] })
    const headers = { 'content-type': 'application/json' }
    for (const events of [
      [{ event: 'labeled', created_at: '2026-11-24T10:00:00Z', actor: null }],
      [{ event: 'labeled', created_at: 'soon', actor: null, label: { name: 'ready' } }],
      ['labeled'],
    ]) {
      github.fail({ status: 200, headers, text: JSON.stringify(events) }, { at: /events/ })
      expect(await trust()).toEqual(nobody)
    }
  })

  test('is nobody where the label is on, and the events do not know of it', async () => {
    const { repo, trust } = await ground()
    const issue = repo.issue({ labels: ['ready'] })
    issue.record.events.splice(0)
    expect(await trust()).toEqual(nobody)
  })

  test('is known of a label that was deleted and made again', async () => {
    const { repo, trust, mallory, clock } = await ground()
    const issue = repo.issue({})
    issue.label('ready')
    // GitHub takes it off without a word.
    issue.record.labels = []
    repo.record.labels.splice(0)
    clock.advance(second)
    issue.label('ready', { by: mallory })
    expect(await trust()).toEqual({ readyBy: 'mallory', isTrusted: false })
  })

  test('is asked for five minutes at a time: who lost their access is trusted no more', async () => {
    const { repo, world, trust, asked, clock } = await ground()
    const kim = world.user('kim')
    repo.grant(kim, 'write')
    repo.issue({}).label('ready', { by: kim })
    repo.issue({}).label('ready', { by: kim })
    await Promise.all([trust(1), trust(2)])
    repo.grant(kim, null)
    clock.advance(5 * 60_000 - 1)
    expect(await trust(1)).toMatchObject({ isTrusted: true })
    expect(asked(/collaborators\/kim/)).toBe(1)
    clock.advance(1)
    expect(await trust(2)).toMatchObject({ isTrusted: false })
  })

  test('that cannot be asked throws, and is asked again at the next look', async () => {
    const { repo, github, world, trust } = await ground()
    const kim = world.user('kim')
    repo.grant(kim, 'write')
    repo.issue({}).label('ready', { by: kim })
    for (const fault of ['502', 'reset', 'malformed'] as const) {
      github.fail(fault, { at: /permission/ })
      await expect(trust()).rejects.toMatchObject({ name: 'TrackerError', code: 'unreachable' })
    }
    github.fail(
      {
        status: 403,
        headers: { 'content-type': 'application/json' },
        text: '{"message":"Must have push access to view collaborator permission."}',
      },
      { at: /permission/ },
    )
    await expect(trust()).rejects.toThrow('Must have push access')
    expect(await trust()).toMatchObject({ isTrusted: true })
  })
})

test.each([
  ['octo', true],
  ['kim', true],
  ['mallory', false],
])('an author %s may write: %j', async (login, isAuthorTrusted) => {
  const { repo, world, tracker } = await ground()
  repo.grant(world.user('kim'), 'maintain')
  repo.issue({ by: world.user(login) })
  expect(await tracker.read(1)).toMatchObject({ isAuthorTrusted, isTrusted: false })
})

describe('the text of somebody who may not write', () => {
  async function labelled() {
    const here = await ground()
    const issue = here.repo.issue({ title: 'One', body: 'good', by: here.mallory })
    here.clock.advance(60 * second)
    return { ...here, issue }
  }
  const trusted = { readyBy: 'octo', isTrusted: true }
  const untrusted = { readyBy: 'octo', isTrusted: false }

  test('is trusted as it was when it was labelled', async () => {
    const { issue, trust, clock } = await labelled()
    issue.rewrite('better', { by: issue.record.author!.user })
    issue.retitle('Two', { by: issue.record.author!.user })
    clock.advance(second)
    issue.label('ready')
    expect(await trust()).toEqual(trusted)
  })

  test('is not, once its body was edited, which no event tells', async () => {
    const { issue, trust, mallory, clock } = await labelled()
    issue.label('ready')
    expect(await trust()).toEqual(trusted)
    clock.advance(60 * second)
    issue.rewrite('rm -rf /', { by: mallory })
    expect(await trust()).toEqual(untrusted)
    clock.advance(60 * second)
    issue.rewrite('good', { by: mallory })
    expect(await trust()).toEqual(untrusted)
  })

  test('is not, once its title was edited', async () => {
    const { issue, trust, mallory, clock } = await labelled()
    issue.label('ready')
    expect(await trust()).toEqual(trusted)
    clock.advance(60 * second)
    issue.retitle('Two', { by: mallory })
    expect(await trust()).toEqual(untrusted)
  })

  test.each(['title', 'body'])('is not, if its %s was edited in the same second', async (what) => {
    const { issue, trust, mallory } = await labelled()
    if (what === 'title') issue.retitle('Two', { by: mallory })
    else issue.rewrite('worse', { by: mallory })
    issue.label('ready')
    expect(await trust()).toEqual(untrusted)
  })

  test('is trusted again when it is labelled again', async () => {
    const { issue, trust, mallory, clock } = await labelled()
    issue.label('ready')
    clock.advance(second)
    issue.rewrite('other', { by: mallory })
    clock.advance(second)
    issue.unlabel('ready')
    issue.label('ready')
    expect(await trust()).toEqual(trusted)
  })

  test('is not trusted where GitHub does not tell of edits', async () => {
    const { issue, trust, github } = await labelled()
    issue.label('ready')
    github.settings.hasGraphql = false
    expect(await trust()).toEqual(untrusted)
    github.settings.hasGraphql = true
    github.fail('502', { at: /graphql/ })
    expect(await trust()).toEqual(untrusted)
    github.fail(
      {
        status: 200,
        headers: { 'content-type': 'application/json' },
        text: '{"data":{"repository":{"issue":null}},"errors":[{"type":"NOT_FOUND"}]}',
      },
      { at: /graphql/ },
    )
    expect(await trust()).toEqual(untrusted)
    expect(await trust()).toEqual(trusted)
  })

  test('of an account that is gone is a stranger’s', async () => {
    const { issue, trust, clock, github } = await labelled()
    issue.label('ready')
    issue.orphan()
    expect(await trust()).toEqual(trusted)
    clock.advance(second)
    issue.rewrite('other')
    expect(await trust()).toEqual(untrusted)
    github.settings.hasGraphql = false
    expect(await trust()).toEqual(untrusted)
  })

  test('of one who may write may change, and nobody asks about it', async () => {
    const { repo, trust, asked, clock } = await ground()
    const issue = repo.issue({ body: 'mine' })
    issue.label('ready')
    clock.advance(60 * second)
    issue.rewrite('still mine')
    expect(await trust()).toEqual(trusted)
    expect(asked(/graphql/)).toBe(0)
  })

  test('is asked about again only once the issue changed', async () => {
    const { issue, tracker, asked, clock } = await labelled()
    issue.label('ready')
    const look = async () => {
      await tracker.list(['ready'])
      clock.advance(30 * second)
    }
    for (let times = 0; times < 5; times += 1) await look()
    const before = [asked(/events/), asked(/graphql/)]
    expect(before).toEqual([2, 2])
    for (let times = 0; times < 5; times += 1) await look()
    expect([asked(/events/), asked(/graphql/)]).toEqual(before)
    issue.comment('ping')
    await look()
    expect([asked(/events/), asked(/graphql/)]).toEqual([3, 3])
  })
})
