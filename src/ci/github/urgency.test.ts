import { expect, test } from 'vitest'

import { urgency } from './urgency.ts'

test('a mark holds for one read, and for no other commit', () => {
  const { mark, taken } = urgency()
  mark('a')
  expect([taken('b')(), taken('a')(), taken('a')()]).toEqual([false, true, false])
})

test('a mark hastens the read that is under way, and is left for the next one', () => {
  const { mark, taken } = urgency()
  const underWay = taken('a')
  expect(underWay()).toBe(false)
  mark('a')
  expect([underWay(), underWay()]).toEqual([true, true])
  const next = taken('a')
  expect([next(), underWay(), taken('a')()]).toEqual([true, true, false])
})

test('of very many marks the newest thousand are kept', () => {
  const { mark, taken } = urgency()
  for (let commit = 0; commit <= 1_000; commit += 1) mark(`${commit}`)
  expect([taken('0')(), taken('1')(), taken('1000')()]).toEqual([false, true, true])
})
