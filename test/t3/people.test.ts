import { expect, test } from 'vitest'

import { temporaryFolder } from '../temporary.ts'
import { until } from '../until.ts'
import { open } from './open.ts'
import { forEver, running, shown } from './shown.ts'

test('a person begins a thread and turns in it, which no client dispatched', async () => {
  const { t3, comesTo, row } = await open()
  const project = t3.people.createProject(temporaryFolder())
  const worktreePath = temporaryFolder()
  const id = t3.people.createThread({ project, branch: 'mine', worktreePath, title: 'Look' })
  const messageId = t3.people.send(id, 'Have a look')
  await comesTo('completed', 'ready', id)
  t3.people.rename(id, 'Looked')
  expect(await row(id)).toMatchObject({ title: 'Looked', branch: 'mine', worktreePath })
  expect(t3.turns(id)).toMatchObject([{ messageId, prompts: ['Have a look'] }])
  expect(t3.commands().map(({ command }) => command.type)).toEqual(['project.create'])
})

test('a person answers, interrupts and stops', async () => {
  const heard: unknown[] = []
  const opened = await open({
    async agent(turn) {
      if (turn.prompt === 'Ask') heard.push(await turn.askApproval('Bash: x'))
      else await forEver(turn)
    },
  })
  const { t3, thread, turn, comesTo, shellRow } = opened
  await thread()
  await turn('Ask')
  await until('it is flagged', async () => (await shellRow())?.hasPendingApprovals === true)
  t3.people.answer('t1', 'decline')
  await comesTo('completed', 'ready')
  expect(heard).toEqual(['decline'])
  expect(() => t3.people.answer('t1', 'accept')).toThrow('nothing is asked')
  await turn('Do it')
  const { latestTurn } = await running(opened, 2)
  t3.people.interrupt('t1', { turnId: latestTurn?.turnId ?? '' })
  await comesTo('interrupted', 'ready')
  t3.people.stop('t1')
  await comesTo('interrupted', 'stopped')
})

test('an archive ends the session in the window, and over HTTP leaves it running for ever', async () => {
  let speak = (_text: string): void => {}
  const opened = await open({
    agent(turn) {
      if (turn.threadId === 't1') speak = turn.say
      return forEver(turn)
    },
  })
  const { t3, thread, turn, dispatch, get, snapshotRow } = opened
  await thread()
  await turn('Do it')
  await running(opened)
  await thread({ threadId: 't2' })
  await turn('Do it', { threadId: 't2' })
  await opened.comesTo('running', 'running', 't2')
  await dispatch({ type: 'thread.archive', threadId: 't1' })
  t3.people.archive('t2')
  speak('Done.')
  await dispatch({ type: 'thread.turn.interrupt', threadId: 't1' })
  expect(shown((await snapshotRow())!)).toEqual(['running', 'running', true])
  expect(shown((await snapshotRow('t2'))!)).toEqual(['completed', 'stopped', false])
  for (const id of ['t1', 't2'])
    expect(await get(`threads/${id}`)).toMatchObject({
      status: 404,
      json: { code: 'not_found', reason: 'thread_not_found' },
    })
  expect((await get('shell')).json).toMatchObject({ threads: [] })
  expect(t3.smells()).toEqual(['thread.archive: while a turn runs'])
  t3.people.unarchive('t1')
  t3.people.delete('t1')
  expect(() => t3.people.archive('t2')).toThrow('thread.archive')
})

test('a thread that is put away in the window while its turn is being started has none', async () => {
  const begun: string[] = []
  const { t3, thread, turn, comesTo } = await open({
    agent: async ({ threadId }) => void begun.push(threadId),
  })
  for (const [id, putAway] of [
    ['t1', t3.people.archive],
    ['t2', t3.people.delete],
  ] as const) {
    await thread({ threadId: id })
    t3.hold('starting')
    await turn('Do it', { threadId: id })
    await until('it is being started', () => t3.held('starting') === 1)
    putAway(id)
    t3.release()
  }
  await thread({ threadId: 't3' })
  await turn('Do it', { threadId: 't3' })
  await comesTo('completed', 'ready', 't3')
  expect(begun).toEqual(['t3'])
})

test('a deleted thread’s agent is called off, and what was shown of it stays', async () => {
  const signals: AbortSignal[] = []
  const opened = await open({
    agent(turn) {
      signals.push(turn.signal)
      return forEver(turn)
    },
  })
  const { t3, thread, turn, snapshotRow, get } = opened
  await thread()
  await turn('Do it')
  await running(opened)
  t3.people.deleteProject('p1')
  expect(signals[0]?.aborted).toBe(true)
  expect(shown((await snapshotRow())!)).toEqual(['running', 'running', true])
  expect((await get('threads/t1')).status).toBe(404)
})
