/** GitHub that is away, refuses the token, says nothing of a commit, or has nothing new to say. */
import { describe, expect, test } from 'vitest'

import type { RepositoryHandle } from './github/repository.ts'
import { told } from './github-loop-comment.ts'
import { onStage, type Stage } from './github-loop-stage.ts'
import { until } from './until.ts'

const ready = 'ready-for-agent'
const held = [[{ waitFor: 'let-go' }, { push: 'fixed' }]] as const

const green = ({ sha }: { sha: string }, _: number, repository: RepositoryHandle) =>
  repository.checkRun(sha, { name: 'test' }).finish('success')

/** A run whose agent waits, of an issue that is marked and told of it. */
async function atWork(stage: Stage) {
  const { repository, kim, ground, runs } = stage
  repository.issue({ by: kim }).label(ready, { by: kim })
  await ground.pid(1)
  await until('the issue is marked', async () => {
    const [run] = await runs()
    return run!.chores.every(({ state }) => state === 'done')
  })
  await told(stage, 'Now: the agent works')
}

const isUnderWay = { endedAt: null, verdict: null }
const says = (part: string | RegExp) => expect.stringMatching(part) as string

describe.concurrent('GitHub', () => {
  test('that is away in the middle of a run ends nothing: it is told once, and the run goes on', () =>
    onStage({ plan: held, landed: green }, async (stage) => {
      const { github, ground, away, runs, rings, failures, commits, over } = stage
      const failed = (how: string) => github.requests.filter(({ fault }) => fault === how)
      await atWork(stage)
      away('502')
      await until('many requests were answered with a page', () => failed('502').length > 12)
      away('reset')
      ground.letGo()
      const isCi = ({ path }: { path: string }) => path.includes(`/commits/${commits()[0]?.sha}/`)
      await until('its commit was asked for', () => failed('reset').some(isCi))
      await until('many more were reset', () => failed('reset').length > 12)
      expect([await runs(), await rings()]).toMatchObject([[isUnderWay], []])
      github.fail('reset, done', { at: /^PATCH .*\/comments\/\d+$/ })
      away(null)
      expect(await over()).toMatchObject({ phase: 'done' })
      await told(stage, '**done**')
      expect(failed('reset, done')).toHaveLength(1)
      const others = failures().filter((each) => !each.includes(' PATCH '))
      expect(others).toHaveLength(3)
      expect(others).toEqual(
        expect.arrayContaining([
          says(/^GitHub answered GET \/repos\/octo\/infra\/issues with 502$/),
          says(/did not answer GET \/repos\/octo\/infra\/issues: /),
          says(/did not answer GET \/repos\/octo\/infra\/(?:commits|actions|rules|branches)\//),
        ]),
      )
    }))

  test('that refuses the token in the middle of a run ends nothing, says so, and goes on with a new one', () =>
    onStage({ plan: held, landed: green }, async (stage) => {
      const { world, bot, token, ground, runs, rings, failures, reload, over } = stage
      await atWork(stage)
      world.revoke(token)
      await until('it is told', () => failures().length > 0)
      ground.letGo()
      await until('its commit has landed', async () => (await runs())[0]!.pushed !== null)
      expect([await runs(), await rings()]).toMatchObject([[isUnderWay], []])
      const told = failures()
      await reload(world.token(bot))
      expect(await over()).toMatchObject({ phase: 'done' })
      // One line for each lane, however often it is looked.
      const refused = 'GitHub refuses the token with 401: Bad credentials'
      expect([...new Set(told)]).toEqual([refused])
      expect(told.length).toBeLessThanOrEqual(2)
    }))

  test('that says nothing of a commit leaves its run checking, whatever it says of others', () =>
    onStage(
      {
        plan: [[{ push: 'fixed' }]],
        landed: (commit, nth, repository) => {
          if (nth > 1) green(commit, nth, repository)
        },
      },
      async (stage) => {
        const { repository, kim, ground, github, commits, runs, rings, failures } = stage
        repository.checkRun(repository.head('main'), { name: 'test' }).finish('success')
        repository.issue({ by: kim }).label(ready, { by: kim })
        await until('it has landed', () => commits().length === 1)
        const { sha } = commits()[0]!
        const looks = () =>
          github.requests.filter(({ path }) => path.includes(`/commits/${sha}/check-runs`)).length
        await until('its checks were asked for', () => looks() > 0)
        const other = await ground.land('other.txt')
        await until('another commit is green', () => commits()[1]?.sha === other)
        const before = looks()
        await until('its checks were asked for again', () => looks() > before)
        const pushed = { commit: sha, checks: 'none' }
        expect(await runs()).toMatchObject([{ ...isUnderWay, phase: 'checking', pushed }])
        expect([await rings(), failures()]).toEqual([[], []])
      },
    ))

  test('that wants to hear nothing for a while is in the status, until it is over', () =>
    onStage({}, async ({ github, polled, status }) => {
      await polled(2)
      const calm = { host: new URL(github.url).host, repositories: 1, limitedUntil: null }
      expect((await status()).github).toMatchObject([{ ...calm, wantedMs: 200 }])
      expect((await status()).github[0]!.everyMs).toBeGreaterThan(0)
      const seen: Array<Awaited<ReturnType<typeof status>>['github'][number]> = []
      const isLimited = async () => {
        const [now] = (await status()).github
        if (now!.limitedUntil !== null) seen.push(now!)
        return now!.limitedUntil !== null
      }
      const before = Date.now()
      github.limits.secondary({ retryAfter: 2 })
      await until('it is in the status', isLimited)
      const { limitedUntil, says: words } = seen[0]!
      expect(words).toBe(`wants to hear nothing until ${limitedUntil}`)
      expect(Date.parse(limitedUntil!)).toBeGreaterThan(before)
      await until('it is over', async () => !(await isLimited()))
      await polled(1)
    }))

  test('with nothing new is asked a few things at each poll, and answers that nothing has changed', () =>
    onStage({ plan: held }, async (stage) => {
      const { repository, kim, mallory, github, polls, polled } = stage
      await atWork(stage)
      repository.issue({ by: mallory, labels: [ready] })
      const [blocker, blocked] = [repository.issue(), repository.issue()]
      blocked.blockBy(blocker)
      blocked.label(ready, { by: kim })
      await until('what has not changed is not asked about again', () => {
        const last = github.requests.slice(-24)
        const isAbout = last.slice(-8).some(({ path }) => path.includes('/events'))
        return !isAbout && last.every(({ isNotModified }) => isNotModified)
      })
      const [from, before] = [github.requests.length, polls()]
      await polled(10)
      const asked = github.requests.slice(from)
      expect(asked.filter(({ isNotModified }) => !isNotModified)).toEqual([])
      // The issues that a run is at, and nothing of those that cannot start meanwhile.
      expect(asked.length).toBeLessThanOrEqual(polls() - before + 1)
    }))
})
