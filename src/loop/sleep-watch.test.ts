import { expect, test } from 'vitest'

import { inMemoryLoop } from '../../test/in-memory-loop.ts'
import { minute } from '../../test/runs.ts'
import { sleepWatch } from './sleep-watch.ts'

const hours = 60 * minute

function watched() {
  const ground = inMemoryLoop()
  const slept = async () =>
    (await ground.ledger()).flatMap(({ what }) => (what.type === 'slept' ? [what.ms] : []))
  return { ...ground, slept, clock: ground.parts.clock, watch: sleepWatch(ground.parts) }
}

test('a sleep is told once, by whoever looks first', async () => {
  const { watch, clock, slept, working } = watched()
  await working()
  await watch.tick()
  clock.sleep(8 * hours)
  await Promise.all([watch.look(), watch.look(), watch.tick()])
  await watch.tick()
  expect(await slept()).toEqual([8 * hours])
})

test('a minute without a tick is none, and neither is the time before the first', async () => {
  const { watch, clock, slept, working } = watched()
  await working()
  clock.sleep(8 * hours)
  await watch.tick()
  clock.sleep(minute)
  await watch.tick()
  expect(await slept()).toEqual([])
})

test('a sleep that could not be written is told again, whole', async () => {
  const { watch, clock, slept, working, calls } = watched()
  await working()
  await watch.tick()
  clock.sleep(8 * hours)
  calls.duringNext('runs move', () => {
    throw new Error('the disk is full')
  })
  await expect(watch.tick()).rejects.toThrow('the disk is full')
  clock.sleep(minute)
  await watch.tick()
  expect(await slept()).toEqual([8 * hours + minute])
})
