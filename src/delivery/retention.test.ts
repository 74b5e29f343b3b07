import { expect, onTestFinished, test } from 'vitest'

import type { LogEvent } from '../log.ts'
import { StoreError } from '../store/store-error.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { claimOf, heard, newRing, settlement } from '../../test/rings.ts'
import { openStore } from '../../test/temporary.ts'
import { until } from '../../test/until.ts'
import { retention } from './retention.ts'

const day = 24 * 60 * 60_000

async function heardRings(count: number) {
  const store = openStore()
  await store.accept(Array.from({ length: count }, () => newRing({ acceptedAt: 1_000_000 })))
  const { deliveries } = await store.claim(claimOf({ now: 1_000_000, limit: count }))
  await store.settle(deliveries.map((delivery) => settlement(delivery, heard)))
  const left = async () =>
    (await store.list({ kind: null, state: null, limit: 1_000, before: null })).rings.length
  return { store, left }
}

function forgetting(store: Parameters<typeof retention>[0]['store']) {
  const clock = manualClock()
  const log: LogEvent[] = []
  const kept = retention({ store, days: 30, clock, log: (event) => void log.push(event) })
  onTestFinished(kept.stop)
  kept.start()
  return { clock, log, asleep: () => until('it sleeps', () => clock.nextAt() !== null) }
}

test('keeps what is young, and forgets all of what is old, by the hour', async () => {
  const { store, left } = await heardRings(450)
  const { clock, log, asleep } = forgetting(store)
  await asleep()
  expect(await left()).toBe(450)
  clock.advance(30 * day - 1)
  await asleep()
  expect(await left()).toBe(450)
  clock.advance(60 * 60_000)
  await until('all are forgotten', async () => (await left()) === 0)
  await asleep()
  expect(log).toEqual([{ event: 'rings-forgotten', count: 450, days: 30 }])
})

test('comes again in an hour where the store refuses to write', async () => {
  let asked = 0
  const { clock, log, asleep } = forgetting({
    forget: async () => {
      asked += 1
      throw new StoreError('refusing', 'the disk is full')
    },
  })
  await asleep()
  clock.advance(60 * 60_000)
  await until('asked again', () => asked === 2)
  expect(log).toEqual([])
})
