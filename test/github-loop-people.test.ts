/** What people, and the agent's own commits, do on GitHub to the issue of a run under way. */
import { describe, expect, test } from 'vitest'

import { systemClock } from '../src/clock.ts'
import { processes } from '../src/executors/command/processes.ts'
import { githubClient } from '../src/github/client.ts'
import type { RepositoryHandle } from './github/repository.ts'
import { onStage, type Stage } from './github-loop-stage.ts'
import { until } from './until.ts'

const waits = [[{ waitFor: 'let-go' }]] as const

const green = ({ sha }: { sha: string }, _: number, repository: RepositoryHandle) =>
  repository.checkRun(sha, { name: 'test' }).finish('success')

/** A run whose agent works, and whose issue is marked. */
async function atWork({ repository, kim, runs, ground }: Stage) {
  const issue = repository.issue({ by: kim })
  issue.label('ready-for-agent', { by: kim })
  const agent = await ground.pid(1)
  await until('the issue is marked', async () => {
    const [run] = await runs()
    return run!.chores.some(({ kind, state }) => kind === 'mark-issue' && state === 'done')
  })
  return { issue, agent }
}

/** Nobody was rung, and nothing of the agent is left. */
async function expectWithdrawn({ over, rings, phone, topic }: Stage, by: string, agent: number) {
  const verdict = { kind: 'withdrawn', withdrawnBy: by }
  expect(await over()).toMatchObject({ phase: 'withdrawn', verdict })
  const alive = (await processes()).filter(({ pid, isDead }) => pid === agent && !isDead)
  expect([alive, await rings(), await phone.poll(topic)]).toEqual([[], [], []])
}

const namesOf = (labels: ReadonlyArray<{ name: string }>) => labels.map(({ name }) => name)

describe.concurrent('a run whose issue', () => {
  test('loses our label to a person is withdrawn: its agent is stopped, and nobody is rung', () =>
    onStage({ plan: waits }, async (stage) => {
      const { issue, agent } = await atWork(stage)
      issue.unlabel('agent-in-progress', { by: stage.kim })
      await expectWithdrawn(stage, 'whoever took the label away', agent)
      const { state, labels, comments } = issue.record
      expect([state, namesOf(labels)]).toEqual(['open', []])
      expect(comments).toMatchObject([{ body: expect.stringContaining('**withdrawn** by') }])
    }))

  test('is closed by a person is withdrawn by them, and stays closed as they closed it', () =>
    onStage({ plan: waits }, async (stage) => {
      const { issue, agent } = await atWork(stage)
      issue.close({ by: stage.kim, reason: 'not_planned' })
      await expectWithdrawn(stage, 'kim', agent)
      const { state, stateReason, closedBy, labels } = issue.record
      expect([state, stateReason, closedBy]).toEqual(['closed', 'not_planned', stage.kim])
      expect(namesOf(labels)).toEqual([])
    }))

  test('is closed by the agent’s own commit is judged on, and rings once it is green', () => {
    const plan = [[{ push: 'fixed', closes: true }, ...waits[0]]]
    return onStage({ plan, landed: green }, async (stage) => {
      const { polled, runs, ground, commits, over, rings } = stage
      const { issue } = await atWork(stage)
      await until('it is closed', () => issue.record.state === 'closed')
      await polled(3)
      expect(await runs()).toMatchObject([{ endedAt: null, turn: { state: 'running' } }])
      ground.letGo()
      const commit = commits()[0]!.sha
      expect(await over()).toMatchObject({ phase: 'done', verdict: { kind: 'done', commit } })
      expect(await rings()).toMatchObject([{ kind: 'done', issueRef: 'infra#1' }])
      const closed = issue.record.events.filter(({ name }) => name === 'closed')
      expect([closed, namesOf(issue.record.labels)]).toMatchObject([[{ commit }], []])
    })
  })
})

describe.concurrent('a GitHub that answers as it was a moment ago', () => {
  const headers = { 'content-type': 'application/json' }
  const plan = [[{ waitFor: 'mend' }, { push: 'fixed', closes: true }, ...waits[0]]] as const

  test('does not tell yet that a commit closed the issue: nobody withdrew it', () =>
    onStage({ plan, landed: green }, async (stage) => {
      const { github, ground, polled, over, failures } = stage
      const { issue } = await atWork(stage)
      const none = { status: 200, headers, text: '[]' }
      github.fail(none, { at: /^GET .*\/issues\/1\/events/, times: 2 })
      ground.letGo('mend')
      await until('it is closed', () => issue.record.state === 'closed')
      await until('that is told', () => failures().length > 0)
      expect(failures()).toEqual(['nothing says how #1 was closed'])
      await polled(3)
      ground.letGo()
      expect(await over()).toMatchObject({ phase: 'done' })
    }))

  test('shows the issue as it was before our label: nobody took that away', () =>
    onStage({ plan, landed: green }, async (stage) => {
      const { github, ground, polled, over, token } = stage
      await atWork(stage)
      const client = githubClient({ baseUrl: github.url, token: () => token, clock: systemClock })
      const now = await client.get('/repos/octo/infra/issues/1')
      await client.close()
      const text = JSON.stringify({ ...Object(now), labels: [] })
      github.fail({ status: 200, headers, text: '[]' }, { at: /labels=agent-in-progress/ })
      github.fail({ status: 200, headers, text }, { at: /^GET .*\/issues\/1$/ })
      await polled(3)
      for (const hold of ['mend', 'let-go'] as const) ground.letGo(hold)
      expect(await over()).toMatchObject({ phase: 'done' })
    }))
})
