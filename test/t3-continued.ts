/** A turn that a restart of T3 lost, and that T3 goes on with all the same. */
import { expect } from 'vitest'

import type { T3Bench } from './t3-bench.ts'
import { until } from './until.ts'

/** Of the thread's session, read now. */
export const statusOf = async (bench: T3Bench) =>
  (await bench.client.freshFleet()).row(bench.thread)?.session?.status

/** Of one that runs: it is seen as lost, and then T3 takes it up again. */
export async function lostAndContinued(bench: T3Bench): Promise<void> {
  await until('it is shown', async () => (await statusOf(bench)) === 'running')
  await bench.look()
  bench.t3.hold()
  bench.t3.restart('continued')
  await bench.client.freshFleet().catch(() => {})
  expect(await bench.over()).toMatchObject({ end: { how: 'lost' } })
  bench.t3.release()
  await until('it goes on', () => bench.t3.turns(bench.thread).length === 2)
}
