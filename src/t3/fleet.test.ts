import { describe, expect, test } from 'vitest'

import { fleetIn } from './fleet.ts'
import { ANOTHER_GENERATION } from './meaning.ts'

const thread = (id: string, more: object = {}) => ({
  id,
  projectId: 'p',
  title: `#${id} of the fleet`,
  modelSelection: { instanceId: 'claudeAgent', model: 'claude-sonnet-5' },
  runtimeMode: 'full-access',
  interactionMode: 'default',
  branch: `afk/${id}`,
  worktreePath: `/srv/worktrees/${id}`,
  latestTurn: {
    turnId: `turn-${id}`,
    state: 'completed',
    requestedAt: '2026-11-23T09:00:00.000Z',
    startedAt: '2026-11-23T09:00:01.000Z',
    completedAt: '2026-11-23T09:10:00.000Z',
    assistantMessageId: `assistant:${id}`,
  },
  createdAt: '2026-11-23T08:59:00.000Z',
  updatedAt: '2026-11-23T09:10:00.000Z',
  archivedAt: null,
  session: {
    threadId: id,
    status: 'ready',
    providerName: 'claude',
    runtimeMode: 'full-access',
    activeTurnId: null,
    lastError: null,
    updatedAt: '2026-11-23T09:10:00.000Z',
  },
  latestUserMessageAt: '2026-11-23T09:00:00.000Z',
  hasPendingApprovals: false,
  hasPendingUserInput: false,
  hasActionableProposedPlan: false,
  backgroundLiveness: null,
  planProgress: null,
  ...more,
})

const fleet = (...threads: readonly object[]) => fleetIn({ projects: [], threads, updatedAt: '' })
const project = (id: string, workspaceRoot: string, createdAt: string, more: object = {}) => {
  return { id, title: id, workspaceRoot, scripts: [], createdAt, updatedAt: createdAt, ...more }
}

describe('a thread', () => {
  test('is told with what matters, and nothing else', () => {
    const row = fleet(thread('a', { secret: 'x', hasPendingApprovals: true })).row('a')
    expect(row).toEqual({
      id: 'a',
      projectId: 'p',
      title: '#a of the fleet',
      branch: 'afk/a',
      worktreePath: '/srv/worktrees/a',
      latestTurn: {
        turnId: 'turn-a',
        state: 'completed',
        requestedAt: '2026-11-23T09:00:00.000Z',
        completedAt: '2026-11-23T09:10:00.000Z',
        assistantMessageId: 'assistant:a',
      },
      session: { status: 'ready', lastError: null, updatedAt: '2026-11-23T09:10:00.000Z' },
      updatedAt: '2026-11-23T09:10:00.000Z',
      isArchived: false,
      isDeleted: false,
      latestUserMessageAt: '2026-11-23T09:00:00.000Z',
      isUnanswered: null,
      waitsFor: 'approval',
      isBackgroundWorking: false,
      traces: 0,
    })
  })

  test('with words that nobody knows is told as unknown, and what is optional may be missing', () => {
    const odd = {
      id: 'a',
      session: { status: 'queued' },
      latestTurn: { turnId: 't', state: 'errored' },
    }
    const row = fleet(odd).row('a')
    expect(row?.session?.status).toBe('unknown')
    expect(row?.latestTurn?.state).toBe('unknown')
    expect(row).toMatchObject({ waitsFor: null, latestUserMessageAt: null, worktreePath: null })
  })

  test.each(['archivedAt', 'deletedAt'])('that has %s is put away', (field) => {
    const all = fleet(thread('a', { [field]: '2026-11-23T09:00:00.000Z' }))
    expect(all.row('a')).toBeNull()
    expect(all.anyRow('a')).not.toBeNull()
    expect(all.anyRow('b')).toBeNull()
  })

  test('is found by where it works', () => {
    const all = fleet(thread('a'), thread('b', { worktreePath: '/srv/worktrees/a' }), thread('c'))
    expect(all.rowsIn('/srv/worktrees/a').map(({ id }) => id)).toEqual(['a', 'b'])
  })

  test('that makes no sense is not taken for one that is gone', () => {
    const all = fleet(thread('a', { latestTurn: { state: 'completed' } }))
    expect(() => all.row('a')).toThrow(ANOTHER_GENERATION)
  })
})

