import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'

import { manualClock } from '../manual-clock.ts'
import { temporaryFolder } from '../temporary.ts'
import { until } from '../until.ts'
import { open, type Opened } from './open.ts'

const versions = ['27', '32', '0821'] as const
const rejected = { status: 400, type: null, text: '' }
const statusOf = ({ status }: { readonly status: number }) => status

type ProjectRow = {
  readonly id: string
  readonly workspaceRoot: string
  readonly deletedAt?: string | null
}
const projects = async ({ get }: Opened, where = 'snapshot') =>
  ((await get(where)).json as { readonly projects: readonly ProjectRow[] }).projects

test.each(versions)('v%s answers with the number of the last event', async (version) => {
  const { t3, get, thread, turn, dispatch } = await open({ version })
  expect((await thread()).json).toEqual({ sequence: 2 })
  t3.hold()
  expect((await turn('Do it')).json).toEqual({ sequence: 4 })
  const snapshot = (await get('snapshot')).json
  expect(snapshot).toMatchObject({ snapshotSequence: 4, threads: [{ id: 't1' }] })
  await thread({ threadId: 't2' })
  expect((await dispatch({ type: 'project.delete', projectId: 'p1', force: true })).json).toEqual({
    sequence: 8,
  })
})

test('a settlement also ends a snooze and takes a pin off, an event each', async () => {
  const { thread, dispatch, shellRow } = await open()
  await thread()
  const snoozedUntil = '2999-01-01T00:00:00.000Z'
  await dispatch({ type: 'thread.snooze', threadId: 't1', snoozedUntil })
  const { json } = await dispatch({ type: 'thread.pin', threadId: 't1' })
  const { sequence } = json as { readonly sequence: number }
  expect((await dispatch({ type: 'thread.settle', threadId: 't1' })).json).toEqual({
    sequence: sequence + 3,
  })
  expect(await shellRow()).toMatchObject({
    settledOverride: 'settled',
    snoozedUntil: null,
    pinnedAt: null,
  })
})

test.each(versions)(
  'v%s answers a command sent again with the first number, whatever else it says',
  async (version) => {
    const { t3, thread, turn } = await open({ version })
    await thread({ commandId: 'c1' })
    expect((await thread({ commandId: 'c1', title: 'Another' })).json).toEqual({ sequence: 2 })
    t3.restart()
    expect((await thread({ commandId: 'c1' })).json).toEqual({ sequence: 2 })
    t3.hold()
    const message = { messageId: 'm1', role: 'user', text: 'Do it', attachments: [] }
    const first = await turn('', { commandId: 'c2', message })
    expect((await turn('', { commandId: 'c2', message })).json).toEqual(first.json)
    await until('one is on its way', () => t3.held() === 1)
    expect(t3.commands().map(({ command }) => command.type)).toEqual([
      'project.create',
      'thread.create',
      'thread.turn.start',
    ])
    expect(t3.smells()).toEqual(['thread.create: another body, same id'])
  },
)

test.each([
  ['27', 200],
  ['32', 200],
  ['0821', 500],
] as const)(
  'v%s answers an id of another thread with %i, and does nothing',
  async (version, status) => {
    const { thread, row, dispatch } = await open({ version })
    await thread()
    await thread({ threadId: 't2', commandId: 'c1' })
    const told = await dispatch({ type: 'thread.archive', threadId: 't1', commandId: 'c1' })
    expect(told.status).toBe(status)
    if (status === 200) expect(told.json).toEqual({ sequence: 3 })
    expect((await row()).archivedAt).toBeNull()
  },
)

test.each(versions)('v%s spoils an id that a rule refused, for ever', async (version) => {
  const { t3, thread } = await open({ version })
  const spoilt = { commandId: 'c1', projectId: 'nobody' }
  expect(await thread(spoilt).then(statusOf)).toBe(500)
  t3.restart()
  expect(await thread({ commandId: 'c1' }).then(statusOf)).toBe(500)
  expect(await thread({ commandId: 'c2' }).then(statusOf)).toBe(200)
  expect(await thread({ commandId: 'c3', threadId: 't3', title: '' }).then(statusOf)).toBe(400)
  expect(await thread({ commandId: 'c3', threadId: 't3' }).then(statusOf)).toBe(200)
  expect(t3.smells()).toEqual(['thread.create: its id is spoilt'])
})

