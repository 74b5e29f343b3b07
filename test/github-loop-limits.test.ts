/** GitHub that wants to hear less, whose clock is another one, or that refuses the token at the worst moment. */
import { describe, expect, test } from 'vitest'

import type { RepositoryHandle } from './github/repository.ts'
import { onStage, type Stage } from './github-loop-stage.ts'
import { until } from './until.ts'

const ready = 'ready-for-agent'
const held = [[{ waitFor: 'let-go' }, { push: 'fixed' }]] as const

const green = ({ sha }: { sha: string }, _: number, repository: RepositoryHandle) =>
  repository.checkRun(sha, { name: 'test' }).finish('success')

/** Red at first, then green. */
const mended = (commit: { sha: string }, nth: number, repository: RepositoryHandle) =>
  repository.checkRun(commit.sha, { name: 'test' }).finish(nth === 1 ? 'failure' : 'success')

const isUnderWay = { endedAt: null, verdict: null }

/** What was under way when GitHub said no may still come. */
const underWayMs = 500

/** For how long it hears nothing once it has said no. */
async function quietAfter({ github }: Stage, refuse: () => void): Promise<number> {
  const from = github.requests.length
  refuse()
  const said = () =>
    github.requests.slice(from).find(({ status }) => status === 403 || status === 429)
  const next = () => github.requests.find(({ at }) => at > (said()?.at ?? Infinity) + underWayMs)
  await until('it is asked again', () => next() !== undefined)
  return next()!.at - said()!.at
}

const anHourMs = 3_600_000

describe.concurrent('GitHub', () => {
  test.each([
    ['with a clock like ours', 0],
    ['an hour ahead of us', anHourMs],
    ['an hour behind us', -anHourMs],
  ])(
    '%s that limits us in the middle of a run is left alone for as long as it says',
    (_, aheadMs) =>
      onStage({ plan: held, landed: green, aheadMs }, async (stage) => {
        const { repository, kim, github, token, ground, runs, rings, failures, over } = stage
        repository.issue({ by: kim }).label(ready, { by: kim })
        await ground.pid(1)
        const secondary = () => github.limits.secondary({ status: 429, retryAfter: 2 })
        expect(await quietAfter(stage, secondary)).toBeGreaterThanOrEqual(2_000)
        const resetAt = Math.ceil(Date.now() / 1_000) * 1_000 + aheadMs + 2_000
        const primary = () => github.limits.exhaust(token, { resetAt })
        expect(await quietAfter(stage, primary)).toBeGreaterThanOrEqual(2_000)
        expect([await runs(), await rings()]).toMatchObject([[isUnderWay], []])
        ground.letGo()
        expect(await over()).toMatchObject({ phase: 'done' })
        const waits = failures().map((each) =>
          /^GitHub wants to hear nothing until (\S+)$/.exec(each),
        )
        expect(waits.length).toBeGreaterThanOrEqual(2)
        // By our clock, whatever GitHub's says.
        for (const wait of waits)
          expect(Math.abs(Date.parse(wait?.[1] ?? '') - Date.now())).toBeLessThan(60_000)
      }),
  )

  test.each([
    ['ahead of', anHourMs],
    ['behind', -anHourMs],
  ])(
    'an hour %s us: whose word an issue has, what is red and when it ended are as they are',
    (_, aheadMs) =>
      onStage(
        { plan: [[{ push: 'broken' }], [{ push: 'fixed' }]], landed: mended, aheadMs },
        async (stage) => {
          const { repository, kim, mallory, commits, over, rings, why, polled } = stage
          const edited = repository.issue({ by: mallory })
          edited.label(ready, { by: kim })
          edited.rewrite('Open the door to everybody.', { by: mallory })
          await polled(2)
          expect(await why(1)).toMatch(/its text was (?:changed|edited)/)
          const issue = repository.issue({ by: mallory })
          issue.rewrite('Mend the door, please.', { by: mallory })
          // GitHub tells instants to the second.
          const second = Math.floor(Date.now() / 1_000)
          await until('it was edited in another second', () => Date.now() >= (second + 1) * 1_000)
          issue.label(ready, { by: kim })
          const run = await over()
          const verdict = { kind: 'done', commit: commits()[1]!.sha }
          expect(run).toMatchObject({ phase: 'done', issueRef: 'infra#2', verdict })
          expect(run.budget.attempts.used).toBe(1)
          expect(Math.abs(Date.parse(run.endedAt!) - Date.now())).toBeLessThan(60_000)
          expect(await rings()).toMatchObject([{ kind: 'done' }])
        },
      ),
  )

  test('that refuses the token when a turn is brought leaves the turn waiting, until there is a new one', () => {
    const once: Array<() => void> = []
    const landed = (commit: { sha: string }, nth: number, repository: RepositoryHandle) => {
      if (nth === 1) once.forEach((refuse) => refuse())
      mended(commit, nth, repository)
    }
    const plan = [[{ push: 'broken' }], [{ push: 'fixed' }]] as const
    return onStage({ plan, landed }, async (stage) => {
      const { repository, kim, bot, world, github, ground, over, failures, reload } = stage
      const { runs, rings, commits } = stage
      const headers = { 'content-type': 'application/json' }
      const refusal = { status: 401, headers, text: '{"message":"Bad credentials"}' }
      // Nobody but who brings a fix reads the logs.
      once.push(() => github.fail(refusal, { at: /\/actions\/jobs\/\d+\/logs$/ }))
      repository.issue({ by: kim }).label(ready, { by: kim })
      await until('the fix could not be brought', async () => {
        const [run] = await runs()
        return run?.endedAt != null || (run?.unreachableSince != null && failures().length > 0)
      })
      expect(await runs()).toMatchObject([{ ...isUnderWay, turn: { state: 'asked', number: 2 } }])
      expect([await rings(), ground.prompts().length]).toEqual([[], 1])
      await reload(world.token(bot))
      expect(await over()).toMatchObject({ phase: 'done', verdict: { commit: commits()[1]!.sha } })
      expect(await rings()).toMatchObject([{ kind: 'done' }])
      const refused = 'GitHub refuses the token with 401: Bad credentials'
      expect(new Set(failures())).toEqual(new Set([refused]))
    })
  })
})
