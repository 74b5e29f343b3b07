/**
 * The headline with pull requests, for any ntfy: labelled, worked on, offered by AFK, red, fixed forward, green, rung
 * for a person, merged by them, judged anew, closed, and rung once more.
 */
import { expect } from 'vitest'

import {
  expectClosed,
  finish,
  judging,
  marked,
  mergesAsked,
  page,
  pullsOf,
  rung,
  runsAre,
} from './github-loop-pulls.ts'
import { onStage, type Stage, type StageOptions } from './github-loop-stage.ts'
import { until } from './until.ts'

/** From the label to the second ring. */
export function pullHeadline(phone: Pick<StageOptions, 'phone'>): Promise<void> {
  const options = {
    plan: [[{ push: 'broken' }], [{ push: 'fixed' }]],
    merges: 'human',
    offered: judging('failure', 'success'),
    landed: judging('nothing yet'),
    ...phone,
  } as const
  return onStage(options, async (stage) => {
    const { repository, kim, commits, offers, runs, over } = stage
    marked(stage)
    const first = await over(90_000)
    const [broken, fixed] = offers()
    const verdict = { kind: 'needs-human', cause: 'review', commit: fixed!.sha }
    expect(first).toMatchObject({ phase: 'needs-human', verdict })
    expect(first.budget.attempts.used).toBe(1)
    expectOffered(stage, broken!.sha)
    await expectReview(stage)
    expect(repository.record.issues.get(1)).toMatchObject({
      state: 'open',
      labels: [{ name: 'ready-for-human' }],
    })

    const merged = repository.pullAt(2).merge({ by: kim })
    await runsAre(stage, 2)
    await until('the merge commit was looked at', () => isAsked(stage, merged), 60_000)
    expect(commits().map(({ sha }) => sha)).toEqual([merged])
    expect((await runs())[0]).toMatchObject({ endedAt: null, pushed: { commit: merged } })
    finish(repository, merged)
    const done = { kind: 'done', commit: merged, passed: ['test'] }
    expect(await over(90_000)).toMatchObject({
      phase: 'done',
      by: 'whoever merged #2',
      verdict: done,
    })
    await expectDone(stage, merged)
    expectClosed(stage, `**done** at \`${merged}\`: \`test\` passed`)
    expect([mergesAsked(stage), stage.ground.prompts().length]).toEqual([0, 2])
  })
}

function isAsked({ github }: Stage, sha: string): boolean {
  return github.requests.some(({ path }) => path.includes(`/commits/${sha}/check-runs`))
}

/** Once, by AFK, as text that closes nothing; the agent was told to push to its own branch, and what was red. */
function expectOffered(stage: Stage, broken: string) {
  const [pull, ...more] = pullsOf(stage)
  expect(more).toEqual([])
  expect(pull).toMatchObject({ title: '#1 Mend it', state: 'open', base: 'main' })
  expect(pull!.author!.user).toBe(stage.bot)
  expect(pull!.body).toMatch(/^Refs #1\n\nAFK-Run: run_/)
  const [first, fix] = stage.ground.prompts()
  expect(first).toContain(`git push origin HEAD:${pull!.head}\`), never to main`)
  expect(fix).toContain(`The checks of the commit ${broken},\nwhich has your work in it, are red.`)
}

async function expectReview(stage: Stage) {
  const [ring] = await rung(stage, 1)
  expect(ring).toMatchObject({
    title: '[NEEDS-HUMAN] infra#1 needs a human',
    click: `${page}/pull/2`,
    priority: 4,
  })
  const [what, where, , next] = ring!.message.split('\n')
  expect(what).toBe('Its pull request needs you: it is green: read it, and merge it')
  expect(where).toBe(`pull request #2 ${page}/pull/2; 1 fix-forward turn`)
  expect(next).toMatch(/^Next: merge it/)
}

async function expectDone(stage: Stage, merged: string) {
  const [, ring] = await rung(stage, 2)
  expect(ring).toMatchObject({ title: '[DONE] infra#1 landed', priority: 2 })
  expect(ring!.message.split('\n').slice(0, 3)).toEqual([
    `commit ${merged.slice(0, 12)} ${page}/commit/${merged}`,
    'green: test',
    expect.stringContaining(`pull request #2 ${page}/pull/2`),
  ])
}
