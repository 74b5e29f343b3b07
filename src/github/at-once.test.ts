import { expect, test } from 'vitest'

import { atOnce } from './at-once.ts'

test('so many run at once, in the order they came, also after one failed', async () => {
  const turn = atOnce(2)
  const begun: number[] = []
  const ends: Array<() => void> = []
  let running = 0
  let most = 0
  const work = (number: number) =>
    turn(async () => {
      begun.push(number)
      most = Math.max(most, (running += 1))
      await new Promise<void>((end) => ends.push(end))
      running -= 1
      if (number === 1) throw new Error('no')
    })
  const all = Promise.allSettled([1, 2, 3, 4, 5].map(work))
  for (let ended = 0; ended < 5; ended += 1) {
    ends.shift()?.()
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  expect((await all).map(({ status }) => status)).toEqual([
    'rejected',
    ...Array(4).fill('fulfilled'),
  ])
  expect(begun).toEqual([1, 2, 3, 4, 5])
  expect(most).toBe(2)
})
