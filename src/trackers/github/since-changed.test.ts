import { expect, test } from 'vitest'

import { manualClock } from '../../../test/manual-clock.ts'
import { sinceChanged } from './since-changed.ts'

function asking() {
  const clock = manualClock()
  const known = sinceChanged<number>(clock, (answer) => answer >= 0)
  let asked = 0
  const look = (version: string, answer = 1) =>
    known(7, version, async () => {
      asked += 1
      return answer
    })
  return { clock, known, look, asked: () => asked }
}

test('what was asked five seconds after a version was first seen is not asked again', async () => {
  const { clock, look, asked } = asking()
  await look('a')
  clock.advance(4_999)
  await look('a')
  clock.advance(1)
  await look('a')
  expect(asked()).toBe(3)
  clock.advance(3_600_000)
  expect(await look('a')).toBe(1)
  expect(asked()).toBe(3)
})

test('another version is asked about, and so is one that was there before', async () => {
  const { clock, look, asked } = asking()
  for (const version of ['a', 'a', 'b', 'a']) {
    await look(version)
    clock.advance(5_000)
  }
  expect(asked()).toBe(4)
})

test('what is not worth keeping, or failed, is asked about again', async () => {
  const { clock, known, look, asked } = asking()
  await look('a')
  clock.advance(5_000)
  await look('a', -1)
  await expect(known(7, 'a', () => Promise.reject(new Error('down')))).rejects.toThrow('down')
  expect(await look('a', 2)).toBe(2)
  expect(await look('a', 3)).toBe(2)
  expect(asked()).toBe(3)
})
