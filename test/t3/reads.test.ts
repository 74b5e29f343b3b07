import { expect, test } from 'vitest'

import { manualClock } from '../manual-clock.ts'
import { until } from '../until.ts'
import { open } from './open.ts'
import { t3StandIn } from './stand-in.ts'

const versions = ['27', '32', '0821'] as const

const inbox = ['settledAt', 'settledOverride', 'snoozedAt', 'snoozedUntil']
const common = [
  ...['archivedAt', 'branch', 'createdAt', 'id', 'interactionMode', 'latestTurn'],
  ...['modelSelection', 'projectId', 'runtimeMode', 'session', 'title', 'updatedAt'],
  'worktreePath',
]
const full = ['activities', 'checkpoints', 'deletedAt', 'messages', 'proposedPlans']
const since = {
  '27': [],
  '32': [...inbox, 'pinnedAt', 'titleRegeneration'],
  '0821': [...inbox, 'pinnedAt', 'titleRegeneration', 'pinOrderKey'],
}
const keys = (value: unknown) => Object.keys(value as object).toSorted()

type Read = {
  readonly projects: readonly object[]
  readonly threads: ReadonlyArray<Readonly<Record<string, unknown>>>
}

test.each(versions)('the rows of v%s have these keys and no others', async (version) => {
  const { get, thread, turn, comesTo } = await open({ version, isGit: true })
  await thread()
  await turn('Do it')
  await until('its checkpoint is there', async () => {
    const { latestTurn } = await comesTo('completed', 'ready')
    return latestTurn !== null
  })
  const snapshot = (await get('snapshot')).json as Read
  expect(keys(snapshot)).toEqual(['projects', 'snapshotSequence', 'threads', 'updatedAt'])
  const [row] = snapshot.threads
  expect(keys(row)).toEqual([...common, ...full, ...since[version]].toSorted())
  expect(keys(row?.['latestTurn'])).toEqual([
    ...['assistantMessageId', 'completedAt', 'requestedAt', 'startedAt', 'state', 'turnId'],
  ])
  expect(keys(row?.['session'])).toEqual([
    ...['activeTurnId', 'lastError'],
    ...(version === '27' ? [] : ['providerInstanceId']),
    ...['providerName', 'runtimeMode', 'status', 'threadId', 'updatedAt'],
  ])
  const project = [
    ...['createdAt', 'defaultModelSelection', 'id', 'scripts', 'title', 'updatedAt'],
    'workspaceRoot',
    ...(version === '0821' ? ['defaultThreadEnvMode', 'faviconPath'] : []),
  ]
  const identity = version === '27' ? ['repositoryIdentity'] : []
  expect(keys(snapshot.projects[0])).toEqual([...project, 'deletedAt', ...identity].toSorted())
  if (version === '27') return
  const shell = (await get('shell')).json as Read
  expect(keys(shell)).toEqual(['projects', 'snapshotSequence', 'threads', 'updatedAt'])
  expect(keys(shell.projects[0])).toEqual([...project, 'repositoryIdentity'].toSorted())
  expect(keys(shell.threads[0])).toEqual(
    [
      ...common,
      ...since[version],
      ...['backgroundLiveness', 'hasActionableProposedPlan', 'hasPendingApprovals'],
      ...['hasPendingUserInput', 'latestUserMessageAt', 'planProgress'],
    ].toSorted(),
  )
})

test.each([
  ['27', 2],
  ['32', 0],
  ['0821', 0],
] as const)(
  'the snapshot of v%s holds %i of two messages, and what is put away',
  async (version, count) => {
    const { get, thread, turn, dispatch, comesTo } = await open({ version })
    await thread()
    await turn('Do it')
    await comesTo(version === '27' ? null : 'completed', 'ready')
    for (const threadId of ['t2', 't3']) await thread({ threadId })
    await dispatch({ type: 'thread.archive', threadId: 't2' })
    await dispatch({ type: 'thread.delete', threadId: 't3' })
    const { threads } = (await get('snapshot')).json as Read
    expect(threads.map(({ id }) => id)).toEqual(['t1', 't2', 't3'])
    expect(threads[0]?.['messages']).toHaveLength(count)
    expect(threads).toMatchObject([
      { archivedAt: null, deletedAt: null },
      { archivedAt: expect.any(String), deletedAt: null },
      { archivedAt: null, deletedAt: expect.any(String) },
    ])
    if (version === '27') return
    expect(((await get('shell')).json as Read).threads.map(({ id }) => id)).toEqual(['t1'])
  },
)

