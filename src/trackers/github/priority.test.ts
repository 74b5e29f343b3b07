import { expect, test } from 'vitest'

import { priorityOf } from './priority.ts'

test.each([
  [[], null],
  [['bug', 'p', 'P5', 'P10', 'priority', 'priority: soon', 'low', 'not priority: 3'], null],
  [['priority: 3'], 3],
  [['Priority:-1'], -1],
  [['priority/12'], 12],
  [['priority-2'], 2],
  [['prio: 7'], 7],
  [['P0'], 0],
  [['p4'], 4],
  [['priority: P2'], 2],
  [['priority/critical'], 0],
  [['priority: High'], 1],
  [['priority-medium'], 2],
  [['priority / low'], 3],
  [['priority: lowest'], 4],
  [['P3', 'priority/high', 'priority: 2'], 1],
])('of the labels %j is %j', (labels, priority) => {
  expect(priorityOf(labels, [])).toBe(priority)
})

test.each([
  [[{ name: 'Priority', value: 5 }], 5],
  [[{ name: 'priority', value: 'Urgent' }], 0],
  [[{ name: 'Priority', value: 'P1' }], 1],
  [[{ name: 'Priority', value: null }], null],
  [[{ name: 'Priority', value: 'whenever' }], null],
  [[{ name: 'Effort', value: 1 }], null],
])('of the fields %j is %j', (fields, priority) => {
  expect(priorityOf([], fields)).toBe(priority)
})

test('of labels and fields the lowest counts', () => {
  expect(priorityOf(['P2'], [{ name: 'Priority', value: 'High' }])).toBe(1)
})
