/** A turn that a person took in a thread: it is written down as ours, and nothing is asked of anybody. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { adopted, starts } from '../../../test/t3-asked.ts'
import { t3Bench } from '../../../test/t3-bench.ts'
import { until } from '../../../test/until.ts'

describe('a turn that a person took', () => {
  async function taken(prompt: string) {
    const bench = await t3Bench()
    await bench.executor.ask(bench.order())
    await bench.over()
    bench.t3.people.send(bench.thread, prompt)
    await until('theirs begins', () => bench.t3.turns(bench.thread).length === 2)
    const visit = bench.t3.turns(bench.thread)[1]!.turnId
    const order = bench.order({ run: 'run_b', continues: bench.turn.run, visit })
    return { bench, order }
  }

  test('is written down as ours, in the place of the run it goes on from, and nothing is asked', async () => {
    const { bench, order } = await taken('run')
    expect(await bench.executor.ask(order)).toEqual(adopted(bench))
    expect(await bench.look(order)).toMatchObject({ type: 'running' })
    expect(await bench.node().ask(order)).toEqual(adopted(bench))
    expect(starts(bench)).toHaveLength(1)
    expect(await bench.executor.places()).toMatchObject([{ run: 'run_b' }])
    expect(await bench.executor.interrupt(order)).toBe(true)
    expect(await bench.look(order)).toMatchObject({ type: 'over', end: { how: 'failed' } })
  })

  test('that is over already is judged as it ended', async () => {
    const { bench, order } = await taken('ask')
    await bench.executor.ask(order)
    const end = { how: 'asking', question: 'which colour?' }
    expect(await bench.over(order)).toMatchObject({ end })
  })

  test('in a thread of their own works where that works, and its place is not ours to remove', async () => {
    const bench = await t3Bench()
    const project = bench.t3.people.createProject(bench.repo)
    const thread = bench.t3.people.createThread({ project })
    bench.t3.people.send(thread, 'finish')
    await until('it began', () => bench.t3.turns(thread).length === 1)
    const visit = bench.t3.turns(thread)[0]!.turnId
    const order = bench.order({ thread, visit })
    expect(await bench.executor.ask(order)).toMatchObject({
      type: 'adopted',
      place: bench.repo,
      thread,
    })
    expect(await bench.over(order)).toMatchObject({ end: { said: 'all is well' } })
    const fix = bench.order({ turn: 2, thread })
    expect(await bench.executor.ask(fix)).toMatchObject({
      type: 'adopted',
      place: bench.repo,
      thread,
    })
    await bench.over(fix)
    expect(bench.began.map(({ cwd }) => cwd)).toEqual([bench.repo, bench.repo])
    expect(await bench.executor.places()).toEqual([])
    expect(await bench.executor.tidy(order.run)).toEqual({ type: 'removed', left: [] })
    expect(existsSync(bench.repo)).toBe(true)
  })

  test('that cannot be gone on with is refused, and is a visit no more', async () => {
    const { bench, order } = await taken('finish')
    const visits = () =>
      bench.executor.visits([{ run: bench.turn.run, thread: bench.thread, since: 0 }])
    await until('it is a visit', async () => (await visits()).length === 1)
    execFileSync('git', ['-C', bench.repo, 'remote', 'remove', 'origin'])
    expect(await bench.executor.ask(order)).toMatchObject({ type: 'refused' })
    expect(await visits()).toEqual([])
  })

  test('in a thread that was put away is refused', async () => {
    const { bench, order } = await taken('finish')
    bench.t3.people.archive(bench.thread)
    const detail = expect.stringContaining('was put away') as string
    expect(await bench.executor.ask(order)).toEqual({ type: 'refused', detail })
  })
})
