import { expect, test } from 'vitest'

import { until } from '../until.ts'
import { open, type Opened } from './open.ts'
import { pausedAt } from './pace.ts'
import { forEver, kinds, running } from './shown.ts'

const newer = ['32', '0821'] as const

const which = {
  id: 'Which db?',
  header: 'DB',
  question: 'Which db?',
  options: [{ label: 'pg', description: 'Postgres' }],
  multiSelect: false,
}

/** The newest request’s, where clients find it. */
const requestIdOf = async ({ row }: Opened) =>
  (await row()).activities?.findLast(({ kind }) => kind.endsWith('.requested'))?.payload[
    'requestId'
  ]

test.each(newer)(
  'a permission in v%s is flagged until the answer is dispatched',
  async (version) => {
    const opened = await open({
      version,
      agent: async (turn) => turn.say(await turn.askApproval('Bash: rm -rf x')),
    })
    const { thread, turn, dispatch, shellRow, row, comesTo } = opened
    await thread()
    await turn('Do it')
    await until('it is flagged', async () => (await shellRow())?.hasPendingApprovals === true)
    expect(await shellRow()).toMatchObject({
      hasPendingUserInput: false,
      session: { status: 'running', activeTurnId: expect.any(String) },
      latestTurn: { state: 'running' },
    })
    const requestId = await requestIdOf(opened)
    const asked = { requestId, requestKind: 'command', requestType: 'command_execution_approval' }
    expect((await row()).activities).toMatchObject([
      { tone: 'approval', payload: { ...asked, detail: 'Bash: rm -rf x' } },
    ])
    const answer = { type: 'thread.approval.respond', threadId: 't1', requestId }
    expect((await dispatch({ ...answer, decision: 'maybe' })).status).toBe(400)
    await dispatch({ ...answer, decision: 'acceptForSession' })
    expect((await shellRow())?.hasPendingApprovals).toBe(false)
    const { activities, messages } = await comesTo('completed', 'ready')
    expect(activities?.at(-1)).toMatchObject({
      kind: 'approval.resolved',
      payload: { ...asked, decision: 'acceptForSession' },
    })
    expect(messages?.at(-1)?.text).toBe('acceptForSession')
  },
)

test.each(newer)(
  'a question in v%s is flagged until the provider has the answer',
  async (version) => {
    const pace = pausedAt('confirm')
    const opened = await open({
      version,
      sleep: pace.sleep,
      agent: async (turn) => turn.say(JSON.stringify(await turn.askQuestion([which]))),
    })
    const { thread, turn, dispatch, shellRow, row, comesTo } = opened
    await thread()
    await turn('Do it')
    await until('it is flagged', async () => (await shellRow())?.hasPendingUserInput === true)
    const requestId = await requestIdOf(opened)
    expect((await row()).activities).toMatchObject([
      { kind: 'user-input.requested', tone: 'info', payload: { requestId, questions: [which] } },
    ])
    const answers = { 'Which db?': 'pg', 'Which cloud?': 'ours' }
    await dispatch({ type: 'thread.user-input.respond', threadId: 't1', requestId, answers })
    await until('it is on its way', pace.isReached)
    expect((await shellRow())?.hasPendingUserInput).toBe(true)
    pace.goOn()
    const { activities, messages } = await comesTo('completed', 'ready')
    expect((await shellRow())?.hasPendingUserInput).toBe(false)
    expect(activities?.at(-1)).toMatchObject({ kind: 'user-input.resolved', payload: { answers } })
    expect(messages?.at(-1)?.text).toBe('{"Which db?":"pg"}')
  },
)

test.each([
  ['thread.approval.respond', { decision: 'accept' }, 'provider.approval.respond.failed'],
  ['thread.user-input.respond', { answers: {} }, 'provider.user-input.respond.failed'],
])('%s to what nobody asked is taken, and told to be stale', async (type, more, kind) => {
  const { thread, dispatch, row } = await open()
  await thread()
  const told = await dispatch({ type, threadId: 't1', requestId: 'r0', ...more })
  expect(told.status).toBe(200)
  await until('it is told', async () => kinds(await row())?.includes(kind) === true)
  expect((await row()).activities).toMatchObject([
    { payload: { requestId: 'r0', detail: expect.stringMatching(/^Stale pending .+ request/) } },
  ])
})

test('after a restart the flags stay, and an answer takes them off and wakes the session', async () => {
  const opened = await open({
    agent: (turn) =>
      turn.prompt === 'Ask'
        ? turn.askQuestion([which]).then(() => {})
        : turn.askApproval('Bash: x').then(() => {}),
  })
  const { t3, thread, turn, dispatch, shellRow, comesTo } = opened
  for (const [threadId, text, type, flag] of [
    ['t1', 'Ask', 'thread.user-input.respond', 'hasPendingUserInput'],
    ['t2', 'Approve', 'thread.approval.respond', 'hasPendingApprovals'],
  ] as const) {
    await thread({ threadId })
    await turn(text, { threadId })
    await until('it is flagged', async () => (await shellRow(threadId))?.[flag] === true)
    t3.restart()
    await comesTo('error', 'error', threadId)
    expect((await shellRow(threadId))?.[flag]).toBe(true)
    const asked = (await opened.row(threadId)).activities?.at(-1)?.payload['requestId']
    const answer = { requestId: asked, decision: 'accept', answers: {} }
    await dispatch({ type, threadId, ...answer })
    await comesTo('error', 'ready', threadId)
    expect((await shellRow(threadId))?.[flag]).toBe(false)
    await turn(text, { threadId })
    await until('it runs again', () => t3.turns(threadId).length === 2)
  }
})

test('an interrupt answers for whoever is asked', async () => {
  const decisions: string[] = []
  const opened = await open({
    async agent(turn) {
      decisions.push(await turn.askApproval('Bash: x'))
      await forEver(turn)
    },
  })
  const { thread, turn, dispatch, shellRow, comesTo } = opened
  await thread()
  await turn('Do it')
  await running(opened)
  await until('it is flagged', async () => (await shellRow())?.hasPendingApprovals === true)
  await dispatch({ type: 'thread.turn.interrupt', threadId: 't1' })
  await comesTo('completed', 'ready')
  expect([decisions, (await shellRow())?.hasPendingApprovals]).toEqual([['cancel'], false])
})
