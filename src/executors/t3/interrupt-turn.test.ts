import { describe, expect, test } from 'vitest'

import { manualClock } from '../../../test/manual-clock.ts'
import { type T3Bench, t3Bench } from '../../../test/t3-bench.ts'
import { lostAndContinued, statusOf } from '../../../test/t3-continued.ts'
import { dispatch } from '../../../test/t3/ask.ts'
import { until } from '../../../test/until.ts'
import { systemClock } from '../../clock.ts'
import { changeTurn } from './turn-records.ts'

const versions = ['27', '32', '0821'] as const

async function begun(prompt: string, wish: Parameters<typeof t3Bench>[0] = {}) {
  const bench = await t3Bench(wish)
  await bench.executor.ask(bench.order({ prompt }))
  await until('an agent works', () => bench.began.length === 1)
  return bench
}

/** By a node that was started since. */
const interruptedBy = (bench: T3Bench) =>
  bench
    .node({ client: bench.clientFor({ clock: systemClock, timeoutMs: 5_000 }), clock: systemClock })
    .interrupt(bench.turn)

const interrupts = ({ t3 }: T3Bench) =>
  t3.commands().filter(({ command }) => command.type === 'thread.turn.interrupt').length

describe.each(versions)('a turn on %s', (version) => {
  test('that runs is ended, and was interrupted, though T3 shows it completed', async () => {
    const bench = await begun('run', { version })
    expect(await bench.executor.interrupt(bench.turn)).toBe(true)
    expect(bench.began[0]?.signal.aborted).toBe(true)
    const sight = { type: 'over', end: { how: 'failed', detail: 'it was interrupted' } }
    expect(await bench.look()).toMatchObject(sight)
    const before = interrupts(bench)
    expect(await bench.node({ client: bench.clientFor() }).interrupt(bench.turn)).toBe(true)
    expect(interrupts(bench)).toBe(before)
  })

  test('that waits for an answer is ended, and the thread is quiet', async () => {
    const bench = await begun('approve', { version })
    const asking = { how: 'asking', for: 'permission' }
    expect(await bench.over()).toMatchObject({ end: asking })
    expect(await statusOf(bench)).toBe('running')
    expect(await bench.executor.interrupt(bench.turn)).toBe(true)
    expect(await statusOf(bench)).not.toBe('running')
    expect(await bench.look()).toMatchObject({ end: asking })
  })

  test('that is on its way is ended when it comes', async () => {
    const bench = await t3Bench({ version })
    bench.t3.hold()
    await bench.executor.ask(bench.order({ prompt: 'run' }))
    const shown = bench.executor.interrupt(bench.turn)
    await until('it waits', () => bench.t3.held() === 1)
    bench.t3.release()
    expect(await shown).toBe(true)
    expect(await bench.look()).toMatchObject({ type: 'over' })
    expect(bench.began.every(({ signal }) => signal.aborted)).toBe(true)
  })
})

test('a turn that we interrupted is known as such by whoever looks next, though its node died then', async () => {
  const bench = await begun('run')
  changeTurn(bench.records(), { interrupts: 1 })
  bench.t3.people.interrupt(bench.thread)
  await until('it is quiet', async () => (await statusOf(bench)) === 'ready')
  const end = { how: 'failed', detail: 'it was interrupted' }
  expect(await bench.look()).toMatchObject({ type: 'over', end })
})

test('a turn that is over by itself needs no server to be shown so', async () => {
  const bench = await begun('finish', { client: { timeoutMs: 200 } })
  await bench.over()
  bench.t3.hang()
  expect(await bench.executor.interrupt(bench.turn)).toBe(true)
})

test('a turn that was never asked never begins', async () => {
  const bench = await t3Bench()
  expect(await bench.executor.interrupt(bench.turn)).toBe(true)
  expect(await bench.executor.ask(bench.order())).toMatchObject({ type: 'adopted' })
  expect(await bench.look()).toMatchObject({ type: 'over', end: { how: 'lost' } })
  expect(bench.t3.commands()).toEqual([])
})

test('a turn whose message may have arrived is not sent again, and is ended if it has', async () => {
  for (const fault of ['hang', 'hang, done'] as const) {
    const bench = await t3Bench({ client: { timeoutMs: 300 } })
    const order = bench.order({ prompt: 'run' })
    for (const each of ['hang, done', 'hang, done', fault] as const) {
      bench.t3.fail(each, { at: /dispatch/ })
      await bench.executor.ask(order)
    }
    const node = bench.node({ client: bench.clientFor({ timeoutMs: 5_000 }) })
    const wasEnded = await node.interrupt(bench.turn)
    // What never came is only known to be so after a while.
    expect(wasEnded).toBe(fault === 'hang, done')
    await node.ask(order)
    const starts = bench.t3.commands().filter(({ command }) => command.type === 'thread.turn.start')
    expect(starts).toHaveLength(fault === 'hang' ? 0 : 1)
    expect(bench.began.every(({ signal }) => signal.aborted)).toBe(true)
  }
})

