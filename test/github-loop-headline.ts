/**
 * The headline, for any ntfy: labelled, worked on, pushed, red, fixed forward, green, closed, and rung once.
 *
 * The agent waits until its issue is told of it. The fix’s checks are still running when they are first looked at, and
 * are well once they were seen so.
 */
import { expect } from 'vitest'

import type { RepositoryHandle } from './github/repository.ts'
import type { WorkflowRunHandle } from './github/workflows.ts'
import { expectEndTold, expectRedTold, expectStartTold } from './github-loop-comment.ts'
import { onStage, type Stage, type StageOptions } from './github-loop-stage.ts'
import { threads } from './github-loop-node.ts'
import { until } from './until.ts'

const log = Array.from({ length: 400 }, (_, at) => `line ${at + 1} of the log`).join('\n')
const why = 'AssertionError: expected broken to be fixed'

/** From the label to the ring. */
export function headline(phone: Pick<StageOptions, 'phone'>): Promise<void> {
  const checks: WorkflowRunHandle[] = []
  const landed = (commit: { sha: string }, nth: number, repository: RepositoryHandle) => {
    const run = repository.workflowRun(commit.sha, { jobs: ['test', 'lint'] })
    run.job('lint').finish('success')
    if (nth === 1) run.job('test').finish('failure', `${log}\n${why}\n`)
    else run.job('test').start()
    checks.push(run)
  }
  const plan = [[{ waitFor: 'let-go' }, { push: 'broken' }], [{ push: 'fixed' }]] as const
  return onStage({ plan, landed, required: ['test', 'lint'], ...phone }, async (stage) => {
    const { repository, kim, mallory, ground, commits, over } = stage
    const issue = repository.issue({ title: 'Mend it', body: 'work.txt is broken.', by: mallory })
    issue.label('ready-for-agent', { by: kim })
    await ground.pid(1)
    await expectStartTold(stage)
    ground.letGo()
    await until('the fix has landed', () => commits().length === 2)
    const [, fix] = commits()
    const isSeen = () => asked(stage, `/commits/${fix!.sha}/check-runs`) > 0
    await until('its checks were seen while they ran', isSeen)
    await until('it waits for CI alone', async () => {
      const [run] = await stage.runs()
      return run!.phase === 'checking'
    })
    const failed = checks[0]!.job('test').id
    await expectRedTold(stage, failed)
    checks[1]!.job('test').finish('success')

    const run = await over()
    expectPrompts(stage, failed)
    const verdict = { kind: 'done', commit: fix!.sha, passed: ['lint', 'test'] }
    expect(run).toMatchObject({ phase: 'done', issueRef: 'infra#1', by: 'loop', verdict })
    expect(run.budget.attempts.used).toBe(1)
    const url = 'https://github.example/octo/infra/issues/1'
    expect(run.issue).toMatchObject({ number: 1, title: 'Mend it', url })
    expectIssue(stage)
    await expectEndTold(stage, failed)
    await expectRung(stage, { fix: fix!.sha, url, thread: run.threadId })
  })
}

function asked({ github }: Stage, part: string): number {
  return github.requests.filter(({ path, status }) => path.includes(part) && status === 200).length
}

/** The second turn was told what is red, where, and the end of why. */
function expectPrompts({ ground, commits }: Stage, job: number) {
  const [first, fix, ...more] = ground.prompts()
  expect(more).toEqual([])
  expect(first).toContain('# Mend it\n\nwork.txt is broken.')
  expect(fix).toContain(
    `The checks of the commit ${commits()[0]!.sha},\nwhich has your work in it, are red.`,
  )
  expect(fix).toMatch(new RegExp(`^test: http.*/octo/infra/.*${job}$`, 'm'))
  expect(fix).not.toMatch(/^lint/m)
  expect(fix).toContain(`line 400 of the log\n${why}\n`)
  expect(fix).not.toContain('line 200 of the log')
  expect(fix).toContain('corrective turn 1 of 5')
}

/** Closed as completed by us, with one comment of ours and no label of ours. */
function expectIssue({ repository, bot }: Stage) {
  const issue = repository.record.issues.get(1)!
  expect(issue).toMatchObject({ state: 'closed', stateReason: 'completed', closedBy: bot })
  expect(issue.labels).toEqual([])
  const labelled = issue.events.flatMap(({ name, actor, more }) =>
    more.kind === 'label' ? [`${actor?.user.login} ${name} ${more.label.name}`] : [],
  )
  expect(labelled).toEqual([
    'kim labeled ready-for-agent',
    'afk-bot labeled agent-in-progress',
    'afk-bot unlabeled ready-for-agent',
    'afk-bot unlabeled agent-in-progress',
  ])
  expect(issue.comments).toHaveLength(1)
  expect(issue.comments[0]!.author?.user).toBe(bot)
}

type Rung = { readonly fix: string; readonly url: string; readonly thread: string }

/** Once, on the phone and in the store. */
async function expectRung({ phone, topic, rings }: Stage, { fix, url, thread }: Rung) {
  const link = `${threads}/?thread=${thread}`
  const commit = `commit ${fix.slice(0, 12)} https://github.example/octo/infra/commit/${fix}`
  const body = `${commit}\ngreen: lint, test\n1 fix-forward turn\nThread: ${link}`
  const title = '[DONE] infra#1 landed'
  await until('the phone has rung', async () => (await phone.poll(topic)).length > 0)
  expect(await phone.poll(topic)).toMatchObject([
    { title, message: body, click: link, priority: 2 },
  ])
  const all = await rings()
  expect(all).toMatchObject([
    { kind: 'done', issueRef: 'infra#1', title, body, link, source: 'loop' },
  ])
  expect(all[0]!.issue).toMatchObject({ number: 1, title: 'Mend it', url })
}
