import { expect, test } from 'vitest'

import { until } from '../until.ts'
import { open } from './open.ts'
import { pausedAt } from './pace.ts'
import { running, shown } from './shown.ts'

test('v0.0.27 has no list and no thread of its own: both are the web’s page', async () => {
  const { get, thread } = await open({ version: '27' })
  await thread()
  for (const path of ['shell', 'threads/t1'])
    expect(await get(path, { token: null })).toMatchObject({ status: 200, type: 'text/html' })
})

test('v0.0.27 goes to ready and not to starting, and takes a first message for the end', async () => {
  let finish = (): void => {}
  const pace = pausedAt('moment')
  const opened = await open({
    version: '27',
    sleep: pace.sleep,
    agent: (turn) =>
      new Promise((resolve) => {
        turn.say('Halfway.')
        finish = resolve
      }),
  })
  const { t3, thread, turn, row, comesTo } = opened
  await thread()
  t3.hold('starting')
  await turn('Do it')
  await until('it is being started', () => t3.held('starting') === 1)
  expect(shown(await row())).toEqual([null, null, false])
  t3.release()
  await comesTo(null, 'ready')
  pace.goOn()
  expect(shown(await running(opened))).toEqual(['completed', 'running', true])
  finish()
  expect(shown(await comesTo(null, 'ready'))).toEqual([null, 'ready', false])
})

test.each([
  ['complete', 'completed', 'ready'],
  ['fail', 'error', 'error'],
  ['crash', 'error', 'stopped'],
] as const)(
  'v0.0.27 forgets a turn that ended, until git has its checkpoint: %s',
  async (how, T, S) => {
    const pace = pausedAt('checkpoint')
    const { thread, turn, comesTo, snapshotRow } = await open({
      version: '27',
      isGit: true,
      sleep: pace.sleep,
      agent: async (each) => {
        if (how === 'fail') each.fail('no credit')
        if (how === 'crash') each.crash()
      },
    })
    await thread()
    await turn('Do it')
    await until('its checkpoint is on its way', pace.isReached)
    await comesTo(null, S)
    pace.goOn()
    await comesTo(T, S)
    const seen = await snapshotRow()
    expect(seen?.checkpoints).toMatchObject([{ status: T === 'error' ? 'error' : 'ready' }])
  },
)

test('v0.0.27 shows in its snapshot all that was said and asked', async () => {
  const { t3, thread, turn, snapshotRow } = await open({
    version: '27',
    agent: async (each) => each.say(await each.askApproval('Bash: rm -rf x')),
  })
  await thread()
  await turn('Do it')
  await until('it is asked', async () => (await snapshotRow())?.activities?.length === 1)
  const seen = await snapshotRow()
  expect(seen).not.toHaveProperty('hasPendingApprovals')
  expect(seen?.activities).toMatchObject([{ kind: 'approval.requested', tone: 'approval' }])
  t3.people.answer('t1', 'decline')
  await until('it has heard', async () => (await snapshotRow())?.messages?.length === 2)
  expect((await snapshotRow())?.messages?.at(-1)?.text).toBe('decline')
})
