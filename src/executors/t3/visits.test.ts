import { mkdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { type T3Bench, t3Bench } from '../../../test/t3-bench.ts'
import { until } from '../../../test/until.ts'
import { readTurn } from './turn-records.ts'

async function ended(wish: Parameters<typeof t3Bench>[0] = {}) {
  const bench = await t3Bench(wish)
  await bench.executor.ask(bench.order())
  await bench.over()
  return bench
}

const visited = (bench: T3Bench, since = 0) => ({
  run: bench.turn.run,
  thread: bench.thread,
  since,
})

const visitsOf = async (bench: T3Bench, since = 0) => {
  await bench.client.freshFleet()
  return bench.executor.visits([visited(bench, since)])
}

async function talk(bench: T3Bench, prompt: string) {
  const before = bench.began.length
  bench.t3.people.send(bench.thread, prompt)
  await until('theirs begins', () => bench.began.length > before)
}

const quiet = (bench: T3Bench) =>
  until('it is over', async () => {
    const row = (await bench.client.freshFleet()).row(bench.thread)
    return row?.session?.status === 'ready' && row.latestTurn?.state === 'completed'
  })

describe.each(['27', '32', '0821'] as const)('what a person began on %s', (version) => {
  test('in the thread of an ended run is a visit; what we began is none', async () => {
    const bench = await ended({ version })
    expect(await visitsOf(bench)).toEqual([])
    const before = Date.now()
    await talk(bench, 'run')
    await until('it is shown', async () => (await visitsOf(bench)).length > 0)
    const [visit, ...others] = await visitsOf(bench)
    const turn = bench.t3.turns(bench.thread)[1]?.turnId
    expect([visit, others]).toEqual([
      { run: bench.turn.run, turn, at: expect.any(Number), place: bench.worktree, isBusy: true },
      [],
    ])
    expect(visit?.at).toBeGreaterThan(before - 2_000)
    expect(visit?.at).toBeLessThanOrEqual(Date.now())
    bench.t3.people.interrupt(bench.thread)
    await until('it is quiet', async () => (await visitsOf(bench))[0]?.isBusy !== true)
  })
})

test('with a clock of T3 that is an hour off, a visit is told in our time', async () => {
  for (const skewMs of [3_600_000, -3_600_000]) {
    const bench = await ended({ skewMs })
    const before = Date.now()
    await talk(bench, 'finish')
    await quiet(bench)
    const [visit] = await visitsOf(bench, before - 100)
    expect(visit).toMatchObject({ isBusy: false })
    expect(Math.abs(visit!.at - before)).toBeLessThan(10_000)
    expect(await visitsOf(bench, Date.now() + 60_000)).toEqual([])
  }
})

test('a turn that was taken as a continuation’s is no visit any more, nor while that runs', async () => {
  const bench = await ended()
  await talk(bench, 'run')
  await until('it is shown', async () => (await visitsOf(bench)).length > 0)
  const [visit] = await visitsOf(bench)
  const next = { run: 'run_b', continues: bench.turn.run, visit: visit!.turn }
  await bench.executor.ask(bench.order(next))
  expect(await visitsOf(bench)).toEqual([])
  await bench.executor.interrupt({ run: 'run_b', turn: 1 })
  expect(await visitsOf(bench)).toEqual([])
  await talk(bench, 'finish')
  await quiet(bench)
  expect(await visitsOf(bench)).toHaveLength(1)
})

describe('what a person began while the run was not over yet', () => {
  test.each([
    ['a question is a visit', 'ask', 1],
    ['an error is a visit', 'fail', 1],
    ['nothing that a person has to know is judged with it', 'finish', 0],
  ])('and ended in %s', async (_end, prompt, count) => {
    const bench = await ended()
    await talk(bench, prompt)
    await until('it is quiet', async () => {
      const row = (await bench.client.freshFleet()).row(bench.thread)
      return bench.began.length === 2 && !/running|starting/.test(row?.session?.status ?? '')
    })
    expect(await visitsOf(bench, Date.now() + 1_000)).toHaveLength(count)
  })

  test('is a visit where it runs on, or finished after that', async () => {
    const bench = await ended()
    await talk(bench, 'run')
    const since = Date.now() + 1_000
    await until('it is shown', async () => (await visitsOf(bench, since)).length > 0)
    expect(await visitsOf(bench, since)).toMatchObject([{ isBusy: true }])
    bench.t3.people.interrupt(bench.thread)
    await quiet(bench)
    expect(await visitsOf(bench, Date.now() - 60_000)).toHaveLength(1)
  })

  test('and before our next turn, is none', async () => {
    const bench = await ended()
    await talk(bench, 'ask')
    await quiet(bench)
    await bench.executor.ask(bench.order({ turn: 2 }))
    await bench.over({ ...bench.turn, turn: 2 })
    expect(await visitsOf(bench)).toEqual([])
  })
})

describe('what a person began before the end of the turn before was seen is judged as that, and no visit', () => {
  const finishes = async (bench: T3Bench) => {
    await talk(bench, 'finish')
    await quiet(bench)
  }

  test('beside a turn of ours', async () => {
    const bench = await t3Bench()
    await bench.executor.ask(bench.order({ prompt: 'run' }))
    await until('it runs', async () => {
      await bench.client.freshFleet()
      await bench.look()
      const record = readTurn(bench.records())
      return record?.type === 'asked' && record.turnId !== null
    })
    bench.t3.people.interrupt(bench.thread)
    await quiet(bench)
    await finishes(bench)
    await bench.client.freshFleet()
    expect(await bench.over()).toMatchObject({ end: { said: 'all is well' } })
    expect(await visitsOf(bench)).toEqual([])
  })

  test('beside one of theirs', async () => {
    const bench = await ended()
    await finishes(bench)
    const [visit] = await visitsOf(bench)
    const next = { run: 'run_b', continues: bench.turn.run, visit: visit!.turn }
    await bench.executor.ask(bench.order(next))
    await talk(bench, 'ask')
    await quiet(bench)
    await bench.client.freshFleet()
    expect(await bench.over({ run: 'run_b', turn: 1 })).toMatchObject({ end: { how: 'asking' } })
    expect(await visitsOf(bench)).toEqual([])
    await finishes(bench)
    expect(await visitsOf(bench)).toHaveLength(1)
  })
})

test('of a thread that was put away, or that nothing is written down of, nothing is told', async () => {
  const bench = await ended()
  await talk(bench, 'finish')
  await quiet(bench)
  const stranger = { run: 'run_b', thread: 'thread_b', since: 0 }
  expect(await bench.executor.visits([stranger])).toEqual([])
  bench.t3.people.archive(bench.thread)
  expect(await visitsOf(bench)).toEqual([])
  expect(await bench.executor.visits([])).toEqual([])
})

test('of a run whose place is gone they are told as well', async () => {
  const bench = await ended()
  expect(await bench.executor.tidy(bench.turn.run)).toEqual({ type: 'removed', left: [] })
  expect(await visitsOf(bench)).toEqual([])
  // In a folder that is gone T3 starts nothing.
  mkdirSync(bench.worktree)
  await talk(bench, 'finish')
  await quiet(bench)
  expect(await visitsOf(bench)).toMatchObject([{ run: bench.turn.run, isBusy: false }])
})

test('where T3 cannot be asked it is not told that nobody came', async () => {
  const bench = await ended({ client: { timeoutMs: 200 } })
  bench.t3.hang()
  await bench.client.freshFleet().catch(() => {})
  await expect(bench.executor.visits([visited(bench)])).rejects.toThrow('did not answer')
})
