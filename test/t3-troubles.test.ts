/** What goes wrong with a T3 Code server, and what the loop makes of it. Each is a line of docs/t3.md. */
import { describe, expect, test } from 'vitest'

import { type LoopTurn, waits } from './t3-loop-agent.ts'
import type { T3StandIn } from './t3/stand-in.ts'
import { troubles } from './t3-troubles.ts'
import { until } from './until.ts'

const pushes = (turn: LoopTurn) => turn.push('fixed')
const minute = 60_000
const isRunning = (run: { state: string; turn?: { is: string } }) => run.turn?.is === 'running'

describe('a T3 server that is started again while an agent works', () => {
  test('says so since 0.0.33: the turn is lost, and is asked again in the same thread, charged apart', async () => {
    const { t3, file, begun, began, over, charges, told } = await troubles([waits, pushes])
    file()
    await begun(1)
    t3.restart()
    const run = await over()
    expect(run).toMatchObject({ state: 'done' })
    expect(await charges()).toEqual([null, 'loss'])
    expect(began.map(({ threadId }) => threadId)).toEqual([run.threadId, run.threadId])
    expect(told()).toEqual([])
  })

  test('says nothing up to 0.0.32: the turn shows as running for ever, until the stall limit ends it', async () => {
    // Nobody is at work there, and nothing else ends what it shows.
    const smells = ['thread.session.stop: while a turn runs']
    const wish = { version: '32', silentMinutes: 3, smells } as const
    const { t3, file, begun, clock, run, comes, over } = await troubles([waits], wish)
    file()
    await begun(1)
    await comes('works', isRunning)
    t3.restart()
    await clock.pass(2 * minute)
    expect(await run()).toMatchObject({ state: 'live', turn: { is: 'running' } })
    await clock.pass(2 * minute)
    expect(await over()).toMatchObject({ state: 'needs-human', cause: 'stalled' })
  })

  test('three times over has lost the turn three times, and a person is called', async () => {
    const { t3, file, begun, over, charges } = await troubles([waits, waits, waits])
    file()
    for (const turn of [1, 2, 3]) {
      await begun(turn)
      t3.restart()
    }
    expect(await over()).toMatchObject({ state: 'needs-human', cause: 'lost' })
    expect(await charges()).toEqual([null, 'loss', 'loss'])
  })
})

describe('a T3 server that is away', () => {
  test('for 55 minutes ends nothing, is told and not at each look, and its agent has gone on meanwhile', async () => {
    const gate = Promise.withResolvers<void>()
    const work = Promise.withResolvers<void>()
    const late = async (turn: LoopTurn) => {
      await gate.promise
      await turn.push('fixed')
      work.resolve()
    }
    const { t3, file, begun, clock, passLooking, run, comes, over, told, charges } = await troubles(
      [late],
    )
    file()
    await begun(1)
    await comes('works', isRunning)
    t3.down()
    await clock.pass(53 * minute)
    await passLooking(2 * minute)
    expect(await run()).toMatchObject({ state: 'live', turn: { is: 'running' } })
    expect(told()).toEqual([
      expect.stringMatching(/^T3 Code did not answer GET \/api\/orchestration\/shell: /),
      expect.stringMatching(/^T3 Code did not answer GET \/\.well-known\/t3\/environment: /),
    ])
    gate.resolve()
    await work.promise
    t3.answer()
    expect(await over()).toMatchObject({ state: 'done' })
    expect(await charges()).toEqual([null])
  })

  test('for an hour calls a person, and frees its slot once it can be shown that nothing runs', async () => {
    const { t3, file, begun, clock, comes, over, store } = await troubles([waits])
    file()
    await begun(1)
    await comes('works', isRunning)
    t3.down()
    await clock.pass(62 * minute)
    const ended = await comes('has ended', ({ state }) => state === 'needs-human')
    expect(ended).toMatchObject({ cause: 'executor-unreachable' })
    await clock.pass(3 * minute)
    expect((await store.slots()).has('infra')).toBe(true)
    t3.answer()
    await clock.pass(3 * minute)
    await over()
    const types = t3.commands().map(({ command }) => command.type)
    expect(types.at(-1)).toBe('thread.turn.interrupt')
  })

  test('because it only starts takes connections and answers none: the issue waits, and is asked once', async () => {
    const { t3, file, comes, over, charges, told } = await troubles([pushes])
    t3.hang()
    file()
    await until('it was asked', () =>
      t3.requests().some(({ path }) => path.endsWith('/environment')),
    )
    t3.answer()
    await comes('works', ({ state }) => state !== 'queued')
    expect(await over()).toMatchObject({ state: 'done' })
    expect(await charges()).toEqual([null])
    expect(told()).toEqual([expect.stringMatching(/no answer within 5000 ms$/)])
    const types = t3.commands().map(({ command }) => command.type)
    expect(types).toEqual(['project.create', 'thread.create', 'thread.turn.start'])
  })
})