describe('what an old server lists', () => {
  const requested = (requestId: string, kind = 'approval') => ({
    kind: `${kind}.requested`,
    turnId: 'turn-a',
    payload: { requestId },
  })
  const at = (createdAt: string) => ({ turnId: null, createdAt })
  const resolved = { kind: 'approval.resolved' }
  test.each<[string, readonly object[], string | null]>([
    ['an approval', [requested('r')], 'approval'],
    ['a question', [requested('r', 'user-input')], 'input'],
    ['an answered one', [requested('r'), { ...resolved, payload: { requestId: 'r' } }], null],
    [
      'one of two that is not answered',
      [requested('r'), requested('s'), { ...resolved, payload: { requestId: 's' } }],
      'approval',
    ],
    [
      'a stale one',
      [
        requested('r'),
        {
          kind: 'provider.approval.respond.failed',
          payload: { requestId: 'r', detail: 'Stale pending approval request' },
        },
      ],
      null,
    ],
    ['one of the turn before', [{ ...requested('r'), turnId: 'turn-z' }], null],
    [
      'one of no turn, since',
      [{ ...requested('r'), ...at('2026-11-23T09:05:00.000Z') }],
      'approval',
    ],
    ['one of no turn, before', [{ ...requested('r'), ...at('2026-11-23T08:55:00.000Z') }], null],
    ['nothing', [], null],
  ])('is waited for: %s', (_, activities, waitsFor) => {
    const { hasPendingApprovals: _a, hasPendingUserInput: _b, ...old } = thread('a', { activities })
    expect(fleet(old).row('a')?.waitsFor).toBe(waitsFor)
  })

  test('is counted: what the agent said and did', () => {
    const messages = [{ role: 'user' }, { role: 'assistant' }]
    const row = fleet(thread('a', { messages, activities: [{ kind: 'tool' }] })).row('a')
    expect(row?.traces).toBe(2)
  })
})

test('projects are told oldest first, without those that are deleted', () => {
  const { projects } = fleetIn({
    projects: [
      project('young', '/srv/a', '2026-11-23T09:00:00.000Z'),
      project('gone', '/srv/a', '2026-11-20T09:00:00.000Z', {
        deletedAt: '2026-11-21T09:00:00.000Z',
      }),
      project('old', '/srv/a', '2026-11-22T09:00:00.000Z', {
        defaultModelSelection: { instanceId: 'codex', model: 'gpt-5.6-sol', options: [] },
      }),
      'no project',
    ],
    threads: [],
  })
  expect(projects.map(({ id }) => id)).toEqual(['old', 'young'])
  expect(projects.map(({ model }) => model?.instanceId)).toEqual(['codex', undefined])
})

test.each<[string, unknown]>([
  ['a schemaVersion', { schemaVersion: 2, projects: [], threads: [] }],
  ['a thread without a session', { projects: [], threads: [{ id: 'a', status: 'running' }] }],
  ['no threads', { projects: [] }],
  ['nothing at all', null],
])('%s is of another generation', (_, value) => {
  expect(() => fleetIn(value)).toThrow(ANOTHER_GENERATION)
})

test('ten thousand threads are parsed, and ours found, in less than 250 ms of the processor', () => {
  const threads = Array.from({ length: 10_000 }, (_, index) => thread(String(index)))
  const text = JSON.stringify({ snapshotSequence: 1, projects: [], threads, updatedAt: '' })
  const times = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage()
    const all = fleetIn(JSON.parse(text))
    for (let index = 0; index < 30; index += 1) expect(all.row(String(index * 300))).not.toBeNull()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  expect(Math.min(...times)).toBeLessThan(250)
})
