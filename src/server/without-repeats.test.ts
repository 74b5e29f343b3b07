import { expect, test } from 'vitest'

import { withoutRepeats } from './without-repeats.ts'

const lines = (text: string) => text.split(' ').map((type, at) => ({ type, at }))

test.each([
  ['alive alive spent alive', [2, 3], 'the last of each, where nothing else happened'],
  ['alive pushed alive alive', [0, 1, 3], 'one on each side of what happened'],
  ['pushed pushed', [0, 1], 'all that happened, however often'],
])('of %s it keeps %j: %s', (text, kept) => {
  expect(withoutRepeats(lines(text)).map(({ at }) => at)).toEqual(kept)
})