test.each([
  ['27', '2026-11-23T08:00:00.000Z'],
  ['32', '2023-11-14T22:13:20.000Z'],
  ['0821', '2023-11-14T22:13:20.000Z'],
] as const)('v%s says that a thing was created at %s', async (version, createdAt) => {
  const clock = manualClock(1_700_000_000_000)
  const opened = await open({ version, now: clock.now })
  await opened.thread()
  await opened.turn('Do it')
  const { latestTurn } = await opened.comesTo(version === '27' ? null : 'completed', 'ready')
  expect(latestTurn?.requestedAt ?? createdAt).toBe(createdAt)
  const [project] = await projects(opened)
  const row = await opened.row()
  expect(row.messages?.[0]).toMatchObject({ createdAt })
  expect([project, row]).toMatchObject([{ createdAt }, { createdAt }])
  expect(row.updatedAt).toBe('2023-11-14T22:13:20.000Z')
})

test('what T3 trims is trimmed, and an id may be anything', async () => {
  const { thread, turn, row, t3 } = await open()
  await thread({ threadId: '  a thread  ', title: ' #42 fix login ', worktreePath: ' /srv/wt ' })
  t3.hold()
  await turn(' as it is ', { threadId: 'a thread' })
  const found = await row('a%20thread')
  expect(found).toMatchObject({ title: '#42 fix login', worktreePath: '/srv/wt' })
  expect(found.messages?.[0]?.text).toBe(' as it is ')
})

test.each(versions)('v%s: one project a folder, if it is new enough', async (version) => {
  const opened = await open({ version })
  const { dispatch, folder } = opened
  const create = (projectId: string, workspaceRoot: string) =>
    dispatch({ type: 'project.create', projectId, title: projectId, workspaceRoot })
  expect(await create('p2', `${folder}/`).then(statusOf)).toBe(version === '27' ? 200 : 500)
  expect(await dispatch({ type: 'project.delete', projectId: 'p1' }).then(statusOf)).toBe(200)
  expect(await create('p1', temporaryFolder()).then(statusOf)).toBe(500)
  expect(await create('p3', folder).then(statusOf)).toBe(200)
  expect((await projects(opened)).find(({ id }) => id === 'p1')?.deletedAt).toMatch(/Z$/)
  if (version === '27') return
  expect((await projects(opened, 'shell')).map(({ id }) => id)).toEqual(['p3'])
})

test('a workspace is spelt out: a home, and what is relative to the server', async () => {
  const opened = await open()
  const root = temporaryFolder()
  mkdirSync(join(root, 'inner'))
  const told = [
    [join(relative(process.cwd(), root), 'inner'), join(root, 'inner')],
    [`~/${relative(homedir(), root)}`, root],
  ] as const
  for (const [at, [workspaceRoot]] of told.entries())
    await opened.dispatch({
      type: 'project.create',
      projectId: `q${at}`,
      title: 'q',
      workspaceRoot,
    })
  const found = (await projects(opened)).slice(1).map(({ workspaceRoot }) => workspaceRoot)
  expect(found).toEqual(told.map(([, spelt]) => spelt))
  expect(opened.t3.smells()).toHaveLength(2)
})

test('a project with threads goes only by force, and takes them along', async () => {
  const opened = await open()
  const { dispatch, thread, snapshotRow, t3 } = opened
  await thread()
  expect(await dispatch({ type: 'project.delete', projectId: 'p1' }).then(statusOf)).toBe(500)
  const forced = { type: 'project.delete', projectId: 'p1', force: true }
  expect(await dispatch(forced).then(statusOf)).toBe(200)
  expect(await snapshotRow()).toMatchObject({ deletedAt: expect.stringMatching(/Z$/) })
  expect(await thread({ threadId: 't2' }).then(statusOf)).toBe(200)
  expect(await projects(opened, 'shell')).toEqual([])
  expect(t3.smells()).toEqual(['thread.create: into a deleted project'])
})

