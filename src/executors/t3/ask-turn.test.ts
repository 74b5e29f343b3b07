import { existsSync, rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { adopted, sent, starts } from '../../../test/t3-asked.ts'
import { type T3Bench, t3Bench } from '../../../test/t3-bench.ts'
import type { AgentTurn } from '../../../test/t3/agent-turn.ts'
import { usual } from '../../../test/t3/settings.ts'
import type { T3StandIn } from '../../../test/t3/stand-in.ts'
import { until } from '../../../test/until.ts'
import { writeEnd } from './turn-records.ts'

const says = (part: string) => expect.stringContaining(part) as string

describe('a first turn', () => {
  test('has a project, and a thread in a worktree of its own, and says what is to be done', async () => {
    const bench = await t3Bench()
    expect(await bench.executor.ask(bench.order())).toEqual(adopted(bench))
    await bench.over()
    expect(sent(bench)).toMatchObject([
      { type: 'project.create', workspaceRoot: bench.repo },
      {
        type: 'thread.create',
        threadId: bench.thread,
        title: '#7 do it',
        branch: 'afk/7',
        worktreePath: bench.worktree,
        runtimeMode: 'full-access',
        modelSelection: { instanceId: 'claudeAgent' },
      },
      { type: 'thread.turn.start', threadId: bench.thread, message: { text: 'finish' } },
    ])
    expect(bench.began.map(({ cwd }) => cwd)).toEqual([bench.worktree])
    expect(bench.t3.smells()).toEqual([])
  })

  test('is in the project that is there, with its model; of two with one path, in the older', async () => {
    let time = Date.now()
    const bench = await t3Bench({ version: '27', now: () => (time += 1) })
    const older = bench.t3.people.createProject(`${bench.repo}/`)
    for (let times = 0; times < 5; times += 1) bench.t3.people.createProject(bench.repo)
    await bench.executor.ask(bench.order())
    expect(sent(bench)).toMatchObject([{ type: 'thread.create', projectId: older }, {}])
  })

  test('has a project anew where a person deleted it', async () => {
    const bench = await t3Bench()
    await bench.executor.ask(bench.order())
    const [first] = sent(bench, 'project.create')
    if (first?.type !== 'project.create') throw new Error('no project was made')
    await bench.over()
    bench.t3.people.deleteProject(first.projectId)
    const other = bench.order({ run: 'run_b', thread: 'thread_b', branch: 'afk/b' })
    expect(await bench.node().ask(other)).toMatchObject({ type: 'adopted', thread: 'thread_b' })
    expect(await bench.over({ run: 'run_b', turn: 1 })).toMatchObject({ end: { how: 'finished' } })
  })

  test('is never titled so that T3 pays for a title', async () => {
    const bench = await t3Bench()
    await bench.executor.ask(bench.order({ title: 'New thread' }))
    expect(sent(bench, 'thread.create')).toMatchObject([{ title: 'afk/7' }])
  })
})

describe('what will be refused again is refused, and nothing is sent', () => {
  test.each<[string, (bench: T3Bench) => void, string]>([
    [
      'a clone that is not there',
      ({ repo }) => rmSync(repo, { recursive: true }),
      'clone the repository',
    ],
    [
      'a workspace that is no git repository',
      ({ repo }) => rmSync(`${repo}/.git`, { recursive: true }),
      'is no whole clone',
    ],
    ['a clone without a remote', ({ sh }) => sh('git remote remove origin'), 'is no whole clone'],
  ])('%s', async (_, breaks, detail) => {
    const bench = await t3Bench()
    breaks(bench)
    const asked = await bench.executor.ask(bench.order())
    expect(asked).toEqual({ type: 'refused', detail: says(detail) })
    expect(sent(bench)).toEqual([])
  })

  test.each<[string, object, string]>([
    ['a prompt that T3 takes and never runs', { prompt: 'x'.repeat(120_001) }, 'shorten the issue'],
    ['an empty prompt', { prompt: ' \n' }, 'the prompt is empty'],
    ['a name that is none', { run: '../x' }, 'is no run’s name'],
  ])('%s', async (_, wish, detail) => {
    const bench = await t3Bench()
    const asked = await bench.executor.ask(bench.order(wish))
    expect(asked).toEqual({ type: 'refused', detail: says(detail) })
    expect(bench.t3.requests()).toEqual([])
  })

  test('a folder that T3 does not see', async () => {
    const bench = await t3Bench()
    const text = '{"code":"invalid_request","reason":"invalid_command"}'
    bench.t3.fail({ status: 400, type: 'application/json', text }, { at: /dispatch/ })
    const detail = says('let it see that folder under the same path')
    expect(await bench.executor.ask(bench.order())).toEqual({ type: 'refused', detail })
    expect(await bench.executor.ask(bench.order())).toEqual(adopted(bench))
  })

  test('a mode that the server does not know', async () => {
    const bench = await t3Bench({ version: '27', executor: { runtimeMode: 'auto' } })
    const detail = says('correct its model and mode')
    expect(await bench.executor.ask(bench.order())).toEqual({ type: 'refused', detail })
  })
})

/** Which of the dispatches of one asking it meets. */
const steps = [
  ['the project’s', 'project.create'],
  ['the thread’s', 'thread.create'],
  ['the turn’s', 'thread.turn.start'],
] as const

/** The next dispatch of this command fails so. */
async function failing(bench: T3Bench, step: string, fault: Parameters<T3StandIn['fail']>[0]) {
  const before = steps.findIndex(([, type]) => type === step)
  // The others pass: each of these orders is for one dispatch.
  const passes = { at: /dispatch/ }
  for (let index = 0; index < before; index += 1) bench.t3.fail('hang, done', passes)
  for (let index = 0; index < before; index += 1) await bench.executor.ask(bench.order())
  bench.t3.fail(fault, passes)
}

describe.each(steps)('where %s dispatch', (_, step) => {
  test.each([
    'hang, done',
    'hang',
    'reset, done',
    'reset',
    'cut short',
    '502, done',
    'page',
  ] as const)(
    'is met by %s, it is not known, and asked by another node it is done once',
    async (fault) => {
      const bench = await t3Bench({ client: { timeoutMs: 250 } })
      await failing(bench, step, fault)
      expect(await bench.executor.ask(bench.order())).toMatchObject({ type: 'unreachable' })
      const node = bench.node({ client: bench.clientFor({ timeoutMs: 5_000 }) })
      expect(await node.ask(bench.order())).toEqual(adopted(bench))
      expect(await bench.over()).toMatchObject({ end: { how: 'finished' } })
      expect(sent(bench).map(({ type }) => type)).toEqual(steps.map(([, type]) => type))
      expect(bench.began).toHaveLength(1)
    },
  )

  test('is done and answered with a failure, it is found', async () => {
    const bench = await t3Bench({ client: { timeoutMs: 500 } })
    await failing(bench, step, '500, done')
    expect(await bench.executor.ask(bench.order())).toEqual(adopted(bench))
    await bench.over()
    expect(sent(bench).map(({ type }) => type)).toEqual(steps.map(([, type]) => type))
    expect(bench.began).toHaveLength(1)
  })

  test('is answered with a failure, it is asked under other ids, and done once', async () => {
    const bench = await t3Bench({ client: { timeoutMs: 500 } })
    await failing(bench, step, '500')
    await until('it is adopted', async () => {
      return (await bench.executor.ask(bench.order())).type === 'adopted'
    })
    await bench.over()
    expect(bench.began).toHaveLength(1)
    const ids = bench.t3
      .requests()
      .filter(({ body }) => body.includes(`"type":"${step}"`))
      .map(({ body }) => (JSON.parse(body) as { commandId: string }).commandId)
    expect(new Set(ids.slice(-2)).size).toBe(2)
  })

  test.each<[string, Parameters<T3StandIn['fail']>[0]]>([
    ['a token that is refused', { status: 401, type: 'application/json', text: '{}' }],
    ['a token that may not', { status: 403, type: 'application/json', text: '{}' }],
    ['another generation', { status: 404 }],
    ['too many requests', { status: 429 }],
    ['a server in maintenance', { status: 503, type: 'text/plain', text: 'no static directory' }],
  ])('is met by %s, it can be asked later', async (_name, fault) => {
    const bench = await t3Bench({ client: { timeoutMs: 500 } })
    await failing(bench, step, fault)
    expect(await bench.executor.ask(bench.order())).toMatchObject({ type: 'unreachable' })
    const node = bench.node({ client: bench.clientFor() })
    expect(await node.ask(bench.order())).toEqual(adopted(bench))
    await bench.over(bench.turn, node)
    expect(bench.began).toHaveLength(1)
  })

  test('is one that the server does not take, it is refused', async () => {
    const bench = await t3Bench({ client: { timeoutMs: 500 } })
    await failing(bench, step, { status: 400 })
    expect(await bench.executor.ask(bench.order())).toMatchObject({ type: 'refused' })
  })
})

test('a server that starts up is unreachable within its time, and the same ids go out when it answers', async () => {
  const bench = await t3Bench({ client: { timeoutMs: 200 } })
  bench.t3.hang()
  const before = performance.now()
  const detail = says('within 200 ms')
  expect(await bench.executor.ask(bench.order())).toEqual({ type: 'unreachable', detail })
  expect(performance.now() - before).toBeLessThan(5_000)
  expect(existsSync(bench.worktree)).toBe(false)
  bench.t3.answer()
  expect(await bench.executor.ask(bench.order())).toEqual(adopted(bench))
})

describe('a second turn', () => {
  const second = (bench: T3Bench, prompt = 'finish') => bench.order({ turn: 2, prompt })

  test.each(['archive', 'delete'] as const)(
    'is in another thread, in the same worktree, where a person put the first away (%s)',
    async (how) => {
      const bench = await t3Bench()
      await bench.executor.ask(bench.order())
      await bench.over()
      bench.t3.people[how](bench.thread)
      const asked = await bench.executor.ask(second(bench))
      if (asked.type !== 'adopted') throw new Error(asked.detail)
      expect(asked.thread).not.toBe(bench.thread)
      expect(asked.place).toBe(bench.worktree)
      expect(await bench.node({ client: bench.clientFor() }).ask(second(bench))).toEqual(asked)
      await bench.over(second(bench))
      expect(bench.began.map(({ cwd }) => cwd)).toEqual([bench.worktree, bench.worktree])
      expect(await bench.over()).toMatchObject({ end: { how: 'finished' } })
      const third = bench.order({ turn: 3, thread: asked.thread })
      expect(await bench.executor.ask(third)).toEqual(asked)
    },
  )

  test.each(['27', '32', '0821'] as const)(
    'waits while a person’s turn runs, and is no word in between (%s)',
    async (version) => {
      const bench = await t3Bench({ version })
      await bench.executor.ask(bench.order())
      await bench.over()
      bench.t3.people.send(bench.thread, 'run')
      await until('theirs runs', () => bench.began.length === 2)
      const detail = says('a turn runs in the thread')
      expect(await bench.executor.ask(second(bench))).toEqual({ type: 'unreachable', detail })
      expect(starts(bench)).toHaveLength(1)
      bench.t3.people.interrupt(bench.thread)
      await until('it is adopted', async () => {
        return (await bench.executor.ask(second(bench))).type === 'adopted'
      })
      expect(await bench.over(second(bench))).toMatchObject({ end: { how: 'finished' } })
    },
  )

  test.each(['27', '32', '0821'] as const)(
    'waits while a person’s message is on its way (%s)',
    async (version) => {
      const bench = await t3Bench({ version })
      await bench.executor.ask(bench.order())
      await bench.over()
      bench.t3.hold()
      bench.t3.people.send(bench.thread, 'theirs')
      const detail = says('a message waits in the thread')
      expect(await bench.executor.ask(second(bench))).toEqual({ type: 'unreachable', detail })
      bench.t3.release()
      await until('it is adopted', async () => {
        return (await bench.executor.ask(second(bench))).type === 'adopted'
      })
      await bench.over(second(bench))
      expect(bench.began.map(({ prompts }) => prompts)).toEqual([
        ['finish'],
        ['theirs'],
        ['finish'],
      ])
    },
  )

  test('is known from the first while the thread still shows that one', async () => {
    const bench = await t3Bench()
    await bench.executor.ask(bench.order())
    await bench.over()
    bench.t3.hold('starting')
    await bench.executor.ask(second(bench, 'fail'))
    await until('it starts', () => bench.t3.held('starting') === 1)
    expect(await bench.look(second(bench))).toMatchObject({ type: 'running' })
    bench.t3.release()
    expect(await bench.over(second(bench))).toMatchObject({ end: { how: 'failed' } })
  })
})

test('a turn that 0.0.27 lists again, when its checkpoint is there, is not taken for the next one', async () => {
  const bench = await t3Bench({
    version: '27',
    // Told to the stand-in's sleep, which is fifty times shorter.
    delays: { ...usual().delays, checkpoint: 30_000 },
    agent: (turn) => (turn.prompt === 'silent' ? Promise.resolve() : aborted(turn)),
  })
  await bench.executor.ask(bench.order({ prompt: 'silent' }))
  await until('it ended, and is not listed', async () => {
    const row = (await bench.client.freshFleet()).row(bench.thread)
    return row?.session?.status === 'ready' && row.latestTurn === null && bench.began.length === 1
  })
  bench.t3.hold()
  const second = bench.order({ turn: 2, prompt: 'run' })
  expect(await bench.executor.ask(second)).toMatchObject({ type: 'adopted' })
  const [before] = bench.t3.turns(bench.thread)
  await until('the one before is listed', async () => {
    const row = (await bench.client.freshFleet()).row(bench.thread)
    return row?.latestTurn?.turnId === before?.turnId
  })
  expect(await bench.look(second)).toMatchObject({ type: 'running' })
  bench.t3.release()
})

test('a turn that is over is not sent any more, whether or not T3 ever took it', async () => {
  const bench = await t3Bench()
  await failing(bench, 'thread.turn.start', { status: 403 })
  expect(await bench.executor.ask(bench.order())).toMatchObject({ type: 'unreachable' })
  writeEnd(bench.records(), { type: 'over', at: 1, end: { how: 'lost' } })
  expect(await bench.executor.ask(bench.order())).toEqual(adopted(bench))
  expect(starts(bench)).toEqual([])
})

const aborted = ({ signal }: AgentTurn) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
