import { expect, onTestFinished, test } from 'vitest'

import { manualClock } from '../../../test/manual-clock.ts'
import { t3Bench } from '../../../test/t3-bench.ts'
import { until } from '../../../test/until.ts'
import type { TurnId } from '../executor.ts'

const LOOK_MS = 3_000

test('while a turn is open one read every few seconds finds its end, and nothing is read when none is', async () => {
  const clock = manualClock(Date.now())
  const bench = await t3Bench({ client: { reuseMs: 0 }, executor: { clock } })
  const woken: TurnId[] = []
  onTestFinished(bench.executor.watch((turn) => woken.push(turn)))
  clock.advance(LOOK_MS)
  await until('it waits again', () => clock.nextAt() !== null)
  expect(bench.t3.reads.shell).toBe(0)
  await bench.executor.ask(bench.order())
  await until('it is over', async () => {
    const row = (await bench.client.freshFleet()).row(bench.thread)
    return row?.session?.status === 'ready' && row.latestTurn?.state === 'completed'
  })
  expect(woken).toEqual([])
  clock.advance(LOOK_MS)
  await until('it is woken', () => woken.length > 0)
  await until('it waits again', () => clock.nextAt() !== null)
  const before = bench.t3.reads.shell
  clock.advance(LOOK_MS)
  await until('it waits again', () => clock.nextAt() !== null)
  expect(bench.t3.reads.shell).toBe(before)
  expect(woken).toEqual([bench.turn])
})

test('what another node saw is told, and what was over before is not', async () => {
  const clock = manualClock(Date.now())
  const bench = await t3Bench()
  await bench.executor.ask(bench.order())
  await bench.over()
  const second = bench.order({ turn: 2, prompt: 'run' })
  await bench.executor.ask(second)
  const woken: TurnId[] = []
  const other = bench.node({ clock, client: bench.clientFor() })
  onTestFinished(other.watch((turn) => woken.push(turn)))
  await bench.executor.interrupt(second)
  await until('it is told', () => {
    if (clock.nextAt() !== null) clock.advance(LOOK_MS)
    return woken.length > 0
  })
  expect(woken).toEqual([{ run: second.run, turn: 2 }])
})
