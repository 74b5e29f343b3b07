import { expect, test } from 'vitest'

import { newestWith } from './own-work.ts'

/** `m:a,b` is a commit `m` with the parents `a` and `b`; the tip first; own ones are in capitals. */
const newest = (graph: string) =>
  newestWith(
    graph.split(' ').map((one) => {
      const [hash = '', parents = ''] = one.split(':')
      return { hash, parents: parents.split(',').filter(Boolean), runs: [] }
    }),
    ({ hash }) => hash !== hash.toLowerCase(),
  )

test.each([
  ['nothing of it is own', 'c:b b:a a:base', null],
  ['the tip is', 'C:b b:a a:base', 'C'],
  ['an older one is', 'c:B B:a a:base', 'B'],
  ['two are: the newer', 'c:B B:A A:base', 'B'],
  ['it came in by a merge: the merge', 'c:m m:b,X X:base b:base', 'm'],
  ['it came in by a merge of a merge', 'c:m m:b,n n:y,X y:base X:base b:base', 'm'],
  ['a merge of others came after it', 'm:B,x x:base B:base', 'B'],
  ['a merge of others that took it over came after it', 'm:B,x x:B B:base', 'B'],
  ['a second merge brought a newer one', 'n:m,Y Y:X m:b,X X:base b:base', 'n'],
  ['its merge is own too', 'M:b,X X:base b:base', 'M'],
  ['the listing ends before the base', 'c:B B:a', 'B'],
  ['an octopus brought it', 'm:b,x,Y Y:base x:base b:base', 'm'],
])('%s', (_, graph, expected) => {
  expect(newest(graph)).toBe(expected)
})

test('an empty listing has none', () => {
  expect(newestWith([], () => true)).toBeNull()
})
