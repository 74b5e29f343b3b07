import { expect, test } from 'vitest'

import { t3Bench } from '../../../test/t3-bench.ts'
import { until } from '../../../test/until.ts'

const says = (part: string) => expect.stringContaining(part) as string

test('a place in which a person’s own thread works is kept, even if it is to be discarded', async () => {
  const bench = await t3Bench()
  await bench.executor.ask(bench.order())
  await bench.over()
  const project = bench.t3.people.createProject('/somewhere')
  const thread = bench.t3.people.createThread({ project, worktreePath: bench.worktree })
  bench.t3.people.send(thread, 'run')
  await until('theirs works', () => bench.began.length === 2)
  const kept = { type: 'kept', path: bench.worktree, why: says(`in the thread ${thread}`) }
  expect(await bench.executor.tidy(bench.turn.run)).toEqual(kept)
  expect(await bench.executor.tidy(bench.turn.run, { discard: true })).toEqual(kept)
  expect(await bench.executor.places()).toMatchObject([{ why: kept.why }])
  bench.t3.people.interrupt(thread)
  await until('it is removed', async () => {
    return (await bench.executor.tidy(bench.turn.run)).type === 'removed'
  })
})

test('a place whose turn is on its way, or that nobody has seen end, is kept', async () => {
  const bench = await t3Bench()
  bench.t3.hold()
  await bench.executor.ask(bench.order())
  const why = 'a turn of it is not over'
  expect(await bench.executor.tidy(bench.turn.run)).toMatchObject({ type: 'kept', why })
  bench.t3.release()
  await bench.over()
  expect(await bench.executor.tidy(bench.turn.run)).toEqual({ type: 'removed', left: [] })
})

test('while T3 cannot be asked, every place has somebody in it', async () => {
  const bench = await t3Bench({ client: { timeoutMs: 200 } })
  await bench.executor.ask(bench.order())
  await bench.over()
  bench.t3.hang()
  expect(await bench.executor.places()).toMatchObject([{ why: says('did not answer') }])
})
