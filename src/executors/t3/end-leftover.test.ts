import { describe, expect, test } from 'vitest'

import { adopted, starts } from '../../../test/t3-asked.ts'
import { type T3Bench, t3Bench } from '../../../test/t3-bench.ts'
import { lostAndContinued } from '../../../test/t3-continued.ts'
import { until } from '../../../test/until.ts'

const versions = ['27', '32', '0821'] as const

/** A run that goes on from the first, in its thread. */
const next = (bench: T3Bench) =>
  bench.order({ run: 'run_b', continues: bench.turn.run, prompt: 'pg it is' })

const isAdopted = async (bench: T3Bench) =>
  (await bench.executor.ask(next(bench))).type === 'adopted'

describe.each(versions)('a question that waits in its thread on %s', (version) => {
  async function asking() {
    const bench = await t3Bench({ version })
    await bench.executor.ask(bench.order({ prompt: 'question' }))
    expect(await bench.over()).toMatchObject({ end: { how: 'asking' } })
    expect(await bench.executor.interrupt(bench.turn, 'unless-it-asks')).toBe(true)
    return bench
  }

  test('is ended where its run is told to go on from elsewhere', async () => {
    const bench = await asking()
    expect(await bench.executor.ask(next(bench))).toEqual(adopted(bench))
    const over = await bench.over(next(bench))
    expect(over).toMatchObject({ end: { how: 'finished', said: 'pg it is' } })
    expect(bench.began.map(({ prompts }) => prompts)).toEqual([['question'], ['pg it is']])
    expect(await bench.look()).toMatchObject({ end: { how: 'asking' } })
    expect(bench.t3.smells()).toEqual([])
  })

  test('is ended also after the server was started again, which forgot it', async () => {
    const bench = await asking()
    bench.t3.restart()
    await bench.client.freshFleet().catch(() => {})
    await until('it is adopted', () => isAdopted(bench))
    expect(await bench.over(next(bench))).toMatchObject({ end: { said: 'pg it is' } })
  })
})

test('a turn that was lost and goes on all the same is ended before the next is asked', async () => {
  const bench = await t3Bench()
  await bench.executor.ask(bench.order({ prompt: 'run' }))
  await lostAndContinued(bench)
  const second = bench.order({ turn: 2, prompt: 'again' })
  expect(await bench.executor.ask(second)).toEqual(adopted(bench))
  expect(await bench.over(second)).toMatchObject({ end: { how: 'finished', said: 'again' } })
  expect(bench.began.map(({ prompts }) => prompts)).toEqual([['run'], ['run'], ['again']])
})

test('a question of a person’s own turn is not ended: it is said who waits', async () => {
  const bench = await t3Bench()
  await bench.executor.ask(bench.order())
  await bench.over()
  bench.t3.people.send(bench.thread, 'approve')
  await until('it asks', async () => {
    return (await bench.client.freshFleet()).row(bench.thread)?.waitsFor === 'approval'
  })
  const detail = expect.stringContaining('waits for an answer') as string
  expect(await bench.executor.ask(next(bench))).toEqual({ type: 'unreachable', detail })
  expect(starts(bench)).toHaveLength(1)
  expect(bench.began[1]?.signal.aborted).toBe(false)
})
