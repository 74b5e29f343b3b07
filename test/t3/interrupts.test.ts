import { expect, test } from 'vitest'

import { until } from '../until.ts'
import type { AgentTurn } from './agent-turn.ts'
import { open } from './open.ts'
import { pausedAt } from './pace.ts'
import { forEver, kinds, running, shown } from './shown.ts'

const versions = ['27', '32', '0821'] as const
const newer = ['32', '0821'] as const

test.each([
  ['27', false, null, 'error'],
  ['27', true, 'error', 'error'],
  ['32', false, 'completed', 'ready'],
  ['0821', false, 'completed', 'ready'],
  ['0821', true, 'completed', 'ready'],
] as const)('an interrupt in v%s, in git: %s, ends as %s and %s', async (version, isGit, T, S) => {
  const opened = await open({ version, isGit, agent: forEver })
  const { t3, thread, turn, dispatch, comesTo } = opened
  await thread()
  await turn('Do it')
  await running(opened)
  await dispatch({ type: 'thread.turn.interrupt', threadId: 't1' })
  const { session } = await comesTo(T, S)
  expect(session?.lastError ?? '').toMatch(version === '27' ? /^\[ede_diagnostic\]/ : /^$/)
  await turn('Again')
  await running(opened, 2)
  expect(t3.turns('t1')[0]?.state).not.toBe('interrupted')
})

test.each(newer)(
  'an interrupt by its turn’s id is shown at once in v%s, and git undoes it',
  async (version) => {
    const pace = pausedAt('abortCheckpoint')
    const confirm = pausedAt('confirm')
    const sleep = async (ms: number) =>
      void (await Promise.all([pace.sleep(ms), confirm.sleep(ms)]))
    const opened = await open({ version, isGit: true, sleep, agent: forEver })
    const { t3, thread, turn, dispatch, row, comesTo } = opened
    await thread()
    await turn('Do it')
    const turnId = (await running(opened)).latestTurn?.turnId
    await dispatch({ type: 'thread.turn.interrupt', threadId: 't1', turnId })
    expect(shown(await row())).toEqual(['interrupted', 'running', true])
    confirm.goOn()
    expect(shown(await comesTo('interrupted', 'ready'))).toEqual(['interrupted', 'ready', false])
    pace.goOn()
    const { checkpoints } = await comesTo('completed', 'ready')
    expect(checkpoints).toMatchObject([{ status: 'missing' }])
    await dispatch({ type: 'thread.turn.interrupt', threadId: 't1', turnId })
    expect(shown(await row())).toEqual(['interrupted', 'ready', false])
    expect(t3.turns('t1')).toHaveLength(1)
  },
)

test.each(newer)('an interrupt by its turn’s id stays one outside git in v%s', async (version) => {
  const opened = await open({ version, agent: forEver })
  const { thread, turn, dispatch, comesTo } = opened
  await thread()
  await turn('Do it')
  const turnId = (await running(opened)).latestTurn?.turnId
  await dispatch({ type: 'thread.turn.interrupt', threadId: 't1', turnId })
  expect(await comesTo('interrupted', 'ready')).toMatchObject({ checkpoints: [] })
})

test.each(versions)(
  'an interrupt of nobody is taken in v%s, and told by an activity',
  async (version) => {
    const { thread, dispatch, row } = await open({ version })
    await thread()
    expect((await dispatch({ type: 'thread.turn.interrupt', threadId: 't1' })).status).toBe(200)
    await until('it is told', async () => {
      return kinds(await row())?.join() === 'provider.turn.interrupt.failed'
    })
    expect(await row()).toMatchObject({ latestTurn: null, session: null })
  },
)

test('a provider that ignores an interrupt runs for ever', async () => {
  const opened = await open({ interrupts: 'ignored', agent: forEver })
  const { thread, turn, dispatch, comesTo, row } = opened
  await thread()
  await thread({ threadId: 't2' })
  await turn('Do it')
  await running(opened)
  await dispatch({ type: 'thread.turn.interrupt', threadId: 't1' })
  await turn('Meanwhile', { threadId: 't2' })
  await until('the other runs', () => opened.t3.turns('t2').length === 1)
  await comesTo('running', 'running', 't2')
  expect(shown(await row())).toEqual(['running', 'running', true])
})

test.each(versions)(
  'an idle session that is told to stop is stopped in v%s, with its last error',
  async (version) => {
    const { thread, turn, dispatch, comesTo, row } = await open({
      version,
      agent: async (each) => (each.prompt === 'Fail' ? each.fail('no credit') : undefined),
    })
    await thread()
    await dispatch({ type: 'thread.session.stop', threadId: 't1' })
    expect(shown(await comesTo(null, 'stopped'))).toEqual([null, 'stopped', false])
    await turn('Fail')
    await comesTo(version === '27' ? null : 'error', 'error')
    await dispatch({ type: 'thread.session.stop', threadId: 't1' })
    await comesTo(version === '27' ? null : 'error', 'stopped')
    expect((await row()).session?.lastError).toBe('no credit')
    await turn('Go on')
    await comesTo(version === '27' ? null : 'completed', 'ready')
  },
)

test.each(versions)(
  'a stop of a silent turn holds up every thread of a v%s server until it is restarted',
  async (version) => {
    // Nothing takes any time here: what has not happened by the next answer is held up.
    const opened = await open({ version, agent: forEver, sleep: () => Promise.resolve() })
    const { t3, thread, turn, dispatch, row } = opened
    await thread()
    await thread({ threadId: 't2' })
    await turn('Do it')
    await running(opened)
    expect((await dispatch({ type: 'thread.session.stop', threadId: 't1' })).status).toBe(200)
    expect((await turn('Do it', { threadId: 't2' })).status).toBe(200)
    expect([(await row()).session?.status, (await row('t2')).session]).toEqual(['running', null])
    t3.restart()
    await turn('Do it now', { threadId: 't2' })
    await until('it runs', () => t3.turns('t2').length === 1)
    expect(t3.turns('t2')[0]?.prompts).toEqual(['Do it now'])
    expect(t3.smells()).toEqual(['thread.session.stop: while a turn runs'])
  },
)

test('a stop ends at the agent’s next line, and right after an interrupt at once', async () => {
  let speak = (_text: string): void => {}
  const agent = (turn: AgentTurn) => {
    speak = turn.say
    return forEver(turn)
  }
  const opened = await open({ agent })
  const { t3, thread, turn, dispatch, comesTo } = opened
  await thread()
  await turn('Do it')
  await running(opened)
  await dispatch({ type: 'thread.session.stop', threadId: 't1' })
  speak('Still here.')
  await comesTo('completed', 'stopped')
  t3.settings.stoppedTurn = 'interrupted'
  t3.settings.stopBlocks = false
  await turn('Again')
  await running(opened, 2)
  await dispatch({ type: 'thread.session.stop', threadId: 't1' })
  await comesTo('interrupted', 'stopped')
  t3.settings.stopBlocks = true
  await turn('Once more')
  await running(opened, 3)
  await dispatch({ type: 'thread.turn.interrupt', threadId: 't1' })
  await dispatch({ type: 'thread.session.stop', threadId: 't1' })
  await comesTo('completed', 'stopped')
})