test.each(versions)('v%s lets a thread’s id be used once, a deleted one’s too', async (version) => {
  const { thread, dispatch, snapshotRow } = await open({ version })
  await thread()
  for (let n = 0; n < 2; n += 1)
    expect(await dispatch({ type: 'thread.delete', threadId: 't1' }).then(statusOf)).toBe(200)
  expect(await thread().then(statusOf)).toBe(500)
  expect(await thread({ threadId: 't2', worktreePath: '/nowhere' }).then(statusOf)).toBe(200)
  expect(await snapshotRow()).toMatchObject({ deletedAt: expect.stringMatching(/Z$/) })
})

test.each(versions)('v%s archives once, and only what is archived comes back', async (version) => {
  const { thread, dispatch } = await open({ version })
  await thread()
  const told = ['unarchive', 'archive', 'archive', 'unarchive'].map((word) => `thread.${word}`)
  const statuses = []
  for (const type of told) statuses.push(await dispatch({ type, threadId: 't1' }).then(statusOf))
  expect(statuses).toEqual([500, 200, 500, 200])
})

test.each(versions)(
  'v%s takes a turn in an archived or a deleted thread, and nothing ever runs',
  async (version) => {
    const begun: string[] = []
    const { t3, thread, turn, dispatch, comesTo } = await open({
      version,
      agent: async ({ threadId }) => void begun.push(threadId),
    })
    for (const [threadId, type] of [
      ['t1', 'thread.archive'],
      ['t2', 'thread.delete'],
    ] as const) {
      await thread({ threadId })
      await dispatch({ type, threadId })
      expect(await turn('Do it', { threadId }).then(statusOf)).toBe(200)
    }
    await thread({ threadId: 't3' })
    await turn('Do it', { threadId: 't3' })
    // A server of 27 is ready before it begins, too.
    await until('the third begins', () => begun.length > 0)
    await comesTo(version === '27' ? null : 'completed', 'ready', 't3')
    expect(begun).toEqual(['t3'])
    expect(t3.smells()).toEqual(Array(2).fill('thread.turn.start: into a thread that is closed'))
  },
)

test.each([
  ['27', 200, 'Another'],
  ['32', 400, '#42 fix login'],
  ['0821', 400, '#42 fix login'],
] as const)('v%s: a title told and to be made is a %i', async (version, status, title) => {
  const { thread, dispatch, row } = await open({ version })
  await thread()
  const update = { type: 'thread.meta.update', threadId: 't1' }
  const told = await dispatch({ ...update, title: 'Another', regenerateTitle: true })
  expect(told.status).toBe(status)
  if (status === 400) expect(told).toMatchObject(rejected)
  expect((await row()).title).toBe(title)
  expect(await dispatch(update).then(statusOf)).toBe(200)
})

test('a branch changes only where it is as expected, and v0.0.27 knows no expectation', async () => {
  const branchIn = async (version: '27' | '0821') => {
    const { thread, dispatch, row } = await open({ version })
    await thread({ branch: 'afk/1' })
    const update = { type: 'thread.meta.update', threadId: 't1', branch: 'afk/2' }
    expect(await dispatch({ ...update, expectedBranch: 'main' }).then(statusOf)).toBe(200)
    return (await row()).branch
  }
  expect([await branchIn('0821'), await branchIn('27')]).toEqual(['afk/1', 'afk/2'])
})

test('bootstrap does nothing over HTTP: without the thread a 500, and with it no worktree', async () => {
  const { t3, thread, turn, comesTo, folder } = await open()
  const bootstrap = {
    createThread: {
      projectId: 'p1',
      title: 'Boot',
      modelSelection: { instanceId: 'claudeAgent', model: 'm' },
      runtimeMode: 'full-access',
      interactionMode: 'default',
      branch: null,
      worktreePath: null,
      createdAt: '2026-11-23T08:00:00.000Z',
    },
    prepareWorktree: { projectCwd: folder, baseBranch: 'main', branch: 'afk/1' },
  }
  expect(await turn('Do it', { bootstrap }).then(statusOf)).toBe(500)
  await thread()
  expect(await turn('Do it', { bootstrap }).then(statusOf)).toBe(200)
  expect(await comesTo('completed', 'ready')).toMatchObject({ branch: null, worktreePath: null })
  expect(t3.smells()).toHaveLength(2)
  expect(await turn('Do it', { bootstrap: { runSetupScript: 'yes' } })).toMatchObject(rejected)
})

