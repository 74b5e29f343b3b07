import { expect, test } from 'vitest'

import { manualClock } from '../../test/manual-clock.ts'
import { points } from './points.ts'

/** What was given, in order, and after how long. */
function giving(perMinute: number) {
  const clock = manualClock()
  const startAt = clock.now()
  const purse = points(perMinute, clock)
  const given: Array<readonly [string, number]> = []
  const take = (name: string, cost = 1, isUrgent?: () => boolean) =>
    purse.take(cost, isUrgent).then(() => void given.push([name, clock.now() - startAt]))
  return { clock, purse, given, take }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('a twentieth of a minute is given at once, and the rest as time goes by', async () => {
  const { clock, given, take } = giving(120)
  const all = Array.from({ length: 20 }, (_, n) => take(`${n}`))
  await settled()
  expect(given.map(([, at]) => at)).toEqual(Array.from({ length: 6 }, () => 0))
  for (let step = 0; step < 14; step += 1) {
    clock.advance(527)
    await settled()
  }
  await Promise.all(all)
  expect(given).toHaveLength(20)
  expect(given.at(-1)?.[1]).toBeGreaterThan(7_000)
})

test('nobody is dropped and nobody is overtaken', async () => {
  const { clock, given, take } = giving(80)
  const all = [take('a', 3), take('dear', 3), take('b'), take('c')]
  for (let second = 0; second < 25; second += 1) {
    await settled()
    clock.advance(1_000)
  }
  await Promise.all(all)
  expect(given.map(([name]) => name)).toEqual(['a', 'dear', 'b', 'c'])
})

test('what is urgent goes before what is not, also where it has become so while it waits', async () => {
  const { clock, given, take } = giving(20)
  const urgent = new Set(['d'])
  const all = ['first', 'a', 'b', 'c', 'd', 'e'].map((name) =>
    take(name, 1, () => urgent.has(name)),
  )
  await settled()
  clock.advance(3_158)
  await settled()
  urgent.add('b').add('e')
  for (let turn = 0; turn < 4; turn += 1) {
    clock.advance(3_158)
    await settled()
  }
  await Promise.all(all)
  expect(given.map(([name]) => name)).toEqual(['first', 'd', 'b', 'e', 'a', 'c'])
})

test('what costs more than there ever is at once is given all the same, and owed', async () => {
  const { clock, given, take } = giving(8)
  const all = [take('dear', 5), take('b', 1)]
  await settled()
  expect(given).toEqual([['dear', 0]])
  clock.advance(42_000)
  await settled()
  expect(given).toHaveLength(1)
  clock.advance(1_000)
  await Promise.all(all)
})

test('no minute has more, not even one that begins after a quiet while', async () => {
  const { clock, given, take } = giving(40)
  const all: Array<Promise<void>> = []
  for (const quietMs of [0, 90_000, 5_000]) {
    clock.advance(quietMs)
    all.push(...Array.from({ length: 60 }, (_, n) => take(`${n}`, 1)))
    for (let step = 0; step < 250; step += 1) {
      await settled()
      clock.advance(500)
    }
  }
  await Promise.all(all)
  const at = given.map(([, instant]) => instant)
  const within = (from: number) => at.filter((each) => each >= from && each < from + 60_000).length
  expect(Math.max(...at.map(within))).toBeLessThanOrEqual(40)
  expect(Math.max(...at.map(within))).toBeGreaterThan(38)
})

test('while as many are under way as may be, nobody is given any, and who is urgent comes first', async () => {
  const purse = points(600, manualClock(), 2)
  const given: string[] = []
  const take = async (name: string, isUrgent = false) => {
    const over = await purse.take(1, () => isUrgent)
    given.push(name)
    return over
  }
  const [first, second, third, urgent] = [take('a'), take('b'), take('c'), take('d', true)]
  await settled()
  expect(given).toEqual(['a', 'b'])
  expect(purse.queue().waiting).toBe(2)
  const [over] = await Promise.all([first, second])
  over()
  await urgent
  expect(given).toEqual(['a', 'b', 'd'])
  ;(await urgent)()
  await third
})

test('the queue says how many wait, and for how long one more would', async () => {
  const { clock, purse, take } = giving(200)
  expect(purse.queue()).toEqual({ waiting: 0, ms: 0 })
  const all = Array.from({ length: 18 }, (_, n) => take(`${n}`))
  await settled()
  expect(purse.queue()).toEqual({ waiting: 8, ms: 2_843 })
  clock.advance(948)
  await settled()
  expect(purse.queue()).toEqual({ waiting: 5, ms: 1_895 })
  clock.advance(5_000)
  await Promise.all(all)
})

test('who waits when it is closed is told, and so is who comes later', async () => {
  const { purse, take } = giving(20)
  const [, second] = [take('a'), take('b')]
  purse.close()
  await expect(second).rejects.toMatchObject({ code: 'unreachable' })
  await expect(purse.take(1)).rejects.toMatchObject({ code: 'unreachable' })
})
