/**
 * The headline of T3 Code as executor, for any ntfy: an issue goes red, is mended in the same thread, lands and rings
 * with the thread's page; and a question that is answered in its thread goes on there, lands, and rings for itself.
 */
import { expect } from 'vitest'

import type { RepositoryHandle } from './github/repository.ts'
import type { Commit } from './github-loop-ground.ts'
import type { StageOptions } from './github-loop-stage.ts'
import { onT3Stage, pageOf, type T3Stage } from './t3-loop-stage.ts'
import type { LoopTurn } from './t3-loop-agent.ts'
import { until } from './until.ts'

type Phone = Pick<StageOptions, 'phone'>

export const ready = 'ready-for-agent'

export const green = ({ sha }: Commit, _: number, repository: RepositoryHandle) =>
  repository.checkRun(sha, { name: 'test' }).finish('success')

const redAtFirst = (commit: Commit, nth: number, repository: RepositoryHandle) => {
  if (nth > 1) green(commit, nth, repository)
  else
    repository
      .workflowRun(commit.sha, { jobs: ['test'] })
      .job('test')
      .finish('failure', why)
}

const why = 'AssertionError: expected broken to be fixed'

/** From the label over a red commit to the ring. */
export function mended(phone: Phone): Promise<void> {
  const turns = [(turn: LoopTurn) => turn.push('broken'), (turn: LoopTurn) => turn.push('fixed')]
  return onT3Stage({ turns, landed: redAtFirst, ...phone }, async (stage) => {
    const { repository, kim, over, commits, began, t3 } = stage
    repository
      .issue({ title: 'Mend it', body: 'work.txt is broken.', by: kim })
      .label(ready, { by: kim })
    const run = await over()
    const [red, fix] = commits()
    expect(run).toMatchObject({ phase: 'done', verdict: { commit: fix!.sha } })
    expect(run.budget).toMatchObject({ attempts: { used: 1 }, losses: 0 })

    // One project, one thread, and both turns in it.
    expect(t3.commands().map(({ command }) => command.type)).toEqual([
      'project.create',
      'thread.create',
      'thread.turn.start',
      'thread.turn.start',
    ])
    expect(began.map(({ threadId }) => threadId)).toEqual([run.threadId, run.threadId])
    expect(began[0]!.prompt).toContain('# Mend it\n\nwork.txt is broken.')
    expect(began[1]!.prompt).toContain(`The checks of the commit ${red!.sha}`)
    expect(began[1]!.prompt).toContain(why)
    expect(repository.record.issues.get(1)).toMatchObject({ state: 'closed', labels: [] })

    const page = pageOf(stage, run.threadId)
    await expectRung(stage, [['done', page]])
    expect(await stage.phone.poll(stage.topic)).toMatchObject([
      { title: '[DONE] infra#1 landed', message: expect.stringContaining(`Thread: ${page}`) },
    ])
  })
}

/** A question that is answered where it was asked. */
export function answered(phone: Phone): Promise<void> {
  const turns = [
    async (turn: LoopTurn) => {
      const { [question.id]: db } = await turn.askQuestion([question])
      await turn.push(`stored in ${String(db)}`)
    },
  ]
  return onT3Stage({ turns, landed: green, ...phone }, async (stage) => {
    const { repository, kim, over, t3, began, commits, phone: heard, topic } = stage
    const issue = repository.issue({ title: 'Store it', by: kim })
    issue.label(ready, { by: kim })
    const asked = await over()
    const detail = 'Which db? (pg / sqlite)'
    expect(asked).toMatchObject({ verdict: { kind: 'needs-human', cause: 'question', detail } })
    const page = pageOf(stage, asked.threadId)
    await expectRung(stage, [['needs-human', page]])
    expect((await heard.poll(topic))[0]!.message).toContain(detail)
    // It waits there, for whoever taps the ring.
    const [thread] = t3.turns(asked.threadId)
    expect([thread!.state, began[0]!.signal.aborted]).toEqual(['running', false])

    t3.people.answer(asked.threadId, { [question.id]: 'pg' })
    const landed = await continued(stage, asked.id)
    expect(landed).toMatchObject({ phase: 'done', threadId: asked.threadId })
    expect(landed.verdict!.commit).toBe(commits()[0]!.sha)
    await expectRung(stage, [
      ['needs-human', page],
      ['done', page],
    ])
    expect([began.length, issue.record.state]).toEqual([1, 'closed'])
    const types = t3.commands().map(({ command }) => command.type)
    expect(types.filter((type) => type === 'thread.turn.start')).toHaveLength(1)
  })
}

const question = {
  id: 'Which db?',
  header: 'DB',
  question: 'Which db?',
  options: [
    { label: 'pg', description: 'Postgres' },
    { label: 'sqlite', description: 'SQLite' },
  ],
  multiSelect: false,
}

/** The run that goes on from this one, once it has ended. */
export async function continued({ runs, over }: T3Stage, before: string) {
  await until('it goes on', async () => (await runs())[0]!.continues === before)
  return over()
}

/** What rang, on the phone and in the store, oldest first: each once, with its link. */
export async function expectRung(
  { phone, topic, rings }: T3Stage,
  rung: ReadonlyArray<readonly [kind: string, link: string]>,
) {
  await until('the phone has rung', async () => (await phone.poll(topic)).length >= rung.length)
  expect((await phone.poll(topic)).map(({ click }) => click)).toEqual(rung.map(([, link]) => link))
  const all = (await rings()).toReversed()
  expect(all.map(({ kind, link }) => [kind, link])).toEqual(rung)
}
