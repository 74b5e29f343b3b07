import { expect, test } from 'vitest'

import { ringId } from './ring-id.ts'

test('ids are UUIDv7 of their instant, and no two of many are alike', () => {
  const now = 1_796_000_000_000
  const ids = Array.from({ length: 10_000 }, () => ringId(now))
  const form = /^ring_([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  for (const id of ids) {
    const [, high = '', low = ''] = form.exec(id) ?? []
    expect(parseInt(high + low, 16)).toBe(now)
  }
  expect(new Set(ids).size).toBe(ids.length)
})

test('a later id sorts after an earlier one', () => {
  const ids = [1, 2, 1_000, 1_796_000_000_000].map(ringId)
  expect(ids.toSorted()).toEqual(ids)
})
