import { describe, expect, test } from 'vitest'

import { adopted, starts } from '../../../test/t3-asked.ts'
import { type T3Bench, t3Bench } from '../../../test/t3-bench.ts'
import type { AgentTurn } from '../../../test/t3/agent-turn.ts'
import type { Fault } from '../../../test/t3/faults.ts'
import { until } from '../../../test/until.ts'
import { type AskedRecord, readTurn } from './turn-records.ts'

const versions = ['27', '32', '0821'] as const
const says = (part: string) => expect.stringContaining(part) as string

const rowOf = async (bench: T3Bench) => (await bench.client.freshFleet()).row(bench.thread)

/** Its turn is written down, and this became of its message. */
async function sent(fault: Fault, wish: Parameters<typeof t3Bench>[0] = {}) {
  const bench = await t3Bench({ client: { timeoutMs: 300 }, ...wish })
  const order = bench.order({ prompt: 'ours' })
  // The first two are the project's and the thread's.
  for (const each of ['hang, done', 'hang, done', fault] as const) {
    bench.t3.fail(each, { at: /dispatch/ })
    await bench.executor.ask(order)
  }
  const node = bench.node({ client: bench.clientFor({ timeoutMs: 5_000 }) })
  return { bench, order, node }
}

const record = (bench: T3Bench) => readTurn(bench.records()) as AskedRecord

describe.each(versions)('a turn whose message never came, on %s,', (version) => {
  test('waits while a person’s turn runs in its thread, and is no word in between', async () => {
    const { bench, order, node } = await sent('hang', { version })
    bench.t3.people.send(bench.thread, 'run')
    await until('theirs runs', () => bench.began.length === 1)
    await until('it is shown', async () => (await rowOf(bench))?.session?.status === 'running')
    const detail = says('a turn runs in the thread')
    expect(await node.ask(order)).toEqual({ type: 'unreachable', detail })
    expect(starts(bench)).toEqual([])
    bench.t3.people.interrupt(bench.thread)
    await until('it is adopted', async () => (await node.ask(order)).type === 'adopted')
    expect(await bench.over()).toMatchObject({ end: { how: 'finished', said: 'ours' } })
    expect(bench.began.map(({ prompts }) => prompts)).toEqual([['run'], ['ours']])
  })

  test('is not told by a person’s turn that has completed there since', async () => {
    const { bench, order, node } = await sent('hang', { version })
    const first = record(bench)
    bench.t3.people.send(bench.thread, 'theirs')
    await until('theirs is over', async () => {
      const row = await rowOf(bench)
      return row?.latestTurn?.state === 'completed' && row.session?.status === 'ready'
    })
    bench.t3.hold()
    expect(await node.ask(order)).toEqual(adopted(bench))
    expect(record(bench).sentAt).toBeGreaterThan(first.sentAt)
    await bench.client.freshFleet()
    expect(await bench.look()).toMatchObject({ type: 'running' })
    bench.t3.release()
    expect(await bench.over()).toMatchObject({ end: { how: 'finished', said: 'ours' } })
  })
})

test('a turn whose message came is found, also where a person spoke into it since', async () => {
  let go = () => {}
  const agent = async (turn: AgentTurn) => {
    await new Promise<void>((resolve) => (go = resolve))
    turn.say('all is well')
  }
  const { bench, order, node } = await sent('hang, done', { agent })
  await until('it runs', () => bench.began.length === 1)
  bench.t3.people.send(bench.thread, 'and this')
  await until('it is shown', async () => (await rowOf(bench))?.session?.status === 'running')
  expect(await node.ask(order)).toEqual(adopted(bench))
  expect(starts(bench)).toHaveLength(1)
  const { messages } = (await bench.client.transcript(bench.thread))!
  expect(record(bench).storedAt).toBe(messages[0]?.createdAt)
  go()
  expect(await bench.over()).toMatchObject({ end: { how: 'finished', said: 'all is well' } })
  expect(bench.began.map(({ prompts }) => prompts)).toEqual([['ours', 'and this']])
})

test('a turn whose thread was put away before its message came is withdrawn', async () => {
  const { bench, order, node } = await sent('hang')
  bench.t3.people.archive(bench.thread)
  expect(await node.ask(order)).toEqual(adopted(bench))
  await bench.client.freshFleet()
  expect(await bench.look()).toMatchObject({ type: 'withdrawn' })
})
