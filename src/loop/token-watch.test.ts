import { expect, test } from 'vitest'

import { type ManualClock, manualClock } from '../../test/manual-clock.ts'
import { until } from '../../test/until.ts'
import type { LoopEvent } from './tell.ts'
import { tokenWatch } from './token-watch.ts'

const hour = 3_600_000

/** `expiresAt`: what each server says, or why it cannot be asked. */
async function watching(expiresAt: ReadonlyArray<number | null | Error>, clock = manualClock()) {
  const told: LoopEvent[] = []
  let asked = 0
  const tokens = expiresAt.map((at, index) => ({
    server: `t3-${index}.example`,
    async expiresAt() {
      asked += 1
      if (at instanceof Error) throw at
      return at
    },
  }))
  const log = () => expect.unreachable('it has no bug')
  const watch = tokenWatch({ tokens, clock, log, tell: (event) => void told.push(event) })
  watch.start()
  await isAsked(clock)
  return { told, asked: () => asked, clock, watch }
}

/** Until it waits for its next hour. */
const isAsked = (clock: ManualClock) =>
  until('it was asked', () => (clock.nextAt() ?? 0) > clock.now())

async function pass(clock: ManualClock, hours: number) {
  for (let each = 0; each < hours; each += 1) {
    clock.advance(hour)
    await isAsked(clock)
  }
}

test('a token that expires within a day is told at once, and again a day later', async () => {
  const clock = manualClock()
  const at = clock.now() + 23 * hour
  const { told } = await watching([at], clock)
  const line = { event: 'token-expires', server: 't3-0.example', at: new Date(at).toISOString() }
  expect(told).toEqual([line])
  await pass(clock, 23)
  expect(told).toHaveLength(1)
  await pass(clock, 1)
  expect(told).toEqual([line, line])
})

test('a token that holds for longer is asked for each hour, and told when a day is left', async () => {
  const { told, clock, asked } = await watching([manualClock().now() + 30 * hour])
  await pass(clock, 5)
  expect([told, asked()]).toEqual([[], 6])
  await pass(clock, 1)
  expect(told).toHaveLength(1)
})

test('a server that cannot be asked, or says nothing of it, keeps no other from being told', async () => {
  const { told } = await watching([new Error('it is down'), null, manualClock().now() + hour])
  expect(told).toMatchObject([{ server: 't3-2.example' }])
})

test('once it is stopped nobody is asked any more', async () => {
  const { clock, asked, watch } = await watching([null])
  watch.stop()
  clock.advance(48 * hour)
  expect(asked()).toBe(1)
})
