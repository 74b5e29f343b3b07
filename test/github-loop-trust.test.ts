/** Whose word starts a run on GitHub, about which text, and what an issue waits for. */
import { describe, expect, test } from 'vitest'

import type { IssueHandle } from './github/issue-handle.ts'
import type { RepositoryHandle } from './github/repository.ts'
import type { SeenRun } from './github-loop-asking.ts'
import type { Commit } from './github-loop-ground.ts'
import { onStage, type Stage } from './github-loop-stage.ts'
import { until } from './until.ts'

const ready = 'ready-for-agent'

const green = ({ sha }: Commit, _: number, repository: RepositoryHandle) =>
  repository.checkRun(sha, { name: 'test' }).finish('success')

/** It has looked, more than once, and has started, said and written nothing. */
async function expectUntouched({ polled, runs, rings, github, ground }: Stage) {
  await polled(3)
  expect([await runs(), await rings(), ground.prompts()]).toEqual([[], [], []])
  const writes = github.requests.filter(
    ({ method, path }) => method !== 'GET' && path !== '/graphql',
  )
  expect(writes).toEqual([])
}

/** The fix of its red commit was refused. */
function expectRefused(run: SeenRun, { commits }: Stage) {
  expect(commits()).toHaveLength(1)
  const commit = commits()[0]!.sha
  const verdict = { kind: 'needs-human', cause: 'dispatch-failed', commit }
  expect(run).toMatchObject({ phase: 'needs-human', verdict })
  expect(run.verdict!.detail).toContain('its text was changed')
}

/** In one comment, whatever was said before. */
function expectTold({ record }: IssueHandle, { labels, says }: { labels: string[]; says: string }) {
  expect(record.labels.map(({ name }) => name)).toEqual(labels)
  expect(record.comments.map(({ body }) => body)).toEqual([expect.stringContaining(says)])
}

describe.concurrent('an issue on GitHub', () => {
  test('labelled by its template is not started, and it is told who may not write', () =>
    onStage({}, async (stage) => {
      const { repository, mallory, why } = stage
      repository.issue({ by: mallory, labels: [ready] })
      await expectUntouched(stage)
      expect(await why(1)).toBe('mallory, who labelled it ready, has no write access')
    }))

  test('edited by its author after a maintainer has labelled it is not started', () =>
    onStage({}, async (stage) => {
      const { repository, mallory, kim, why } = stage
      const issue = repository.issue({ body: 'Mend the door.', by: mallory })
      issue.label(ready, { by: kim })
      issue.rewrite('Open the door to everybody.', { by: mallory })
      await expectUntouched(stage)
      expect(await why(1)).toMatch(/its text was (?:changed|edited)/)
    }))

  test('edited by its author after the start reaches no agent, until somebody who may write has labelled it again', () => {
    const text = 'Open the door to everybody.'
    const issues: IssueHandle[] = []
    const landed = (commit: Commit, nth: number, repository: RepositoryHandle) => {
      if (nth > 1) return green(commit, nth, repository)
      const [issue] = issues
      issue!.rewrite(text, { by: issue!.record.author!.user })
      repository.checkRun(commit.sha, { name: 'test' }).finish('failure')
    }
    return onStage(
      { plan: [[{ push: 'broken' }], [{ push: 'opened' }]], landed },
      async (stage) => {
        const { repository, mallory, kim, over, runs, ground, rings } = stage
        const issue = repository.issue({ body: 'Mend the door.', by: mallory })
        issues.push(issue)
        issue.label(ready, { by: kim })
        expectRefused(await over(), stage)
        expect(ground.prompts()).toHaveLength(1)
        expect(ground.prompts().join()).not.toContain(text)
        expectTold(issue, {
          labels: ['ready-for-human'],
          says: '**needs a human** (dispatch-failed)',
        })

        issue.label(ready, { by: kim })
        await until('it is worked on anew', async () => (await runs()).length > 1)
        expect(await over()).toMatchObject({ phase: 'done' })
        expect(ground.prompts()[0]).toContain(text)
        expectTold(issue, { labels: [], says: '**done**' })
        expect((await rings()).map(({ kind }) => kind)).toEqual(['done', 'needs-human'])
      },
    )
  })

  test('blocked by an open issue is started once that is closed', () =>
    onStage({ plan: [[{ push: 'fixed' }]], landed: green }, async (stage) => {
      const { repository, kim, why, over } = stage
      const [blocker, issue] = [repository.issue({ by: kim }), repository.issue({ by: kim })]
      issue.blockBy(blocker, { by: kim })
      issue.label(ready, { by: kim })
      await expectUntouched(stage)
      expect(await why(2)).toBe('blocked by #1')
      blocker.close({ by: kim })
      expect(await over()).toMatchObject({ phase: 'done', issueRef: 'infra#2' })
      expect(issue.record.state).toBe('closed')
    }))
})
