import { expect, test } from 'vitest'

import { manualClock } from '../manual-clock.ts'
import { until } from '../until.ts'
import type { AgentTurn } from './agent-turn.ts'
import { open } from './open.ts'
import { pausedAt } from './pace.ts'
import { forEver, kinds, running, shown } from './shown.ts'

const versions = ['27', '32', '0821'] as const
const newer = ['32', '0821'] as const

test.each(newer)('a turn in v%s: nothing, starting, running, completed', async (version) => {
  let finish = (): void => {}
  const agent = (turn: AgentTurn) =>
    new Promise<void>((resolve) => {
      turn.say('Halfway.')
      finish = resolve
    })
  const opened = await open({ version, agent })
  const { t3, thread, turn, row, shellRow, comesTo } = opened
  await thread()
  expect(shown(await row())).toEqual([null, null, false])
  t3.hold()
  t3.hold('starting')
  await turn('Do it')
  await until('it is on its way', () => t3.held() === 1)
  expect(shown(await row())).toEqual([null, null, false])
  expect((await shellRow())?.latestUserMessageAt).toMatch(/Z$/)
  t3.release('queued')
  await comesTo(null, 'starting')
  t3.release('starting')
  const seen = await running(opened)
  expect(shown(seen)).toEqual(['running', 'running', true])
  expect(seen.latestTurn?.requestedAt).toBe((await shellRow())?.latestUserMessageAt)
  expect(seen.latestTurn?.turnId).toBe(seen.session?.activeTurnId)
  finish()
  const { latestTurn, messages } = await comesTo('completed', 'ready')
  expect(latestTurn).toMatchObject({
    completedAt: expect.stringMatching(/Z$/),
    assistantMessageId: messages?.at(-1)?.id,
  })
  expect(messages?.at(-1)?.id).toMatch(/^assistant:/)
})

test.each(newer)('v%s shows the turn before until the next one is adopted', async (version) => {
  const { t3, thread, turn, row, comesTo } = await open({ version })
  await thread()
  await turn('First')
  const first = await comesTo('completed', 'ready')
  for (const at of ['queued', 'starting'] as const) {
    t3.hold(at)
    await turn(at)
    await until('it stands there', () => t3.held(at) === 1)
    const { latestTurn, session } = await row()
    expect(latestTurn?.turnId).toBe(t3.turns('t1').at(-1)?.turnId)
    expect([latestTurn?.state, session?.status]).toEqual([
      'completed',
      at === 'queued' ? 'ready' : 'starting',
    ])
    t3.release()
    await until('it is over', async () => (await row()).messages?.length === messagesAt[at])
    await comesTo('completed', 'ready')
  }
  expect((await row()).latestTurn?.turnId).not.toBe(first.latestTurn?.turnId)
})

const messagesAt = { queued: 4, starting: 6 }

test.each(newer)(
  'an error of the provider in v%s: first the session’s, then the turn’s',
  async (version) => {
    const pace = pausedAt('moment')
    const opened = await open({
      version,
      sleep: (ms) => (opened.t3.turns('t1').length === 0 ? Promise.resolve() : pace.sleep(ms)),
      agent: async (turn) => turn.fail('Reached maximum number of turns'),
    })
    const { thread, turn, row, comesTo } = opened
    await thread()
    await turn('Do it')
    await until('the session says so', pace.isReached)
    expect(shown(await row())).toEqual(['running', 'error', true])
    pace.goOn()
    const { session } = await comesTo('error', 'error')
    expect(session).toMatchObject({
      activeTurnId: null,
      lastError: 'Reached maximum number of turns',
    })
    await turn('Again')
    await until('it ran again', () => opened.t3.turns('t1').length === 2)
  },
)