test('an agent that cannot be interrupted runs on, and is told as such', async () => {
  const bench = await begun('run', { interrupts: 'ignored' })
  const { shell, thread } = bench.t3.reads
  expect(await bench.executor.interrupt(bench.turn)).toBe(false)
  // A fleet may have ten thousand threads, and one of them megabytes.
  expect(bench.t3.reads.shell - shell).toBeLessThan(15)
  expect(bench.t3.reads.thread - thread).toBeLessThan(15)
  const whole = bench.t3.requests().filter(({ path }) => /threads\/[^?]+$/.test(path))
  expect(whole).toEqual([])
  expect(await bench.look()).toMatchObject({ type: 'running' })
  const types = bench.t3.commands().map(({ command }) => command.type)
  expect(types).not.toContain('thread.session.stop')
})

test('what a person began since is not touched', async () => {
  const bench = await begun('finish')
  await bench.over()
  bench.t3.people.send(bench.thread, 'run')
  await until('theirs runs', () => bench.began.length === 2)
  expect(await bench.executor.interrupt(bench.turn)).toBe(true)
  expect(bench.began[1]?.signal.aborted).toBe(false)
  expect(interrupts(bench)).toBe(0)
})

test('what a person began since a question is not touched', async () => {
  const bench = await begun('ask')
  await bench.over()
  bench.t3.people.send(bench.thread, 'run')
  await until('theirs runs', () => bench.began.length === 2)
  await until('T3 shows it', async () => {
    return (await bench.client.freshFleet()).row(bench.thread)?.latestTurn?.state === 'running'
  })
  expect(await bench.executor.interrupt(bench.turn)).toBe(true)
  expect(bench.began[1]?.signal.aborted).toBe(false)
})

test('a turn that was lost, and that T3 takes up all the same, is ended', async () => {
  const clock = manualClock(Date.now())
  const bench = await t3Bench({ client: { clock, reuseMs: 0 }, executor: { clock } })
  bench.t3.hold()
  await bench.executor.ask(bench.order({ prompt: 'run' }))
  await bench.look()
  clock.advance(120_000)
  expect(await bench.look()).toMatchObject({ end: { how: 'lost' } })
  bench.t3.release()
  await until('it runs', async () => (await statusOf(bench)) === 'running')
  expect(await interruptedBy(bench)).toBe(true)
  expect(bench.began[0]?.signal.aborted).toBe(true)
})

test('a turn that a restart lost, and that T3 goes on with as another, is ended', async () => {
  const bench = await begun('run')
  await lostAndContinued(bench)
  expect(await interruptedBy(bench)).toBe(true)
  expect(bench.began.map(({ signal }) => signal.aborted)).toEqual([true, true])
})

test('what a person began while a message did not come is not touched, and that is never sent', async () => {
  const clock = manualClock(Date.now())
  const bench = await t3Bench({
    client: { clock, reuseMs: 0, timeoutMs: 300 },
    executor: { clock },
  })
  for (const fault of ['hang, done', 'hang, done', 'hang'] as const) {
    bench.t3.fail(fault, { at: /dispatch/ })
    await bench.executor.ask(bench.order())
  }
  bench.t3.people.send(bench.thread, 'run')
  await until('theirs runs', async () => (await statusOf(bench)) === 'running')
  expect(await bench.executor.interrupt(bench.turn)).toBe(false)
  clock.advance(15_000)
  expect(await bench.executor.interrupt(bench.turn)).toBe(true)
  expect(await bench.executor.ask(bench.order())).toMatchObject({ type: 'adopted' })
  expect(bench.began.map(({ prompts }) => prompts)).toEqual([['run']])
  expect(bench.began[0]?.signal.aborted).toBe(false)
})

test('a thread that was taken back by a node that died then is ended and put away by the next', async () => {
  const bench = await begun('run', { client: { timeoutMs: 300 } })
  await dispatch(bench.t3, { type: 'thread.archive', threadId: bench.thread })
  bench.t3.fail('hang, done', { at: /dispatch/ })
  expect(await bench.executor.interrupt(bench.turn)).toBe(false)
  expect(await statusOf(bench)).toBe('running')
  expect(await interruptedBy(bench)).toBe(true)
  expect(bench.began[0]?.signal.aborted).toBe(true)
  expect((await bench.client.everything()).anyRow(bench.thread)).toMatchObject({
    isArchived: true,
  })
})

test('a turn in a thread that was archived while it ran is ended, and the thread put away again', async () => {
  const bench = await begun('run')
  await dispatch(bench.t3, { type: 'thread.archive', threadId: bench.thread })
  expect(await bench.executor.interrupt(bench.turn)).toBe(true)
  expect(bench.began[0]?.signal.aborted).toBe(true)
  const row = (await bench.client.everything()).anyRow(bench.thread)
  expect(row).toMatchObject({ isArchived: true })
  expect(row?.session?.status).not.toBe('running')
})

test('while T3 cannot be asked nothing is shown', async () => {
  const bench = await begun('run', { client: { timeoutMs: 200 } })
  bench.t3.hang()
  expect(await bench.executor.interrupt(bench.turn)).toBe(false)
})
