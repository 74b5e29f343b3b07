import { expect, test } from 'vitest'

import { until } from '../until.ts'
import { ask } from './ask.ts'
import { open } from './open.ts'
import { forEver, running, shown } from './shown.ts'

const versions = ['27', '32', '0821'] as const

const lost = 'Provider session did not survive a server restart. Send a new message to continue.'

test.each(versions)('a turn that ran over a restart of v%s', async (version) => {
  const opened = await open({ version, agent: forEver })
  const { t3, thread, turn, row, dispatch } = opened
  await thread()
  await turn('Do it')
  const { latestTurn } = await running(opened)
  t3.restart()
  const after = await row()
  if (version === '0821') {
    expect(shown(after)).toEqual(['error', 'error', false])
    expect(after.session?.lastError).toBe(lost)
  } else {
    expect(shown(after)).toEqual(['running', 'running', true])
    await dispatch({ type: 'thread.turn.interrupt', threadId: 't1' })
    await until('nobody is there', async () => (await row()).activities?.length === 1)
    expect(shown(await row())).toEqual(['running', 'running', true])
  }
  await turn('Go on')
  const next = await running(opened, 2)
  expect(next.latestTurn?.turnId).not.toBe(latestTurn?.turnId)
})

test('a restart aborts the agent, whose words nobody hears any more', async () => {
  let speak = (_text: string): void => {}
  const signals: AbortSignal[] = []
  const opened = await open({
    agent(turn) {
      speak = turn.say
      signals.push(turn.signal)
      return new Promise(() => {})
    },
  })
  const { t3, thread, turn, row } = opened
  await thread()
  await turn('Do it')
  await running(opened)
  t3.restart()
  speak('Still here.')
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  expect((await row()).messages).toHaveLength(1)
})

test('a turn that was still on its way is lost in a restart', async () => {
  const { t3, thread, turn, row } = await open()
  await thread()
  t3.hold()
  await turn('Do it')
  await until('it is on its way', () => t3.held() === 1)
  t3.restart()
  t3.release()
  await turn('Again')
  await until('only the next one ran', () => t3.turns('t1').length === 1)
  expect(t3.turns('t1')[0]?.prompts).toEqual(['Again'])
  expect((await row()).messages?.slice(0, 2).map(({ text }) => text)).toEqual(['Do it', 'Again'])
})

test('a server may go on by itself after a restart', async () => {
  const opened = await open({ agent: forEver })
  const { t3, thread, turn } = opened
  await thread()
  await turn('Do it')
  await running(opened)
  t3.restart('continued')
  await running(opened, 2)
  expect(t3.turns('t1')).toMatchObject([{ state: 'error' }, { prompts: ['Do it'] }])
})

test('while it starts, it takes connections and answers nothing', async () => {
  const { t3, get, thread } = await open()
  t3.hang()
  for (const path of ['/api/orchestration/shell', '/.well-known/t3/environment'])
    await expect(fetch(new URL(path, t3.url), { signal: AbortSignal.timeout(50) })).rejects.toThrow(
      'timeout',
    )
  expect(t3.requests().slice(-2)).toMatchObject([{ status: null }, { status: null }])
  t3.answer()
  expect((await thread()).status).toBe(200)
  expect((await get('shell')).status).toBe(200)
})

test('a wedged server takes everything and does nothing, until it is restarted', async () => {
  const { t3, thread, turn, row, comesTo } = await open({ sleep: () => Promise.resolve() })
  await thread()
  await thread({ threadId: 't2' })
  t3.wedge()
  for (const threadId of ['t1', 't2']) expect((await turn('Do it', { threadId })).status).toBe(200)
  expect(shown(await row())).toEqual([null, null, false])
  t3.restart()
  await turn('Again')
  await comesTo('completed', 'ready')
  expect([t3.turns('t1').length, t3.turns('t2').length]).toEqual([1, 0])
})

test('the next generation has no dispatch and no snapshot, and other rows', async () => {
  const { t3, get, thread, dispatch } = await open()
  await thread()
  t3.restart('0821', 'v2')
  expect(await dispatch({ type: 'thread.archive', threadId: 't1' })).toMatchObject({
    status: 404,
    type: null,
    text: '',
  })
  expect(await get('snapshot')).toMatchObject({ status: 200, type: 'text/html' })
  const { json } = await get('shell')
  expect(json).toMatchObject({ schemaVersion: 2, archivedThreads: [], threads: [{ id: 't1' }] })
  const [row] = (json as { readonly threads: readonly object[] }).threads
  expect(row).not.toHaveProperty('session')
  expect((await get('threads/t1')).json).toMatchObject({ schemaVersion: 2 })
  expect((await get('threads/nobody')).status).toBe(404)
})

test('a server that is upgraded keeps all it had', async () => {
  const { t3, get, thread, turn, comesTo } = await open({ version: '27', isGit: true })
  await thread({ commandId: 'c1' })
  await turn('Do it')
  await comesTo('completed', 'ready')
  t3.restart('old', '0821')
  expect((await get('shell')).json).toMatchObject({ threads: [{ id: 't1' }] })
  expect((await thread({ commandId: 'c1' })).json).toEqual({ sequence: 2 })
})

test('requests fail as they are told to, done or not', async () => {
  const { t3, get, thread, dispatch } = await open()
  await thread()
  const archive = { type: 'thread.archive', threadId: 't1', commandId: 'c1' }
  t3.fail('500', { at: /dispatch/ })
  t3.fail('reset', { at: /dispatch/ })
  t3.fail('reset, done', { at: /dispatch/ })
  const failed = await dispatch(archive)
  expect([failed.status, failed.json]).toEqual([
    500,
    expect.objectContaining({ reason: 'orchestration_dispatch_failed' }),
  ])
  for (let n = 0; n < 2; n += 1) await expect(dispatch(archive)).rejects.toThrow('fetch failed')
  expect(t3.commands().at(-1)).toMatchObject({ thread: 't1', command: archive })
  expect((await dispatch(archive)).status).toBe(200)
  t3.fail('500', { times: 2 })
  const reasons = [await get('shell'), await get('threads/t1')].map(
    ({ json }) => (json as { readonly reason: string }).reason,
  )
  expect(reasons).toEqual(['orchestration_snapshot_failed', 'orchestration_thread_snapshot_failed'])
  t3.fail('page')
  expect(await get('shell')).toMatchObject({ status: 200, type: 'text/html' })
  t3.fail('502')
  expect((await get('shell')).status).toBe(502)
  t3.fail({ status: 302, type: 'text/html', text: 'Sign in' })
  const moved = await fetch(`${t3.url}/api/orchestration/shell`, { redirect: 'manual' })
  expect(moved.status).toBe(302)
  t3.fail('malformed')
  await expect(get('shell')).rejects.toThrow('JSON')
  t3.fail('cut short')
  await expect(get('shell')).rejects.toThrow('terminated')
  t3.fail('hang, done')
  const signal = AbortSignal.timeout(50)
  await expect(fetch(t3.url, { signal })).rejects.toThrow('timeout')
  expect((await ask(t3, '/')).status).toBe(200)
})
