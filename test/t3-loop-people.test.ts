/** What people do in T3's own window with the threads of the loop, and what the loop makes of threads of theirs. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { git } from '../src/git/git.ts'
import { continued, expectRung, green, ready } from './t3-loop-headline.ts'
import { type LoopTurn, waits } from './t3-loop-agent.ts'
import { onT3Stage, pageOf, type T3Stage } from './t3-loop-stage.ts'
import { until } from './until.ts'

/** An issue that may start. */
function labelled({ repository, kim }: T3Stage) {
  const issue = repository.issue({ title: 'Mend it', by: kim })
  issue.label(ready, { by: kim })
  return issue
}

const isAsking = ({ command }: { command: { type: string } }) =>
  command.type === 'thread.turn.start'

describe.concurrent('a person', () => {
  test('who writes into the thread of a run that failed has it go on, land, and ring anew', () => {
    const turns = [
      async (turn: LoopTurn) => turn.fail('no such thing'),
      (turn: LoopTurn) => turn.push('fixed'),
    ]
    return onT3Stage({ turns, landed: green }, async (stage) => {
      labelled(stage)
      const failed = await stage.over()
      const verdict = { kind: 'needs-human', cause: 'agent-error', detail: 'no such thing' }
      expect(failed).toMatchObject({ verdict })
      stage.t3.people.send(failed.threadId, 'It is there now: try again.')
      const landed = await continued(stage, failed.id)
      const by = 'a person, in its conversation'
      expect(landed).toMatchObject({ phase: 'done', threadId: failed.threadId, by })
      expect(stage.began[1]!.prompt).toBe('It is there now: try again.')
      const page = pageOf(stage, failed.threadId)
      await expectRung(stage, [
        ['needs-human', page],
        ['done', page],
      ])
      expect(stage.t3.commands().filter(isAsking)).toHaveLength(1)
    })
  })

  test('who archives the thread while its agent works withdraws the run, and is not rung', () =>
    onT3Stage({ turns: [waits] }, async (stage) => {
      const issue = labelled(stage)
      const { threadId } = await stage.begun(1)
      await until('it is seen to work', async () => (await stage.runs())[0]!.phase === 'working')
      stage.t3.people.archive(threadId)
      const withdrawnBy = 'a person who archived its thread'
      expect(await stage.over()).toMatchObject({ verdict: { kind: 'withdrawn', withdrawnBy } })
      expect([await stage.rings(), issue.record.state]).toEqual([[], 'open'])
      expect(stage.began[0]!.signal.aborted).toBe(true)
    }))

  test('is asked for a permission with what the agent wants to do, and its allowing goes on', () => {
    const turns = [
      async (turn: LoopTurn) => {
        if ((await turn.askApproval('Bash: git push')) === 'accept') await turn.push('allowed')
      },
    ]
    return onT3Stage({ turns, landed: green }, async (stage) => {
      labelled(stage)
      const asked = await stage.over()
      const verdict = { kind: 'needs-human', cause: 'permission', detail: 'Bash: git push' }
      expect(asked).toMatchObject({ verdict })
      stage.t3.people.answer(asked.threadId, 'accept')
      expect(await continued(stage, asked.id)).toMatchObject({ phase: 'done' })
      const page = pageOf(stage, asked.threadId)
      await expectRung(stage, [
        ['needs-human', page],
        ['done', page],
      ])
    })
  })
})

test('a usage limit that only the agent’s words tell of pauses a run, which goes on in its thread', () => {
  const turns = [
    async (turn: LoopTurn) =>
      turn.limitReached(`Claude AI usage limit reached|${Math.ceil(Date.now() / 1000) + 4}`),
    (turn: LoopTurn) => turn.push('fixed'),
  ]
  return onT3Stage({ turns, landed: green }, async (stage) => {
    labelled(stage)
    const phase = async () => (await stage.runs())[0]?.phase
    await until('it is paused', async () => (await phase()) === 'paused-for-limit')
    expect(await stage.rings()).toEqual([])
    const run = await stage.over()
    expect(run).toMatchObject({ phase: 'done', budget: { attempts: { used: 0 }, losses: 0 } })
    expect(stage.began.map(({ threadId }) => threadId)).toEqual([run.threadId, run.threadId])
  })
})

describe.concurrent('a thread that a person began', () => {
  /** In a worktree of the clone. */
  async function begunByHand({ t3, ground }: T3Stage, branch: string | null) {
    const worktreePath = join(ground.clone, '..', 'by-hand')
    const how = branch === null ? ['--detach', worktreePath] : ['-b', branch, worktreePath]
    await git(ground.clone, ['worktree', 'add', '-q', ...how, 'origin/main'])
    const project = t3.people.createProject(ground.clone)
    const thread = t3.people.createThread({ project, branch, worktreePath })
    t3.people.send(thread, 'Mend the door.')
    return thread
  }

  test('in a worktree with a branch of its own is adopted, and watched to the same end and ring', () => {
    const let_go: Array<() => void> = []
    const turns = [
      async (turn: LoopTurn) => {
        await new Promise<void>((go) => let_go.push(go))
        await turn.push('mended')
      },
    ]
    return onT3Stage({ turns, landed: green }, async (stage) => {
      const issue = stage.repository.issue({ title: 'The door', by: stage.kim })
      const thread = await begunByHand(stage, 'kim/door')
      await stage.begun(1)
      expect(await stage.adopt(issue.number, thread)).toMatchObject({ status: 202 })
      await until('it is watched', async () => (await stage.runs())[0]?.phase === 'working')
      let_go[0]!()
      const run = await stage.over()
      expect(run).toMatchObject({ phase: 'done', threadId: thread, branch: 'kim/door', by: 'kim' })
      expect(run.verdict!.commit).toBe(stage.commits()[0]!.sha)
      await expectRung(stage, [['done', pageOf(stage, thread)]])
      expect([stage.t3.commands(), issue.record.state]).toEqual([[], 'closed'])
    })
  })

  test('without a branch of its own is refused, and nothing is made of it', () =>
    onT3Stage({ turns: [waits] }, async (stage) => {
      const issue = stage.repository.issue({ by: stage.kim })
      const thread = await begunByHand(stage, null)
      await stage.begun(1)
      const { status, said } = await stage.adopt(issue.number, thread)
      expect([status, await stage.runs()]).toEqual([409, []])
      expect(said).toContain('has no branch of its own')
    }))
})
