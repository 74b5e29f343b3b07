import { expect, test } from 'vitest'

import { rounds } from './rounds.ts'

const four = ['a', 'b', 'c', 'd']
const began = 1_000_000

/** Begun, and followed from turn to turn for so long: who was due, and when since the beginning. */
function followed(forMs: number) {
  const round = rounds(four, 40)
  const turns: Array<readonly [at: number, keys: string]> = []
  for (let now = began; now <= began + forMs; now = round.nextAt())
    turns.push([now - began, round.due(now).join('')])
  return { round, turns }
}

test('all are due at first, then each at a place of its own, at the same distance ever after', () => {
  expect(followed(80).turns).toEqual([
    [0, 'abcd'],
    [10, 'a'],
    [20, 'b'],
    [30, 'c'],
    [40, 'd'],
    [50, 'a'],
    [60, 'b'],
    [70, 'c'],
    [80, 'd'],
  ])
})

test('what is asked late keeps its place, and what was due is not due again', () => {
  const { round } = followed(40)
  expect(round.due(began + 65)).toEqual(['a', 'b'])
  expect(round.due(began + 65)).toEqual([])
  expect(round.nextAt()).toBe(began + 70)
  round.due(began + 80)
  expect(round.nextAt()).toBe(began + 90)
})

test('after a sleep all are due once, and then each at its place again', () => {
  const { round } = followed(40)
  const woken = began + 1_000
  expect(round.due(woken)).toEqual(four)
  expect(round.nextAt()).toBe(woken + 10)
  expect(round.due(woken + 10)).toEqual(['a'])
})

test('a clock that was set back keeps nobody waiting for longer than a round', () => {
  const { round } = followed(40)
  const earlier = began - 10_000
  expect(round.due(earlier)).toEqual(four)
  expect(round.nextAt()).toBe(earlier + 10)
})

test('one alone is due every round, and none is never due', () => {
  const one = rounds(['a'], 40)
  expect([one.due(0), one.nextAt(), one.due(40), one.nextAt()]).toEqual([['a'], 40, ['a'], 80])
  const none = rounds([], 40)
  expect([none.due(0), none.nextAt()]).toEqual([[], Infinity])
})
