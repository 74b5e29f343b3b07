/** The loop on GitHub with pull requests: AFK opens them, a person or AFK merges them, and only what has landed is done. */
import { describe, expect, test } from 'vitest'

import { pullHeadline } from './github-loop-pull-headline.ts'
import {
  expectClosed,
  finish,
  judging,
  marked,
  mergesAsked,
  page,
  pullsOf,
  rung,
} from './github-loop-pulls.ts'
import { onStage } from './github-loop-stage.ts'
import { until } from './until.ts'

const works = [[{ push: 'fixed' }]] as const
const green = judging('success')
/** Each has a node, git and agents of its own, and they play at once. */
const patienceMs = 90_000
const merge = { at: /^PUT .*\/merge$/ }

describe.concurrent('an issue whose pull request', { timeout: 3 * patienceMs }, () => {
  test('a person merges rings for a review with its link, and once more when the merge commit is green', () =>
    pullHeadline({}))

  test('AFK merges is merged at the head that was judged, and is done by the merge commit', () =>
    onStage(
      { plan: works, merges: 'auto', offered: green, landed: judging('nothing yet') },
      async (stage) => {
        const { repository, commits, offers, runs, rings, over } = stage
        marked(stage)
        await until('it is merged', () => commits().length === 1, patienceMs)
        const [head, merged] = [offers()[0]!, commits()[0]!]
        expect(merged.parents[1]).toBe(head.sha)
        const [asked] = stage.github.requests.filter(({ path }) => path.endsWith('/merge'))
        expect(JSON.parse(asked!.body)).toEqual({ sha: head.sha, merge_method: 'merge' })
        expect([await runs(), await rings()]).toMatchObject([[{ endedAt: null }], []])
        finish(repository, merged.sha)
        const verdict = { kind: 'done', commit: merged.sha, passed: ['test'] }
        expect(await over(patienceMs)).toMatchObject({ phase: 'done', verdict })
        const [ring] = await rung(stage, 1)
        expect(ring!.message).toContain(`commit ${merged.sha.slice(0, 12)} ${page}/commit/`)
        expect(ring!.message).toContain(`green: test\npull request #2 ${page}/pull/2`)
        expectClosed(stage, `**done** at \`${merged.sha}\`: \`test\` passed`)
        expect(mergesAsked(stage)).toBe(1)
      },
    ))

  test('must be reviewed is left to a person, with what GitHub says', () =>
    onStage({ plan: works, merges: 'auto', offered: green }, async (stage) => {
      stage.repository.requireReview('main')
      marked(stage)
      const says = 'At least 1 approving review is required by reviewers with write access.'
      const verdict = { kind: 'needs-human', cause: 'review' }
      const run = await stage.over(patienceMs)
      expect(run).toMatchObject({ phase: 'needs-human', verdict })
      expect(run.verdict!.detail).toContain(says)
      const [ring] = await rung(stage, 1)
      expect(ring).toMatchObject({ click: `${page}/pull/2`, priority: 4 })
      expect(ring!.message).toContain(says)
      expect([mergesAsked(stage), stage.commits()]).toEqual([1, []])
    }))

  test('a person closes without a merge needs them, and is not opened again', () =>
    onStage({ plan: works, merges: 'auto', offered: judging('nothing yet') }, async (stage) => {
      marked(stage)
      await until('it is open', () => pullsOf(stage).length === 1, patienceMs)
      stage.repository.pullAt(2).close({ by: stage.kim })
      const verdict = { kind: 'needs-human', cause: 'review' }
      const run = await stage.over(patienceMs)
      expect(run).toMatchObject({ phase: 'needs-human', verdict })
      expect(run.verdict!.detail).toContain('closed without a merge')
      expect((await rung(stage, 1))[0]!.click).toBe(`${page}/pull/2`)
      expect(pullsOf(stage)).toHaveLength(1)
    }))

  test('is pushed to between green and the merge is not merged at its old head, but judged anew', () => {
    const offered = judging('success', 'nothing yet')
    return onStage({ plan: works, merges: 'auto', offered, landed: green }, async (stage) => {
      const { github, ground, repository, commits, offers, over } = stage
      github.meanwhile(() => ground.pushUpon(pullsOf(stage)[0]!.head), merge)
      marked(stage)
      const isNew = ({ path }: { path: string }) =>
        path.includes(`/commits/${offers()[1]?.sha}/check`)
      await until('its new head was looked at', () => github.requests.some(isNew), patienceMs)
      const [old, head] = offers()
      expect(mergesAsked(stage)).toBe(1)
      expect(commits()).toEqual([])
      finish(repository, head!.sha)
      const run = await over(patienceMs)
      expect(run).toMatchObject({ phase: 'done' })
      expect(commits()[0]!.parents).toEqual([expect.not.stringMatching(old!.sha), head!.sha])
      await rung(stage, 1)
    })
  })

  test('turns red by being merged is mended by a second pull request, which is merged, too', () => {
    const plan = [[{ push: 'broken' }], [{ push: 'fixed' }]] as const
    const landed = judging('failure', 'success')
    return onStage({ plan, merges: 'auto', offered: green, landed }, async (stage) => {
      marked(stage)
      const run = await stage.over(patienceMs)
      const [first, second] = stage.commits()
      const verdict = { kind: 'done', commit: second!.sha, passed: ['test'] }
      expect(run).toMatchObject({ phase: 'done', verdict })
      expect(run.budget.attempts.used).toBe(1)
      expect(stage.ground.prompts()[1]).toContain(
        `the commit ${first!.sha},\nwhich has your work in it, are red`,
      )
      expect(pullsOf(stage)).toMatchObject([
        { number: 2, mergeCommit: first!.sha },
        { number: 3, mergeCommit: second!.sha },
      ])
      expect((await rung(stage, 1))[0]!.message).toContain('pull request #3')
      expectClosed(stage, `**done** at \`${second!.sha}\`: \`test\` passed`)
    })
  })

  test('may only be squashed is judged by the newest squash, whether or not that says whose it is', () => {
    const plan = [[{ push: 'broken' }], [{ push: 'fixed' }]] as const
    const landed: typeof green = (commit, nth, repository) => {
      // The first says it, in its commits' own words.
      repository.squashAs('Mended.')
      judging('failure', 'success')(commit, nth, repository)
    }
    return onStage({ plan, merges: 'auto', offered: green, landed }, async (stage) => {
      stage.repository.mergeBy('squash')
      marked(stage)
      const run = await stage.over(patienceMs)
      const [first, second, ...more] = stage.commits()
      expect([first!.parents.length, second!.parents, more]).toEqual([1, [first!.sha], []])
      expect([first, second].map((each) => /^AFK-Run: /m.test(each!.message))).toEqual([
        true,
        false,
      ])
      expect(run).toMatchObject({ phase: 'done', verdict: { commit: second!.sha } })
      await rung(stage, 1)
    })
  })

  test.each(['hang, done', 'hang'] as const)(
    'was being merged when its node went down is merged once: %s',
    (how) =>
      onStage({ plan: works, merges: 'auto', offered: green, landed: green }, async (stage) => {
        const { github, commits, over, restart, runs } = stage
        github.fail(how, merge)
        marked(stage)
        await until('it was asked to merge', () => mergesAsked(stage) === 1, patienceMs)
        expect(await runs()).toMatchObject([{ endedAt: null, pushed: { checks: 'green' } }])
        await restart()
        expect(await over(patienceMs)).toMatchObject({ phase: 'done' })
        expect(commits()).toHaveLength(1)
        expect(mergesAsked(stage)).toBe(how === 'hang' ? 2 : 1)
        await rung(stage, 1)
      }),
  )
})
