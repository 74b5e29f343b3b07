import { describe, expect, onTestFinished, test } from 'vitest'

import { open } from '../../../test/github/open.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { githubClient } from '../../github/client.ts'
import { githubTracker } from './tracker.ts'

type Ground = Awaited<ReturnType<typeof ground>>

async function ground() {
  const clock = manualClock(Date.parse('2026-11-24T10:00:00Z'))
  const { github, world, repository: repo, token } = await open({ now: clock.now })
  const pace = { writeGapMs: 0, pointsPerMinute: 1_000_000 }
  const client = githubClient({ baseUrl: github.url, token: () => token, clock, ...pace })
  onTestFinished(() => client.close())
  const tracker = githubTracker({ repo: 'Octo/Infra', client, readyLabel: 'ready', clock })
  const asked = (what: RegExp) =>
    github.requests.filter(({ method, path }) => what.test(`${method} ${path}`))
  return { clock, world, repo, tracker, asked }
}

describe('a repository', () => {
  const called = (name: string) => ({
    where: 'Octo/Infra',
    what: `is called ${name} now: correct tracker.repo`,
  })

  test.each([
    ['renamed', 'octo/platform', (opened: Ground) => opened.repo.rename('platform')],
    ['transferred', 'acme/infra', ({ repo, world }: Ground) => repo.transfer(world.user('acme'))],
  ])('that was %s is read and written on, and told with its new name', async (_, name, move) => {
    const opened = await ground()
    const { repo, world, tracker, clock, asked } = opened
    const mallory = world.user('mallory')
    repo.grant(world.user('octo'), 'admin')
    const issue = repo.issue({ by: mallory })
    issue.label('ready')
    expect((await tracker.list(['ready'])).faults).toEqual([])
    clock.advance(30_000)
    move(opened)
    for (let look = 0; look < 4; look += 1) {
      const { issues, faults } = await tracker.list(['ready'])
      expect(faults).toEqual([called(name)])
      expect(issues).toMatchObject([{ number: 1, isTrusted: true, readyBy: 'octo' }])
      clock.advance(30_000)
    }
    expect(asked(/^GET \/repos\/octo\/infra$/i)).toHaveLength(1)
    expect(await tracker.read(1)).toMatchObject({ isTrusted: true })
    expect(await tracker.comment(1, 'at work')).toBe('written')
    expect(issue.record.comments).toHaveLength(1)
  })

  test('without an issue tells its new name, too, and a later one within five minutes', async () => {
    const { repo, tracker, clock } = await ground()
    repo.rename('platform')
    expect(await tracker.list(['ready'])).toEqual({ issues: [], faults: [called('octo/platform')] })
    repo.rename('base')
    clock.advance(5 * 60_000)
    expect((await tracker.list(['ready'])).faults).toEqual([called('octo/base')])
    repo.rename('infra')
    expect((await tracker.list(['ready'])).faults).toEqual([])
  })
})