test('a server without anything says so, as of 1970', async () => {
  const t3 = await t3StandIn()
  const told = await fetch(`${t3.url}/api/orchestration/snapshot`, {
    headers: { authorization: `Bearer ${t3.token}` },
  })
  expect(await told.json()).toEqual({
    snapshotSequence: 0,
    projects: [],
    threads: [],
    updatedAt: '1970-01-01T00:00:00.000Z',
  })
  await t3.close()
})

test('a thread’s transcript comes in pages of turns, newest first', async () => {
  const clock = manualClock(1_700_000_000_000)
  const opened = await open({ now: clock.now, agent: async (turn) => turn.say(turn.prompt) })
  const { t3, get, thread, turn, comesTo, row } = opened
  await thread()
  for (const text of ['one', 'two', 'three']) {
    clock.advance(1_000)
    await turn(text)
    await until('it is over', async () => {
      const { messages } = await row()
      return messages?.at(-1)?.text === text && messages.length % 2 === 0
    })
    await comesTo('completed', 'ready')
  }
  const page = async (query: string) => {
    const { json } = await get(`threads/t1?${query}`)
    const { thread: found, page: about } = json as {
      readonly thread: { readonly messages: ReadonlyArray<{ readonly text: string }> }
      readonly page?: { readonly beforeCursor: string | null; readonly hasMore: boolean }
    }
    return { texts: found.messages.map(({ text }) => text), about }
  }
  expect((await page('')).about).toBeUndefined()
  const newest = await page('turnLimit=1')
  expect(newest).toMatchObject({ texts: ['three', 'three'], about: { hasMore: true } })
  const older = await page(`turnLimit=2&beforeCursor=${newest.about?.beforeCursor}`)
  expect(older.texts).toEqual(['one', 'one', 'two', 'two'])
  expect(older.about).toMatchObject({ hasMore: false, beforeCursor: null })
  expect(await page('turnLimit=1&beforeCursor=nonsense')).toEqual(newest)
  const blind = { token: t3.tokens.issue({ scopes: ['orchestration:operate'] }) }
  expect((await get('threads/nobody?turnLimit=0', blind)).status).toBe(400)
  for (const limit of ['0', '-1', 'two', '1.5', ''])
    expect(await get(`threads/t1?turnLimit=${limit}`)).toMatchObject({
      status: 400,
      type: null,
      text: '',
    })
})

test('of many activities the newest 500 are shown, and the requests that are open', async () => {
  const { thread, turn, row } = await open({
    async agent(each) {
      void each.askApproval('Bash: x')
      for (let n = 0; n < 600; n += 1) each.activity({ kind: 'tool.completed', payload: { n } })
      await new Promise(() => {})
    },
  })
  await thread()
  await turn('Do it')
  await until('all are there', async () => (await row()).activities?.at(-1)?.payload['n'] === 599)
  const { activities } = await row()
  expect(activities).toHaveLength(501)
  expect([activities?.[0]?.kind, activities?.[1]?.payload]).toEqual([
    'approval.requested',
    { n: 100 },
  ])
})

test('ten thousand threads more are there at once, and reads are counted', async () => {
  const { t3, get } = await open()
  const ids = t3.fleet(10_000, { characters: 1 })
  const { threads } = (await get('shell')).json as Read
  expect([threads.length, new Set(ids).size]).toEqual([10_000, 10_000])
  expect(threads[9_999]).toMatchObject({ id: ids[9_999], latestTurn: { state: 'completed' } })
  await get('shell')
  await get(`threads/${ids[0]}`)
  await get('snapshot')
  await get('threads/nobody')
  t3.restart('old', '27')
  await get('shell')
  expect(t3.reads).toEqual({ shell: 2, snapshot: 1, thread: 1 })
})