test.each(newer)(
  'an agent’s process that dies in v%s leaves error, then stopped',
  async (version) => {
    const pace = pausedAt('moment')
    const opened = await open({
      version,
      sleep: (ms) => (opened.t3.turns('t1').length === 0 ? Promise.resolve() : pace.sleep(ms)),
      agent: async (turn) => turn.crash('exited with code 1'),
    })
    const { thread, turn, row, comesTo } = opened
    await thread()
    await turn('Do it')
    await until('the session says so', pace.isReached)
    expect(shown(await row())).toEqual(['error', 'error', true])
    pace.goOn()
    const seen = await comesTo('error', 'stopped')
    expect(seen.session).toMatchObject({ activeTurnId: null, lastError: 'exited with code 1' })
    expect(kinds(seen)).toEqual(['runtime.error'])
  },
)

test('a usage limit ends as success does, and only what was said tells', async () => {
  const { thread, turn, comesTo } = await open({
    agent: async (each) => each.limitReached("You've hit your limit · resets 3pm"),
  })
  await thread()
  await turn('Do it')
  const { session, messages, activities } = await comesTo('completed', 'ready')
  expect([session?.lastError, activities]).toEqual([null, []])
  expect(messages?.at(-1)?.text).toBe("You've hit your limit · resets 3pm")
})

test.each(versions)('what is said into a turn of v%s becomes part of it', async (version) => {
  const opened = await open({ version, agent: forEver })
  const { t3, thread, turn, row, shellRow } = opened
  await thread()
  await turn('Do it')
  const { latestTurn } = await running(opened)
  await turn('And this')
  await until('it was told', () => t3.turns('t1')[0]?.prompts.length === 2)
  expect(t3.turns('t1')).toHaveLength(1)
  expect((await row()).latestTurn?.turnId).toBe(latestTurn?.turnId)
  if (version !== '27')
    expect(await shellRow()).toMatchObject({ latestUserMessageAt: expect.any(String) })
  expect(t3.smells()).toEqual(['thread.turn.start: said into a turn that runs'])
})

test('what goes on behind a turn is shown in the list, and keeps its session', async () => {
  const clock = manualClock(1_700_000_000_000)
  let rest = (): void => {}
  const { t3, thread, turn, comesTo, shellRow } = await open({
    now: clock.now,
    async agent(each) {
      each.background('working')
      rest = () => each.background(null)
    },
  })
  await thread()
  await turn('Do it')
  await comesTo('completed', 'ready')
  expect(await shellRow()).toMatchObject({ backgroundLiveness: 'working' })
  clock.advance(31 * 60_000)
  t3.reap()
  await comesTo('completed', 'ready')
  rest()
  expect(await shellRow()).toMatchObject({ backgroundLiveness: null })
  t3.reap()
  expect((await comesTo('completed', 'stopped')).session?.lastError).toBeNull()
})

test('whatever an agent does moves the thread’s heartbeat', async () => {
  const clock = manualClock(1_700_000_000_000)
  let act = (_turn: AgentTurn): void => {}
  const opened = await open({
    now: clock.now,
    async agent(each) {
      act = () => each.activity({ kind: 'tool.completed', tone: 'tool', payload: {} })
      await forEver(each)
    },
  })
  const { thread, turn, row } = opened
  await thread()
  await turn('Do it')
  const before = await running(opened)
  clock.advance(60_000)
  expect((await row()).updatedAt).toBe(before.updatedAt)
  act({} as AgentTurn)
  expect((await row()).updatedAt).toBe(new Date(clock.now()).toISOString())
})

test('a revert takes the later turns away', async () => {
  const { t3, thread, turn, dispatch, comesTo, row } = await open({ isGit: true })
  await thread()
  for (let n = 1; n <= 2; n += 1) {
    await turn(`turn ${n}`)
    await until('its checkpoint is there', async () => (await row()).checkpoints?.length === n)
  }
  const [first] = t3.turns('t1')
  await dispatch({ type: 'thread.checkpoint.revert', threadId: 't1', turnCount: 1 })
  await until('it is gone', async () => (await row()).checkpoints?.length === 1)
  expect((await comesTo('completed', 'ready')).latestTurn?.turnId).toBe(first?.turnId)
})
