/** What is renamed, moved, deleted or run again on GitHub in the middle of a run. */
import { describe, expect, test } from 'vitest'

import { processes } from '../src/executors/command/processes.ts'
import type { CheckRunHandle } from './github/checks.ts'
import type { RepositoryHandle } from './github/repository.ts'
import type { WorkflowRunHandle } from './github/workflows.ts'
import { onStage, type Stage } from './github-loop-stage.ts'
import { until } from './until.ts'

const ready = 'ready-for-agent'
const waits = [[{ waitFor: 'let-go' }]] as const
const held = [[{ waitFor: 'let-go' }, { push: 'fixed' }]] as const

const green = ({ sha }: { sha: string }, _: number, repository: RepositoryHandle) =>
  repository.checkRun(sha, { name: 'test' }).finish('success')

/** A run whose agent works, of an issue that is marked. */
async function atWork({ repository, kim, ground, runs }: Stage) {
  const issue = repository.issue({ by: kim })
  issue.label(ready, { by: kim })
  const agent = await ground.pid(1)
  await until('the issue is marked', async () => {
    const [run] = await runs()
    return run!.chores.every(({ state }) => state === 'done')
  })
  return { issue, agent }
}

/** Nobody was rung, and nothing of the agent is left. */
async function expectWithdrawn({ over, rings }: Stage, by: string, agent: number) {
  const verdict = { kind: 'withdrawn', withdrawnBy: by }
  expect(await over()).toMatchObject({ phase: 'withdrawn', verdict })
  const alive = (await processes()).filter(({ pid, isDead }) => pid === agent && !isDead)
  expect([alive, await rings()]).toEqual([[], []])
}

const isUnderWay = { endedAt: null, verdict: null }

describe.concurrent('a run whose repository', () => {
  test.each([
    ['is renamed', 'octo/platform', ({ repository }: Stage) => repository.rename('platform')],
    [
      'is transferred',
      'acme/infra',
      ({ repository, world }: Stage) => repository.transfer(world.user('acme')),
    ],
  ])('%s goes on to its end, and the new name is told once', (_, name, move) =>
    onStage({ plan: held, landed: green }, async (stage) => {
      const { issue } = await atWork(stage)
      move(stage)
      await stage.polled(3)
      stage.ground.letGo()
      expect(await stage.over()).toMatchObject({ phase: 'done' })
      expect(issue.record).toMatchObject({ state: 'closed', comments: [{}], labels: [] })
      expect(stage.faults()).toEqual([`octo/infra: is called ${name} now: correct tracker.repo`])
      expect(stage.failures()).toEqual([])
    }),
  )

  test('loses its landing branch while CI is at work is not judged until that is there again', () => {
    const checks: CheckRunHandle[] = []
    const landed = ({ sha }: { sha: string }, _: number, repository: RepositoryHandle) =>
      void checks.push(repository.checkRun(sha, { name: 'test' }))
    return onStage({ plan: [[{ push: 'fixed' }]], landed }, async (stage) => {
      const { repository, kim, ground, runs, rings, commits, failures, polled, over } = stage
      repository.issue({ by: kim }).label(ready, { by: kim })
      await until('its commit is checked', async () => (await runs())[0]?.phase === 'checking')
      const putBack = await ground.deleteMain()
      repository.removeBranch('main')
      checks[0]!.finish('success')
      const missing = /has no branch main; push it, or correct landing\.branch$/
      await until('it is told', () => failures().some((each) => missing.test(each)))
      await polled(10)
      expect([await runs(), await rings()]).toMatchObject([[isUnderWay], []])
      await putBack()
      repository.move('main', commits()[0]!.sha)
      const verdict = { kind: 'done', commit: commits()[0]!.sha }
      expect(await over()).toMatchObject({ phase: 'done', verdict })
      expect(failures().filter((each) => missing.test(each))).toHaveLength(1)
    })
  })
})

describe.concurrent('a run whose issue', () => {
  test.each([
    ['is deleted', (issue: Awaited<ReturnType<typeof atWork>>['issue']) => issue.remove()],
    [
      'is transferred to another repository',
      (issue: Awaited<ReturnType<typeof atWork>>['issue'], { world }: Stage) =>
        issue.transfer(world.repository('octo/other')),
    ],
  ])('%s is withdrawn, and nothing is written to where it went', (_, go) =>
    onStage({ plan: waits }, async (stage) => {
      const { issue, agent } = await atWork(stage)
      const comments = [...issue.record.comments]
      go(issue, stage)
      await expectWithdrawn(stage, 'whoever removed the issue', agent)
      const there = stage.world.repository('octo/other').record.issues.get(1)
      expect([issue.record.comments, there?.comments ?? comments]).toEqual([comments, comments])
      // A write that was on its way when it went comes nowhere.
      for (const problem of stage.github.takeProblems())
        expect(problem).toMatch(/^no endpoint POST \S+\/issues\/\d+$/)
    }),
  )

  test('is missing from one listing after the other is read by itself, and goes on', () =>
    onStage({ plan: held, landed: green }, async (stage) => {
      const { github, polled, ground, runs, over } = stage
      await atWork(stage)
      const nothing = { status: 200, headers: { 'content-type': 'application/json' }, text: '[]' }
      github.fail(nothing, { at: /labels=agent-in-progress/, times: 10 })
      await until('it was missing ten times', () => {
        return github.requests.filter(({ fault }) => fault === nothing).length === 10
      })
      await polled(1)
      expect(await runs()).toMatchObject([isUnderWay])
      ground.letGo()
      expect(await over()).toMatchObject({ phase: 'done' })
    }))

  test('loses our label because that is deleted from the repository is withdrawn', () =>
    onStage({ plan: waits }, async (stage) => {
      const { agent } = await atWork(stage)
      stage.repository.removeLabel('agent-in-progress')
      await expectWithdrawn(stage, 'whoever took the label away', agent)
    }))

  test('is done though every other label of ours is deleted from the repository', () =>
    onStage({ plan: held, landed: green }, async (stage) => {
      const { issue } = await atWork(stage)
      for (const name of [ready, 'ready-for-human']) stage.repository.removeLabel(name)
      await stage.polled(2)
      stage.ground.letGo()
      expect(await stage.over()).toMatchObject({ phase: 'done' })
      expect(issue.record).toMatchObject({ state: 'closed', labels: [] })
    }))
})

describe.concurrent('a re-run', () => {
  test('that turns a red commit green while the agent mends it is done when that turn is over, and not before', () => {
    const checks: WorkflowRunHandle[] = []
    const landed = ({ sha }: { sha: string }, _: number, repository: RepositoryHandle) => {
      const run = repository.workflowRun(sha)
      run.finish('failure', 'not ok\n')
      checks.push(run)
    }
    return onStage({ plan: [[{ push: 'flaky' }], ...waits], landed }, async (stage) => {
      const { repository, kim, ground, runs, rings, commits, polled, over } = stage
      repository.issue({ by: kim }).label(ready, { by: kim })
      await ground.pid(2)
      checks[0]!.rerun()
      checks[0]!.finish('success')
      await until('it is seen to be green', async () => {
        const [run] = await runs()
        return run!.pushed?.checks === 'green'
      })
      await polled(5)
      expect([await runs(), await rings()]).toMatchObject([[isUnderWay], []])
      ground.letGo()
      const run = await over()
      expect(run).toMatchObject({ phase: 'done', verdict: { commit: commits()[0]!.sha } })
      expect(run.budget.attempts.used).toBe(1)
      expect(await rings()).toMatchObject([{ kind: 'done' }])
    })
  })
})
