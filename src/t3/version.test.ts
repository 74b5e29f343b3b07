import { expect, test } from 'vitest'

import { isAtLeast, versionIn } from './version.ts'

test.each<[string, readonly number[] | null]>([
  ['0.0.42', [0, 0, 42]],
  ['v0.0.33-nightly.4', [0, 0, 33]],
  [' 1.2.3+sha ', [1, 2, 3]],
  ['0.0', null],
  ['0.0.4x', null],
  ['', null],
])('%j is the version %j', (words, version) => {
  expect(versionIn(words)).toEqual(version)
})

test.each<[string, boolean]>([
  ['0.0.28', false],
  ['0.0.29', true],
  ['0.0.100', true],
  ['0.1.0', true],
  ['nightly', true],
])('whether %s is 0.0.29 or later: %j', (words, is) => {
  expect(isAtLeast(words, [0, 0, 29])).toBe(is)
})