test('a turn’s runtimeMode is required and ignored, unless the server is as 0.0.42 is said to be', async () => {
  const { t3, thread, turn, comesTo } = await open()
  await thread({ runtimeMode: 'approval-required' })
  expect(await turn('Do it', { runtimeMode: undefined })).toMatchObject(rejected)
  await turn('Do it', { runtimeMode: 'full-access' })
  expect(await comesTo('completed', 'ready')).toMatchObject({ runtimeMode: 'approval-required' })
  t3.settings.writesRuntimeMode = true
  await turn('Do it', { runtimeMode: 'full-access' })
  expect((await comesTo('completed', 'ready')).runtimeMode).toBe('full-access')
})

test('a message whose id is used again is written over', async () => {
  const { t3, thread, turn, row } = await open()
  await thread()
  t3.hold()
  for (const text of ['first', 'second'])
    await turn('', { message: { messageId: 'm', role: 'user', text, attachments: [] } })
  expect((await row()).messages?.map(({ text }) => text)).toEqual(['second'])
})

const later = [
  ['thread.settle', {}],
  ['thread.unsettle', { reason: 'user' }],
  ['thread.snooze', { snoozedUntil: '2999-01-01T00:00:00.000Z' }],
  ['thread.unsnooze', { reason: 'user' }],
  ['thread.pin', {}],
  ['thread.unpin', {}],
  ['thread.pin.reorder', { orderKey: 'a0' }],
] as const

test.each([
  ['27', []],
  ['32', later.slice(0, -1).map(([type]) => type)],
  ['0821', later.map(([type]) => type)],
] as const)('v%s knows what people do to their inbox: %j', async (version, known) => {
  const { thread, dispatch } = await open({ version })
  await thread()
  const taken = []
  for (const [type, more] of later) {
    const told = await dispatch({ type, threadId: 't1', ...more })
    if (told.status === 200) taken.push(type)
    else expect(told).toMatchObject(rejected)
  }
  expect(taken).toEqual(known)
})

test.each([
  ['27', 400],
  ['32', 200],
  ['0821', 200],
] as const)('v%s answers the runtimeMode "auto" with %i', async (version, status) => {
  const { thread, turn, dispatch } = await open({ version })
  expect(await thread({ runtimeMode: 'auto' }).then(statusOf)).toBe(status)
  await thread({ threadId: 't2' })
  expect(await turn('Do it', { threadId: 't2', runtimeMode: 'auto' }).then(statusOf)).toBe(status)
  const mode = { type: 'thread.runtime-mode.set', threadId: 't2', runtimeMode: 'auto' }
  expect(await dispatch(mode).then(statusOf)).toBe(status)
})

test('nothing is settled while a turn is on its way, runs, or its message is young', async () => {
  const clock = manualClock(1_700_000_000_000)
  const { t3, thread, turn, dispatch } = await open({ now: clock.now })
  await thread()
  t3.failStart('lost')
  await turn('Do it')
  const settle = () => dispatch({ type: 'thread.settle', threadId: 't1' }).then(statusOf)
  expect(await settle()).toBe(500)
  clock.advance(120_000)
  expect(await settle()).toBe(200)
  const past = { snoozedUntil: '2001-01-01T00:00:00.000Z' }
  expect(await dispatch({ type: 'thread.snooze', threadId: 't1', ...past }).then(statusOf)).toBe(
    500,
  )
  t3.hold('starting')
  await turn('Do it')
  await until('it is being started', () => t3.held('starting') === 1)
  clock.advance(120_000)
  expect(await settle()).toBe(500)
})

test('a provider’s older name is taken, and unknown keys are not kept', async () => {
  const { thread, row } = await open()
  await thread({ modelSelection: { provider: 'codex', model: 'gpt' }, nonsense: 1 })
  expect(await row()).toMatchObject({ modelSelection: { instanceId: 'codex', model: 'gpt' } })
  expect(await row()).not.toHaveProperty('nonsense')
})