describe('a T3 server that takes turns and starts none', () => {
  test('is not believed for two minutes, then has lost the turn; after the third a person is called', async () => {
    const { t3, file, passLooking, run, comes, over, charges } = await troubles([])
    t3.wedge()
    file()
    await comes('waits', isRunning)
    await passLooking(1.5 * minute)
    expect(await run()).toMatchObject({ state: 'live', turn: { number: 1, is: 'running' } })
    await passLooking(12 * minute)
    expect(await over()).toMatchObject({ state: 'needs-human', cause: 'lost' })
    expect(await charges()).toEqual([null, 'loss', 'loss'])
  })

  test('for two repositories is told as what it is, costs no turn, and goes on after its restart', async () => {
    const repos = ['infra', 'web']
    const plan = [pushes, pushes]
    const { t3, file, passLooking, comes, over, told, charges } = await troubles(plan, { repos })
    t3.wedge()
    for (const repo of repos) {
      file(repo)
      await comes('waits', isRunning, repo)
    }
    await passLooking(5 * minute)
    for (const repo of repos) expect(await charges(repo)).toEqual([null])
    expect(told()).toContainEqual(expect.stringMatching(/starts no turn.*: restart it$/))
    t3.restart()
    await passLooking(10 * minute)
    for (const repo of repos) {
      expect(await over(repo)).toMatchObject({ state: 'done' })
      expect(await charges(repo)).toEqual([null, 'loss'])
    }
  })
})

test('an agent that ignores interrupts keeps its repository busy, and it is said what is waited for', async () => {
  const wish = { interrupts: 'ignored', silentMinutes: 2 } as const
  const { file, begun, comes, passLooking, clock, store, waiting } = await troubles([waits], wish)
  file()
  await begun(1)
  await comes('works', isRunning)
  await passLooking(3 * minute)
  await comes('has ended', ({ state }) => state === 'needs-human')
  await until('its chore waits', () => waiting().length > 0)
  expect(waiting()).toEqual(['stop-agent: it is not shown that nothing of the agent runs'])
  await clock.pass(5 * minute)
  expect((await store.slots()).has('infra')).toBe(true)
})

test('a token that is revoked in the middle of a run ends nothing, is told once, and another one goes on', async () => {
  const { t3, file, begun, began, passLooking, run, comes, over, told, reopen, charges } =
    await troubles([waits])
  file()
  await begun(1)
  await comes('works', isRunning)
  t3.tokens.revoke(t3.token)
  await passLooking(5 * minute)
  expect(await run()).toMatchObject({ state: 'live', turn: { is: 'running' } })
  expect(told()).toEqual(['T3 Code refuses the token: auth_invalid, invalid_credential'])
  await reopen(t3.tokens.issue({ scopes: ['orchestration:read', 'orchestration:operate'] }))
  await began[0]!.push('fixed')
  began[0]!.complete()
  expect(await over()).toMatchObject({ state: 'done' })
  expect(await charges()).toEqual([null])
})

test('a token that expires within a day is told by the name of its server, once for all repositories', async () => {
  const { t3, reopen, expiring } = await troubles([], { repos: ['infra', 'web'] })
  await until('its token was asked for', () => asksForToken(t3) > 0)
  expect(expiring()).toEqual([])
  await reopen(t3.tokens.issue({ ttlMs: 23 * 60 * minute }))
  const { host: server } = new URL(t3.url)
  await until('it is told', () => expiring().length > 0)
  expect(expiring()).toMatchObject([{ server, at: expect.stringMatching(/^20\d\d-.*Z$/) }])
  expect(asksForToken(t3)).toBe(2)
})

const asksForToken = ({ requests }: Pick<T3StandIn, 'requests'>) =>
  requests().filter(({ path }) => path === '/api/auth/session').length

test('a T3 server of another API generation is sent nothing, and said so once; the issue waits for one that is known', async () => {
  const { t3, file, passLooking, run, comes, over, told } = await troubles([pushes], {
    version: 'v2',
  })
  file()
  await comes('is asked', ({ state }) => state === 'live')
  await passLooking(5 * minute)
  expect(await run()).toMatchObject({ state: 'live', turn: { is: 'asked' } })
  expect(told()).toEqual([
    expect.stringMatching(/speaks another API generation .*: pin its version/),
  ])
  expect(t3.requests().filter(({ method }) => method === 'POST')).toEqual([])
  t3.restart('0821', '0821')
  await passLooking(2 * minute)
  expect(await over()).toMatchObject({ state: 'done' })
})
